"""What comes as a file is looked into before it is kept: by its content, never by what it calls itself."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.papers_pdf import pages_of
from models.evidence import Fault, Media
from rules.evidence import Limits

JPEG, PNG, PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
FORMATS = ("JPEG", "PNG", "WEBP")
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif")
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
WHITE = (255, 255, 255)
# Whatever a decoder makes of bytes that somebody made up.
UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    AttributeError,
    TypeError,
    MemoryError,
)


class NotTaken(Exception):
    """Expected: the graduate is told why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Paper:
    """What is kept, and the plain digests of it and of what came."""

    media: Media
    content: bytes
    pages: int
    came: str
    kept: str


def looked_into(data: bytes, limits: Limits) -> Paper:
    """Slow and without a word to anybody: to be called off the event loop."""
    if not data:
        raise NotTaken(Fault.EMPTY)
    if len(data) > limits.file_bytes:
        raise NotTaken(Fault.LARGE)
    if data.startswith(PDF):
        pages = pages_of(data, limits.pages)
        if isinstance(pages, Fault):
            raise NotTaken(pages)
        return _paper(Media.PDF, data, data, pages)
    if data.startswith((JPEG, PNG)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _paper(Media.JPEG, data, _made_anew(data, limits), 1)
    raise NotTaken(Fault.HEIC if data[4:8] == b"ftyp" and data[8:12] in HEIC else Fault.TYPE)


def _paper(media: Media, came: bytes, kept: bytes, pages: int) -> Paper:
    return Paper(media, kept, pages, hashlib.sha256(came).hexdigest(), hashlib.sha256(kept).hexdigest())


def _made_anew(data: bytes, limits: Limits) -> bytes:
    """Only what can be seen goes on: no place, no date, no device, nothing hidden behind the end."""
    try:
        return _encoded(data, limits)
    except BOMB as error:
        raise NotTaken(Fault.PIXELS) from error
    except UNREADABLE as error:
        raise NotTaken(Fault.BROKEN) from error


def _encoded(data: bytes, limits: Limits) -> bytes:
    """The size is known from the head, before a pixel is unpacked."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as found:
        if found.width * found.height > limits.pixels:
            raise NotTaken(Fault.PIXELS)
        longest = (limits.longest_side, limits.longest_side)
        found.thumbnail(longest)
        ImageOps.exif_transpose(found, in_place=True)
        seen = _on_white(found)
    out = io.BytesIO()
    seen.save(out, "JPEG", quality=limits.quality, optimize=True)
    return out.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    """What shines through is paper; a new picture carries nothing of the old one but its pixels."""
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, WHITE)
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper
