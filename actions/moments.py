"""A moment as somebody types it, never guessed: 明天上午9点, 7月10日 9:30, 2024-07-10 09:30, tomorrow 3pm."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = {"今天": 0, "今日": 0, "today": 0, "明天": 1, "明日": 1, "tomorrow": 1, "后天": 2}
MORNING, AFTERNOON = ("上午", "早上", "am"), ("下午", "晚上", "pm")
_MOMENT = re.compile(
    rf"(?:(?P<near>{'|'.join(DAYS)})|(?:(?P<year>\d{{4}})\s*[-/.年]\s*)?(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})日?)"
    rf"[\s,t]*(?P<half>{'|'.join(MORNING + AFTERNOON)})?\s*"
    r"(?P<hour>\d{1,2})\s*(?P<sign>:\s*(?P<minute>\d{2})|[点时]\s*(?:(?P<past>\d{1,2})分?|(?P<thirty>半))?)?"
    r"\s*(?P<after>am|pm)?",
)


def read(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """None where it names no day or no hour, or what it names does not exist."""
    found = _MOMENT.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    if found is None:
        return None
    try:
        return datetime.combine(_day(found, now.astimezone(zone).date()), _time(found), zone)
    except ValueError:
        return None


def _day(found: re.Match[str], today: date) -> date:
    if found["near"]:
        return today + timedelta(days=DAYS[found["near"]])
    if found["year"]:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    named = date(today.year, int(found["month"]), int(found["day"]))
    return named if named >= today else named.replace(year=today.year + 1)


def _time(found: re.Match[str]) -> time:
    hour, half = int(found["hour"]), found["half"] or found["after"]
    if not found["sign"] and not half:
        raise ValueError("a bare number is no hour")
    if half in AFTERNOON and hour < 12:
        hour += 12
    elif half in MORNING and hour > 12:
        raise ValueError("no hour of a morning")
    return time(hour, 30 if found["thirty"] else int(found["minute"] or found["past"] or 0))
