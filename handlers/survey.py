"""The office's card before the national sample survey: looked at, and sent by a press."""

from handlers.office import Launch
from handlers.routes import Button, Facts, Keyboard, Routes
from models.campaign import SURVEY
from models.messages.survey import SurveyOffer
from reports import survey as _questions  # noqa: F401  counts what the text shows


def on_offer(said: SurveyOffer, _: Facts) -> Keyboard:
    return [Button("broadcast_launch", Launch(unit=said.unit, cohort=said.cohort, name=SURVEY))]


def routes(to: Routes) -> None:
    to.shows(SurveyOffer, on_offer)
