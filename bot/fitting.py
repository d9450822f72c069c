"""A message is never refused for its length: what is too long ends in a line of its own, tags closed."""

import re

MOST = 4096
CUT = "\n…"
PIECE = re.compile(r"<(?P<closes>/?)(?P<tag>[a-z][a-z-]*)[^>]*>|&(?:#\w+|\w+);|.", re.DOTALL | re.IGNORECASE)


def fitted(text: str, most: int = MOST) -> str:
    """HTML as it is where what can be seen of it fits, else cut between two characters."""
    if len(text) <= most or _seen(text) <= most:
        return text
    left, kept, open_tags = most - len(CUT), list[str](), list[str]()
    for piece in PIECE.finditer(text):
        if piece["tag"] is None:
            left -= 1
        elif piece["closes"]:
            open_tags.pop()
        else:
            open_tags.append(piece["tag"])
        if left < 0:
            break
        kept.append(piece[0])
    return "".join(kept).rstrip() + "".join(f"</{tag}>" for tag in reversed(open_tags)) + CUT


def _seen(text: str) -> int:
    return sum(piece["tag"] is None for piece in PIECE.finditer(text))
