"""Telegram's HTML, read as strictly as Telegram reads it, into plain text and entities."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.refusals import Refused, bad

Entity = dict[str, Any]

KINDS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)"
    r"(?P<attributes>(?:\s+[^\s>=/\"']+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*)\s*>"
)
ATTRIBUTE = re.compile(r"([^\s>=/\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
REFERENCE = re.compile(r"&(#x[0-9a-fA-F]+|#[0-9]+|#?\w+);")
SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")
LINKS = ("http://", "https://", "tg://", "ton://", "mailto:", "tel:")


def units(text: str) -> int:
    """The length as entities count it: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def unparsable(reason: str) -> Refused:
    return bad(f"can't parse entities: {reason}")


@dataclass
class _Open:
    name: str
    attributes: dict[str, str]
    offset: int
    content_from: int


@dataclass
class _Reader:
    source: str
    at: int = 0
    parts: list[str] = field(default_factory=list)
    offset: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def read(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            self._step()
        if self.stack:
            raise unparsable(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.parts), self.entities

    def _step(self) -> None:
        match self.source[self.at]:
            case "<":
                self._tag()
            case "&":
                self._reference()
            case _:
                found = re.compile("[<&]").search(self.source, self.at)
                self._add(self.source[self.at : (end := found.start() if found else len(self.source))], end)

    def _add(self, text: str, at: int) -> None:
        self.parts.append(text)
        self.offset += units(text)
        self.at = at

    def _where(self) -> str:
        return f"at byte offset {len(self.source[: self.at].encode())}"

    def _reference(self) -> None:
        found = REFERENCE.match(self.source, self.at)
        if found is None:
            self._add("&", self.at + 1)
        else:
            self._add(self._decoded(found[1]), found.end())

    def _decoded(self, name: str) -> str:
        # Telegram would show an unknown entity as typed; nobody ever means that, so here it is refused.
        code = _number(name) if name.startswith("#") else None
        if code is not None and 0 < code < 0x110000 and not 0xD800 <= code < 0xE000:
            return chr(code)
        if name not in NAMED:
            raise unparsable(f'Unsupported entity "&{name};" {self._where()}')
        return NAMED[name]

    def _tag(self) -> None:
        found = TAG.match(self.source, self.at)
        if found is None:
            raise unparsable(self._broken())
        if found["end"]:
            self._close(found["name"].lower())
        else:
            self._open(found["name"].lower(), _attributes(found["attributes"]))
        self.at = found.end()

    def _broken(self) -> str:
        if ">" not in self.source[self.at :]:
            side = "end" if self.source.startswith("</", self.at) else "start"
            return f"Unclosed {side} tag {self._where()}"
        name = re.compile(r"</?([^\s>]*)").match(self.source, self.at)
        return f'Unsupported start tag "{name[1] if name else ""}" {self._where()}'

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if name not in KINDS:
            raise unparsable(f'Unsupported start tag "{name}" {self._where()}')
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise unparsable(f'Tag "span" must have class "tg-spoiler" {self._where()}')
        if name == "tg-emoji" and not attributes.get("emoji-id", "").isdigit():
            raise unparsable(f'Tag "tg-emoji" must have attribute "emoji-id" {self._where()}')
        self.stack.append(_Open(name, attributes, self.offset, len(self.parts)))

    def _close(self, name: str) -> None:
        if not self.stack:
            raise unparsable(f"Unexpected end tag {self._where()}")
        opened = self.stack.pop()
        if name != opened.name:
            raise unparsable(
                f'Unmatched end tag {self._where()}, expected "</{opened.name}>", found "</{name}>"'
            )
        if self.offset > opened.offset:
            self._keep(opened, "".join(self.parts[opened.content_from :]))

    def _keep(self, opened: _Open, content: str) -> None:
        entity: Entity = {
            "type": KINDS[opened.name],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        if opened.name == "pre" and self._was_code(entity):
            return
        if (detailed := _detailed(entity, opened, content)) is not None:
            self.entities.append(detailed)

    def _was_code(self, pre: Entity) -> bool:
        last = self.entities[-1] if self.entities else {}
        if last.get("type") != "code" or (last["offset"], last["length"]) != (pre["offset"], pre["length"]):
            return False
        last["type"] = "pre"
        return True


def _number(name: str) -> int | None:
    digits, base = (name[2:], 16) if name[1:2] == "x" else (name[1:], 10)
    try:
        return int(digits, base)
    except ValueError:
        return None


def _attributes(source: str) -> dict[str, str]:
    return {
        found[1].lower(): re.sub(REFERENCE, _plain, found[2] or found[3] or found[4] or "")
        for found in ATTRIBUTE.finditer(source)
    }


def _plain(found: re.Match[str]) -> str:
    if found[1] in NAMED:
        return NAMED[found[1]]
    code = _number(found[1]) if found[1].startswith("#") else None
    return chr(code) if code is not None and 0 < code < 0xD800 else found[0]


def _detailed(entity: Entity, opened: _Open, content: str) -> Entity | None:
    match opened.name:
        case "a":
            url = link(opened.attributes.get("href") or content)
            return {**entity, "url": url} if url else None
        case "code" if opened.attributes.get("class", "").startswith("language-"):
            return {**entity, "language": opened.attributes["class"].removeprefix("language-")}
        case "tg-emoji":
            return {**entity, "custom_emoji_id": opened.attributes["emoji-id"]}
        case "blockquote" if "expandable" in opened.attributes:
            return {**entity, "type": "expandable_blockquote"}
        case _:
            return entity


def link(url: str) -> str | None:
    """The address of a link as Telegram keeps it, or nothing where it would drop the link."""
    url = url.strip()
    if not url or re.search(r"\s", url):
        return None
    if url.lower().startswith(LINKS):
        return url
    return None if SCHEME.match(url) or "." not in url else f"http://{url}"


def from_html(source: str) -> tuple[str, list[Entity]]:
    text, entities = _Reader(source).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
