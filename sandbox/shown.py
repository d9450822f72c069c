"""What stands on a phone's screen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.reading import Entity
from sandbox.showing import to_html


@dataclass(frozen=True)
class Button:
    label: str
    data: str | None = None
    url: str | None = None
    copy_text: str | None = None
    web_app: str | None = None
    request_contact: bool = False

    @classmethod
    def of(cls, raw: dict[str, Any]) -> "Button":
        copied, app = raw.get("copy_text") or {}, raw.get("web_app") or {}
        return cls(
            label=raw["text"],
            data=raw.get("callback_data"),
            url=raw.get("url") or (raw.get("login_url") or {}).get("url"),
            copy_text=copied.get("text"),
            web_app=app.get("url"),
            request_contact=bool(raw.get("request_contact")),
        )


def buttons(rows: list[list[dict[str, Any]]]) -> list[list[Button]]:
    return [[Button.of(raw) for raw in row] for row in rows if row]


@dataclass(frozen=True)
class FileInfo:
    file_id: str
    name: str
    size: int
    mime_type: str
    width: int | None = None
    height: int | None = None


@dataclass
class Shown:
    """A message as its reader sees it; an edit changes it in place."""

    message_id: int
    by_bot: bool
    raw: dict[str, Any] = field(repr=False)
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    html: str = field(default="", repr=False)
    rows: list[list[Button]] = field(default_factory=list)
    at: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    edited_at: datetime | None = None
    document: FileInfo | None = None
    photo: FileInfo | None = None
    contact: dict[str, Any] | None = None
    earlier: list[str] = field(default_factory=list, repr=False)
    sealed: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        self.read()

    def read(self) -> None:
        raw = self.raw
        self.text = raw.get("text") or raw.get("caption") or ""
        self.entities = raw.get("entities") or raw.get("caption_entities") or []
        self.html = to_html(self.text, self.entities)
        self.rows = buttons((raw.get("reply_markup") or {}).get("inline_keyboard", []))
        self.at = datetime.fromtimestamp(raw["date"], UTC)
        self.edited_at = datetime.fromtimestamp(raw["edit_date"], UTC) if "edit_date" in raw else None
        self.document, self.photo, self.contact = _document(raw), _photo(raw), raw.get("contact")

    def edit(self, changes: dict[str, Any]) -> None:
        self.earlier.append(self.text)
        for name, value in changes.items():
            if value:
                self.raw[name] = value
            else:
                self.raw.pop(name, None)
        self.read()

    def button(self, label: str) -> Button | None:
        return next((button for row in self.rows for button in row if button.label == label), None)

    def labels(self) -> list[str]:
        return [button.label for row in self.rows for button in row]

    def __str__(self) -> str:
        lines = [
            f"{'bot' if self.by_bot else 'me '} #{self.message_id}{' (edited)' if self.edited_at else ''}: "
        ]
        lines[0] += self.text.replace("\n", "\n      ")
        lines += [f"      ({kind}: {info.name})" for kind, info in self._attached()]
        lines += [f"      (contact: {self.contact['phone_number']})"] if self.contact else []
        return "\n".join([*lines, *("      " + " ".join(f"[{b.label}]" for b in row) for row in self.rows)])

    def _attached(self) -> list[tuple[str, FileInfo]]:
        found = {"document": self.document, "photo": self.photo}
        return [(kind, info) for kind, info in found.items() if info is not None]


def _document(raw: dict[str, Any]) -> FileInfo | None:
    if (file := raw.get("document")) is None:
        return None
    return FileInfo(file["file_id"], file.get("file_name", ""), file["file_size"], file.get("mime_type", ""))


def _photo(raw: dict[str, Any]) -> FileInfo | None:
    if not raw.get("photo"):
        return None
    size = raw["photo"][-1]
    return FileInfo(
        size["file_id"], "photo.jpg", size["file_size"], "image/jpeg", size["width"], size["height"]
    )
