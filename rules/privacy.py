"""What is kept, how long, and what is never taken."""

from ipaddress import IPv4Network, IPv6Network

from pydantic import Field

from rules.parts import Part


class TextMax(Part):
    """The longest text taken, in characters."""

    message: int = Field(ge=1)
    statement: int = Field(ge=1)
    note: int = Field(ge=1)
    field: int = Field(ge=1)


class Page(Part):
    """How long a browser is known, and how much is taken from one of them, by one link, from one address."""

    idle_minutes: int = Field(ge=5)
    longest_hours: int = Field(ge=1)
    acts_a_minute: int = Field(ge=1)
    openings_an_hour: int = Field(ge=1)
    failures_an_hour: int = Field(ge=1)
    beginnings_an_hour: int = Field(ge=1)
    requests_a_minute: int = Field(ge=1)
    same_place: int = Field(ge=2)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]


class Privacy(Part):
    notice_version: int = Field(ge=1)
    retention_years: int = Field(ge=1)
    files_in_chat: bool
    roster_files_in_chat: bool
    invitation_days: int = Field(ge=1)
    lock_minutes: int = Field(ge=1)
    digit_tries: int = Field(ge=1)
    text_choice_hours: int = Field(ge=1)
    stranger_answers_a_day: int = Field(ge=1)
    text_max: TextMax
    page: Page
