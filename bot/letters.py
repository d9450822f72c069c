"""The words of what leaves by another door than the chat; nothing of Telegram's is imported for them."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.person import Locale
from rules.sms import Sms, counted

TEXTS = Path(__file__).parent / "texts"
# What no chat says: tests know them by this list.
KINDS = ("sms_ask", "mail_ask", "mail_ask_html", "mail_subject")
WEEKDAYS = "一二三四五六日"


class TooLong(Exception):
    """Even the shortest wording does not fit; what of it can be made shorter, and by how much."""

    def __init__(self, school: int, link: int, over: int) -> None:
        super().__init__(f"school {school}, link {link}, over {over}")
        self.school, self.link, self.over = school, link, over


class Texts:
    """A text message: of its wordings, the longest first, the first that fits."""

    def __init__(self, rules: Sms, school: str, zone: ZoneInfo) -> None:
        self.rules, self.school, self.zone = rules, rules.signature or school, zone
        # The school's platform has approved these words: to whomever, they are the Chinese ones.
        folder = TEXTS / Locale.ZH_CN.value
        environment = Environment(
            loader=FileSystemLoader([folder]), undefined=StrictUndefined, autoescape=False
        )
        environment.filters["on_day"] = _on_day
        self._ask = environment.get_template("sms_ask.j2")

    def ask(self, name: str, link: str, deadline_at: datetime) -> str:
        deadline = deadline_at.astimezone(self.zone).date()
        worded = self._ask.render(
            school=self.school, name=" ".join(name.split()), link=link, deadline=deadline
        )
        wordings = [line for line in worded.splitlines() if line.strip()]
        for wording in wordings:
            if self.rules.fits(wording):
                return wording
        over = counted(wordings[-1]) - self.rules.maximum_characters
        raise TooLong(counted(self.school), counted(link), over)


@dataclass(frozen=True)
class Mail:
    subject: str
    plain: str
    html: str


class Mails:
    """An e-mail in two forms of the same words."""

    def __init__(self, school: str, contact: str, zone: ZoneInfo) -> None:
        self.zone = zone
        self.environments = {locale: self._environment(locale) for locale in Locale}
        self.facts = {"school": school, "contact": contact}

    def ask(self, locale: Locale, name: str, link: str, stop: str, deadline_at: datetime) -> Mail:
        facts = self.facts | {
            "name": " ".join(name.split()),
            "link": link,
            "stop": stop,
            "deadline": deadline_at.astimezone(self.zone).date(),
        }
        words = (self._worded(locale, kind, facts) for kind in ("mail_subject", "mail_ask", "mail_ask_html"))
        return Mail(*words)

    def _worded(self, locale: Locale, kind: str, facts: dict[str, Any]) -> str:
        return self.environments[locale].get_template(f"{kind}.j2").render(facts).strip()

    def _environment(self, locale: Locale) -> Environment:
        """Only the page of HTML is escaped; what a plain text says is what it says."""
        made = Environment(
            loader=FileSystemLoader([TEXTS / locale.value]),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and name.startswith("mail_ask_html"),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.filters["on_day"] = _on_day if locale is Locale.ZH_CN else _on_day_in_english
        return made


def _on_day_in_english(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B}"


def _on_day(day: date) -> str:
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"
