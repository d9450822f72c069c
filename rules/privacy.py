"""What is kept, how long, and what is never taken."""

from pydantic import Field

from rules.parts import Part


class TextMax(Part):
    """The longest text taken, in characters."""

    message: int = Field(ge=1)
    statement: int = Field(ge=1)
    note: int = Field(ge=1)
    field: int = Field(ge=1)


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
