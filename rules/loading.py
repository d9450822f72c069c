"""Reads the shipped rule files, or a school's own in their place, into one frozen value."""

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from rules.anomalies import Anomaly, AnomalyFile
from rules.broadcasts import BroadcastPlan, Broadcasts
from rules.calendar import Calendar, CalendarSettings, Holidays
from rules.campaigns import Campaign, CampaignFile
from rules.cases import CaseRules
from rules.columns import Columns
from rules.destinations import Destinations
from rules.disputes import Disputes
from rules.doors import Doors
from rules.duties import Duties
from rules.evidence import EvidenceRules
from rules.followups import Followups
from rules.intents import Intents
from rules.lists import Lists
from rules.mail import Mail
from rules.nudges import Nudges
from rules.parts import Part, RulesError
from rules.phrases import Phrases
from rules.presets import Event, PresetFile
from rules.privacy import Privacy
from rules.quiet import Quiet, QuietHours
from rules.rectify import Rectify
from rules.replies import Replies
from rules.routing import Routing
from rules.sla import Sla, SlaFile
from rules.sms import Sms
from rules.snapshots import Snapshots
from rules.snooze import Snooze
from rules.support import Support
from rules.taxonomy import Taxonomy

SHIPPED = Path(__file__).parent
# What decides when somebody is written to next: every row that is due names the version that made it.
PLANNING = ("calendar.toml", "calendars.toml", "campaigns.toml", "nudges.toml", "quiet.toml")
VERSION = 16
_Part = TypeVar("_Part", bound=Part)


@dataclass(frozen=True, slots=True)
class Rules:
    anomalies: Mapping[str, Anomaly]
    broadcasts: Broadcasts
    calendar: Calendar
    campaigns: Mapping[str, Campaign]
    cases: CaseRules
    columns: Columns
    destinations: Destinations
    disputes: Disputes
    doors: Doors
    duties: Duties
    evidence: EvidenceRules
    followups: Followups
    intents: Intents
    lists: Lists
    mail: Mail
    nudges: Nudges
    phrases: Phrases
    privacy: Privacy
    quiet: Quiet
    quiet_alerts: Quiet
    rectify: Rectify
    replies: Replies
    routing: Routing
    sla: Sla
    sms: Sms
    snapshots: Snapshots
    snooze: Snooze
    support: Support
    taxonomy: Taxonomy
    digest: str
    plan_version: str

    def plan(self, name: str) -> Campaign | Broadcasts:
        """What a campaign obeys; a text of the office's own words has no plan of its own."""
        return self.campaigns.get(name, self.broadcasts)


def load(folder: Path | None = None) -> Rules:
    """The rules in force: each file from the folder where it has one, else as shipped."""
    files = _Files(_chosen(folder))
    duties = files.read("duties.toml", Duties)
    calendar = _calendar(files, duties)
    quiet, alerts = _quiet(files, calendar)
    campaigns = files.read("campaigns.toml", CampaignFile).campaigns
    return Rules(
        anomalies=MappingProxyType(dict(files.read("anomalies.toml", AnomalyFile).anomalies)),
        broadcasts=Broadcasts(files.read("broadcasts.toml", BroadcastPlan), quiet),
        calendar=calendar,
        campaigns=MappingProxyType({key: Campaign(plan, quiet) for key, plan in campaigns.items()}),
        cases=files.read("cases.toml", CaseRules),
        columns=files.read("columns.toml", Columns),
        destinations=files.read("destinations.toml", Destinations),
        disputes=files.read("disputes.toml", Disputes),
        doors=files.read("doors.toml", Doors),
        duties=duties,
        evidence=_evidence(files),
        followups=_followups(files),
        intents=files.read("intents.toml", Intents),
        lists=files.read("lists.toml", Lists),
        mail=files.read("mail.toml", Mail),
        nudges=files.read("nudges.toml", Nudges),
        phrases=files.read("phrases.toml", Phrases),
        privacy=files.read("privacy.toml", Privacy),
        quiet=quiet,
        quiet_alerts=alerts,
        rectify=files.read("rectify.toml", Rectify),
        replies=_replies(files),
        routing=files.read("routing.toml", Routing),
        sla=Sla(files.read("sla.toml", SlaFile), calendar),
        sms=files.read("sms.toml", Sms),
        snapshots=files.read("snapshots.toml", Snapshots),
        snooze=files.read("snooze.toml", Snooze),
        support=files.read("support.toml", Support),
        taxonomy=files.read("taxonomy.toml", Taxonomy),
        digest=files.digest(),
        plan_version=files.digest(PLANNING)[:VERSION],
    )


