"""A campaign that is being worked on keeps nobody from writing down what is about it."""

import asyncio

import pytest
from sqlalchemy import true
from sqlmodel import select

from actions import campaigns, spreading
from models.ask import Ask
from models.campaign import Campaign
from models.person import Person
from tests.conversations.campaigning import launched
from tests.driving import Running
from tests.world import World

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgres"], indirect=True)]


async def test_an_ask_of_a_campaign_that_is_held_is_opened_at_once(app: Running, world: World) -> None:
    """Whoever opens it may hold the very graduate to whom the campaign comes next; both would wait."""
    await launched(app, world)
    async with app.app.works.begin() as work:
        campaign = await spreading.running(work, true())
        assert campaign is not None
        await asyncio.wait_for(_asked(app, world, campaign), 5)
    async with app.app.works.begin() as work:
        office = await work.session.get_one(Person, world.office.person_id)
        campaign = (await work.session.exec(select(Campaign))).one()
        await campaigns.theirs(work, office, campaign.id)
        await asyncio.wait_for(_asked(app, world, campaign), 5)


async def _asked(app: Running, world: World, campaign: Campaign) -> None:
    graduate = await world.graduate(name="王芳", enrolled=False)
    async with app.app.works.begin() as work:
        work.session.add(
            Ask(
                graduate_id=graduate.id,
                campaign_id=campaign.id,
                version=1,
                deadline_at=campaign.deadline_at,
                opened_at=work.now,
            )
        )
