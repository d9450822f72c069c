"""What comes as a file is looked into before it is kept: by its content, never by what it calls itself."""

import hashlib
import io
import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from models.evidence import Fault, Media
from rules.evidence import Limits

log = logging.getLogger(__name__)
PDF_READER = Path(__file__).with_name("papers_pdf.py")
# It ends itself sooner, unless the machine has no time for it.
PDF_SECONDS = 60.0
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
    """What is kept, the plain digests of it and of what came, and what a PDF calls itself."""

    media: Media
    content: bytes
    pages: int
    came: str
    kept: str
    title: str = ""


def looked_into(data: bytes, limits: Limits) -> Paper:
    """Slow and without a word to anybody: to be called off the event loop."""
    if not data:
        raise NotTaken(Fault.EMPTY)
    if len(data) > limits.file_bytes:
        raise NotTaken(Fault.LARGE)
    if data.startswith(PDF):
        found = _apart(data, limits.pages)
        if "fault" in found:
            raise NotTaken(Fault(found["fault"]))
        return _paper(Media.PDF, data, data, found["pages"], found["title"])
    if data.startswith((JPEG, PNG)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return _paper(Media.JPEG, data, _made_anew(data, limits), 1)
    raise NotTaken(Fault.HEIC if data[4:8] == b"ftyp" and data[8:12] in HEIC else Fault.TYPE)


def _apart(data: bytes, pages: int) -> dict[str, Any]:
    """What the process says that alone unpacks it; that process is bounded, and gone when this returns."""
    command = [sys.executable, "-I", str(PDF_READER), str(pages)]
    try:
        done = subprocess.run(
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PDF_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise NotTaken(Fault.BROKEN) from error
    if done.returncode != 0:
        log.warning("a PDF was not read to its end: %s", done.returncode)
        raise NotTaken(Fault.BROKEN)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _paper(media: Media, came: bytes, kept: bytes, pages: int, title: str = "") -> Paper:
    digests = hashlib.sha256(came).hexdigest(), hashlib.sha256(kept).hexdigest()
    return Paper(media, kept, pages, *digests, title)


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
