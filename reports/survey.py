"""Whom the message before the national sample survey would reach, counted when the offer is read."""

from datetime import datetime
from typing import Any

from models.campaign import SURVEY
from models.messages.survey import SurveyOffer
from models.unit import Unit
from reports.campaigns import preview
from reports.facts import About, asks


@asks(SurveyOffer)
async def _offer(about: About, said: SurveyOffer) -> dict[str, Any]:
    unit = await about.session.get_one(Unit, said.unit)
    facts = await preview(about.session, about.rules, SURVEY, said.cohort, unit, about.now)
    return {"preview": facts, "ends": datetime.fromisoformat(facts["ends_at"])}
