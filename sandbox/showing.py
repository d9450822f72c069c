"""Plain text and entities shown as safe HTML, for a page."""

from html import escape
from itertools import pairwise

from sandbox.reading import Entity

TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}


def _opening(entity: Entity) -> str:
    match entity["type"]:
        case "text_link":
            return f'<a href="{escape(entity["url"])}" target="_blank" rel="noopener">'
        case "spoiler":
            return '<span class="tg-spoiler">'
        case kind:
            return f"<{TAGS[kind]}>"


def _closing(entity: Entity) -> str:
    return {"text_link": "</a>", "spoiler": "</span>"}.get(entity["type"]) or f"</{TAGS[entity['type']]}>"


def to_html(text: str, entities: list[Entity]) -> str:
    """Overlapping entities are closed and opened again, so the tags always nest."""
    shown = [entity for entity in entities if entity["type"] in (*TAGS, "text_link", "spoiler")]
    raw = text.encode("utf-16-le")
    edges = {0, len(raw) // 2} | {e["offset"] for e in shown} | {e["offset"] + e["length"] for e in shown}
    points = sorted(edges)
    parts: list[str] = []
    opened: list[Entity] = []
    for start, end in pairwise(points):
        _turn(parts, opened, [e for e in shown if e["offset"] <= start < e["offset"] + e["length"]])
        parts.append(escape(raw[start * 2 : end * 2].decode("utf-16-le"), quote=False))
    _turn(parts, opened, [])
    return "".join(parts)


def _turn(parts: list[str], opened: list[Entity], wanted: list[Entity]) -> None:
    same = 0
    while same < min(len(opened), len(wanted)) and opened[same] is wanted[same]:
        same += 1
    while len(opened) > same:
        parts.append(_closing(opened.pop()))
    for entity in wanted[same:]:
        parts.append(_opening(entity))
        opened.append(entity)
