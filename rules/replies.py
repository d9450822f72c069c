"""Wordings for what is asked and told again and again, in both languages."""

from typing import Self

from pydantic import Field, model_validator

from rules.parts import Part

# It travels in a button beside the case.
KEY = r"^[a-z_]{1,24}$"


class Reply(Part):
    """`asks`: an answer is waited for. Without kinds it is for every kind of case."""

    key: str = Field(pattern=KEY)
    title: str = Field(max_length=30)
    title_en: str = Field(max_length=40)
    asks: bool = False
    kinds: tuple[str, ...] = ()
    zh_CN: str = Field(min_length=1, max_length=600)
    en: str = Field(min_length=1, max_length=900)

    def titled(self, locale: str) -> str:
        return self.title_en if locale == "en" else self.title

    def worded(self, locale: str) -> str:
        return (self.en if locale == "en" else self.zh_CN).strip()


class Replies(Part):
    replies: tuple[Reply, ...] = Field(alias="reply", default=())

    def get(self, key: str) -> Reply | None:
        return next((one for one in self.replies if one.key == key), None)

    def for_kind(self, kind: str, *, asks: bool) -> tuple[Reply, ...]:
        return tuple(one for one in self.replies if one.asks is asks and (not one.kinds or kind in one.kinds))

    @model_validator(mode="after")
    def _keys_are_told_apart(self) -> Self:
        keys = [one.key for one in self.replies]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"lists the reply {twice[0]} twice")
        return self