class _Files:
    """The chosen files, each read once, so that the digest is of the very bytes that were parsed."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.paths = paths
        self.contents = {name: _bytes(path) for name, path in sorted(paths.items())}

    def digest(self, of: Collection[str] | None = None) -> str:
        whole = hashlib.sha256()
        for name, content in self.contents.items():
            if of is not None and name not in of:
                continue
            whole.update(f"{name}\0{len(content)}\0".encode())
            whole.update(content)
        return whole.hexdigest()

    def read(self, name: str, model: type[_Part]) -> _Part:
        path = self.paths[name]
        try:
            return model.model_validate(tomllib.loads(self.contents[name].decode()))
        except UnicodeDecodeError as error:
            raise RulesError(f"{path} is not UTF-8 text (byte {error.start}).") from error
        except tomllib.TOMLDecodeError as error:
            raise RulesError(f"{path} is not TOML: {error}.") from error
        except ValidationError as error:
            raise RulesError(_sentence(path, error)) from error


def _chosen(folder: Path | None) -> dict[str, Path]:
    paths = {path.name: path for path in SHIPPED.glob("*.toml")}
    if folder is None:
        return paths
    if not folder.is_dir():
        raise RulesError(f"{folder} is not a folder of rule files.")
    own = {path.name: path for path in folder.glob("*.toml")}
    if unknown := sorted(own.keys() - paths.keys()):
        raise RulesError(f"{own[unknown[0]]} replaces no rule file; there are {', '.join(sorted(paths))}.")
    return paths | own


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesError(f"{path} cannot be read: {error.strerror}.") from error


def _sentence(path: Path, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"] if part != "[key]")
    if first["type"] == "extra_forbidden":
        return f"{path}: the key {key} is not known."
    if first["type"] == "missing":
        return f"{path}: the key {key} is missing."
    message = first["msg"].removeprefix("Value error, ")
    return f"{path}: {f'the key {key}: ' if key else ''}{message[:1].lower()}{message[1:]}."


def _calendar(files: _Files, duties: Duties) -> Calendar:
    settings = files.read("calendar.toml", CalendarSettings)
    presets = files.read("calendars.toml", PresetFile).presets
    path = files.paths["calendar.toml"]
    for key in ("default_preset", "survey_preset"):
        if (named := getattr(settings, key)) not in presets:
            raise RulesError(f"{path}: the key {key}: there is no preset {named}.")
    if not presets[settings.survey_preset].surveys:
        raise RulesError(f"{path}: the key survey_preset: there is no survey in {settings.survey_preset}.")
    for name, preset in presets.items():
        for event in preset.events:
            if strange := _strangers(event, duties):
                where = f"{files.paths['calendars.toml']}: the key preset.{name}"
                raise RulesError(f"{where}: event {event.key} names {strange}, and duties.toml does not.")
    return Calendar(settings, files.read("holidays.toml", Holidays), presets, _zone(path, settings.zone))


def _followups(files: _Files) -> Followups:
    """A case of a chain has terms of its own."""
    found, terms = files.read("followups.toml", Followups), files.read("sla.toml", SlaFile).kinds
    for kind, chain in found.chains.items():
        if chain.case is not None and chain.case not in terms:
            where = f"{files.paths['followups.toml']}: the key chain.{kind}.case"
            raise RulesError(f"{where}: sla.toml knows no {chain.case}.")
    return found


def _replies(files: _Files) -> Replies:
    """They are of cases there are, and keep the voice of every other text."""
    found, phrases = files.read("replies.toml", Replies), files.read("phrases.toml", Phrases)
    kinds = files.read("cases.toml", CaseRules).kinds
    for one in found.replies:
        where = f"{files.paths['replies.toml']}: the key reply.{one.key}"
        if unknown := [kind for kind in one.kinds if kind not in kinds]:
            raise RulesError(f"{where}: cases.toml knows no {unknown[0]}.")
        for words in (one.title, one.title_en, one.zh_CN, one.en):
            if (said := phrases.found_in(words)) is not None:
                raise RulesError(f"{where} says {said.phrase}, which phrases.toml lists.")
    return found


def _evidence(files: _Files) -> EvidenceRules:
    """Papers go to cases that there are, and bear out codes that there are."""
    found, kinds = files.read("evidence.toml", EvidenceRules), files.read("cases.toml", CaseRules).kinds
    codes = {one.code for one in files.read("taxonomy.toml", Taxonomy).listed}
    where = f"{files.paths['evidence.toml']}: the key"
    for name, named in (("goes_to", found.goes_to), ("shown_in", found.shown_in)):
        if unknown := [kind for kind in named if kind not in kinds]:
            raise RulesError(f"{where} {name}: cases.toml knows no {unknown[0]}.")
    if strange := sorted({code for need in found.needs for code in need.codes} - codes):
        raise RulesError(f"{where} need: taxonomy.toml lists no code {strange[0]}.")
    return found


def _strangers(event: Event, duties: Duties) -> str:
    unknown = [one for one in event.who if one not in duties.parties]
    return ", ".join([*unknown, *(one for one in event.signers if one not in duties.signers)])


def _zone(path: Path, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise RulesError(f"{path}: the key zone: {name} is not a time zone known here.") from error


def _quiet(files: _Files, calendar: Calendar) -> tuple[Quiet, Quiet]:
    hours = files.read("quiet.toml", QuietHours)
    alerts = hours.alerts or hours
    return Quiet(hours.starts, hours.ends, calendar.zone), Quiet(alerts.starts, alerts.ends, calendar.zone)
