"""Papers: where to go on after an upload, and for a colleague the files of a case."""

from handlers.case import doing
from handlers.routes import Button, Facts, Keyboard, Routes
from models.messages.cases import Verb
from models.messages.evidence import EvidenceAdded, EvidenceFiles, EvidenceGiven, EvidenceWithdrawn
from reports import evidence as _questions  # noqa: F401  its questions answer what the pages show

PAGE, FILE = "/j/evidence", "/j/file"


def on_given(_: EvidenceGiven | EvidenceWithdrawn, __: Facts) -> Keyboard:
    return [Button("evidence_more", url=PAGE)]


def on_added(said: EvidenceAdded, facts: Facts) -> Keyboard:
    return [] if facts["elsewhere"] else doing(said.case, [Verb.EVIDENCE, Verb.CARD])


def on_files(_: EvidenceFiles, facts: Facts) -> Keyboard:
    locale, papers = facts["locale"], facts["rules"].evidence
    buttons = []
    for number, (code, paper) in enumerate(facts["files"], start=1):
        kind = papers.paper(paper.paper)
        name = kind.named(locale) if kind else paper.paper
        buttons.append(Button("evidence_file", url=f"{FILE}/{code}", words={"number": number, "name": name}))
    return buttons


def routes(to: Routes) -> None:
    to.shows(EvidenceGiven, on_given)
    to.shows(EvidenceWithdrawn, on_given)
    to.shows(EvidenceAdded, on_added)
    to.shows(EvidenceFiles, on_files)
