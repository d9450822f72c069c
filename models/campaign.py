"""A campaign: who launched it, until when it asks, whether it is paused, and who looks on."""

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, text
from sqlmodel import Field, SQLModel, col

from models.base import UUID, Choice, Id, Instant, Key, Typed, datetime
from models.messages.base import Say
from models.messages.campaign import Alarm, CampaignState
from models.outgoing import Sending

# A text of the office's own words is a campaign of its own, and nobody else's name begins so.
TEXT = "broadcast-"
# The campaign that asks nothing: one message before the national sample survey.
SURVEY = "survey"

# Nothing of it leaves for now.
HELD = (CampaignState.PAUSED, CampaignState.WAITING)


class Campaign(SQLModel, table=True):
    """The ladder itself lives in `rules/campaigns.toml`; `rules_digest` says which one was launched.

    `since_at`: begun or resumed last; `finished_at`: nothing of it is queued any more and it balances.
    `walked_*`: how far whoever has no chat was looked for, and when that was done last."""

    __table_args__ = (
        Index(
            "uq_campaign_live",
            "name",
            "cohort",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'running', 'paused')"),
            postgresql_where=text("state IN ('waiting', 'running', 'paused')"),
        ),
    )

    id: UUID = Id()
    name: str = Field(max_length=60)
    cohort: int
    unit_id: UUID | None = Key("unit", nullable=True)
    state: CampaignState = Choice(CampaignState)
    deadline_at: datetime = Instant()
    rules_digest: str = Field(max_length=64)
    launched_by_id: UUID | None = Key("person", nullable=True)
    second_staff_id: UUID | None = Key("staff", nullable=True)
    approved_at: datetime | None = Instant(nullable=True)
    launched_at: datetime = Instant()
    finished_at: datetime | None = Instant(nullable=True)
    since_at: datetime | None = Instant(nullable=True)
    alarm: Alarm | None = Choice(Alarm, nullable=True)
    expected: int = 0
    spread_after_id: UUID | None = None
    spread_done_at: datetime | None = Instant(nullable=True)
    noted_after_id: UUID | None = None
    walked_after_id: UUID | None = None
    walked_at: datetime | None = Instant(nullable=True)

    @property
    def number(self) -> int | None:
        """Of a text; a campaign of the rules has a name alone."""
        number = self.name.removeprefix(TEXT)
        return int(number) if self.name != number and number.isdecimal() else None

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def only_tells(self) -> bool:
        return self.name == SURVEY

    @property
    def asks(self) -> bool:
        """By a plan of the rules, as `of_the_rules` asks of a row."""
        return not self.only_tells and not self.name.startswith(TEXT)


OVER = (CampaignState.CANCELLED, CampaignState.FINISHED)


class LeftOut(SQLModel, table=True):
    """Whom it meant to write to and never did, written down when it ends, so that its numbers stand."""

    __tablename__ = "left_out"

    campaign_id: UUID = Field(foreign_key="campaign.id", primary_key=True)
    graduate_id: UUID = Field(foreign_key="graduate.id", primary_key=True)
    state: Sending = Choice(Sending)
    reason: str = Field(max_length=40)


class Watch(SQLModel, table=True):
    """Whose card of a campaign moves along with it: `place` is its newest one, `said` what stands there."""

    __table_args__ = (UniqueConstraint("campaign_id", "person_id", name="uq_watch_person"),)

    id: UUID = Id()
    campaign_id: UUID = Key("campaign")
    person_id: UUID = Key("person")
    place: str = Field(max_length=80)
    said: Say = Typed(Say)


def of_the_rules() -> ColumnElement[bool]:
    """It asks and reminds by a plan; a text, and the notice before the survey, are only sent."""
    return and_(~col(Campaign.name).startswith(TEXT), col(Campaign.name) != SURVEY)


__all__ = ["OVER", "SURVEY", "Alarm", "Campaign", "CampaignState", "LeftOut", "Watch", "of_the_rules"]
