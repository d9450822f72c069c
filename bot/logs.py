"""Structured logs on stderr: types, places and ids; never a name, phone, text or token."""

import json
import logging
import re
import traceback

TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{20,}")
PARAMETERS = re.compile(r"\[parameters:.*", re.DOTALL)
# Libraries only warn: at debug the database's drivers would write out every value of every row.
OURS = ("bot", "handlers", "scheduler", "web", "actions", "reports", "models", "rules", "sandbox", "quxiang")


class Structured(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": safe(record.getMessage()),
        }
        if record.exc_info and record.exc_info[1] is not None:
            said["error"] = where(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False)


def safe(text: str) -> str:
    return TOKEN.sub("<token>", PARAMETERS.sub("", text))


def where(error: BaseException) -> str:
    """Type and places: the message of an exception may carry a row's values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(error).__name__} at {places}"


def begin(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Structured())
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelName(level.upper())), handlers=[handler], force=True
    )
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
