"""A program of its own that looks into one PDF: what is made to exhaust its reader exhausts nothing else."""

import io
import json
import logging
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

# Its warnings quote what stands in a file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
# Far more than any paper takes.
SECONDS, MEMORY, POLITE = 5, 512 << 20, 5
UNPACKED, ELEMENTS = 4_000_000, 20_000
END = b"%%EOF"
OBJECTS = 50_000
DEPTH = 50
TITLE = 300
# Names by which a PDF runs, fetches, opens or carries something. It is kept as it came, for a seal in it is
# worth something; so none of them may be in it.
ACTS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/FileAttachment",
        "/RichMedia",
        "/Movie",
        "/Sound",
        "/Rendition",
        "/3D",
        "/XFA",
        "/ImportData",
        "/SubmitForm",
        "/GoToR",
        "/GoToE",
        "/FFilter",
    }
)
# Where the file may be that something called /EF carries.
CARRIED = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
UNREADABLE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


def looked_at(data: bytes, most: int) -> dict[str, Any]:
    """The number of pages and what it calls itself; or why it is not taken, in the words of `Fault`."""
    if not data.rstrip(b"\0\t\r\n\x0c ").endswith(END):
        return {"fault": "broken"}
    try:
        with apply_configuration(zlib_maximum_output_length=UNPACKED, array_maximum_element_count=ELEMENTS):
            return _read(PdfReader(io.BytesIO(data), strict=False), most)
    except UNREADABLE:
        return {"fault": "broken"}


def _read(reader: PdfReader, most: int) -> dict[str, Any]:
    if reader.is_encrypted:
        return {"fault": "locked"}
    pages = 0
    for found in _objects(reader):
        if _acts(found):
            return {"fault": "active"}
        pages += isinstance(found, DictionaryObject) and found.get("/Type") == "/Page"
    tree = reader.root_object["/Pages"].get_object()
    count = tree.get("/Count") if isinstance(tree, DictionaryObject) else None
    if not isinstance(count, int) or count < 1 or not pages:
        return {"fault": "broken"}
    if max(count, pages) > most:
        return {"fault": "pages"}
    return {"pages": int(count), "title": _title(reader)}


def _title(reader: PdfReader) -> str:
    with suppress(*UNREADABLE):
        if reader.metadata is not None:
            return str(reader.metadata.title or "")[:TITLE]
    return ""


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Each one that the file holds, whether anything leads to it or not, and the trailer that says so."""
    yield reader.trailer
    numbers = {(number, generation) for generation, of in reader.xref.items() for number in of}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > OBJECTS:
        raise ValueError("more objects than any paper has")
    for number, generation in sorted(numbers):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _acts(found: Any, depth: int = 0) -> bool:
    """Whatever it points at is looked at by itself."""
    if depth > DEPTH:
        raise ValueError("deeper than any paper is")
    if isinstance(found, NameObject):
        return found in ACTS
    if isinstance(found, ArrayObject):
        return any(_acts(one, depth + 1) for one in list.__iter__(found))
    if isinstance(found, DictionaryObject):
        return _does(found) or any(key in ACTS or _acts(found.raw_get(key), depth + 1) for key in found)
    return False


def _does(found: DictionaryObject) -> bool:
    """By what stands behind a name: as short a one may be what somebody called a font."""
    carried = _behind(found, "/EF")
    if isinstance(carried, DictionaryObject) and any(one in carried for one in CARRIED):
        return True
    # What a stream holds may lie elsewhere, and a file may be one of the net.
    if (isinstance(found, StreamObject) and "/F" in found) or _behind(found, "/FS") == "/URL":
        return True
    by_itself = _behind(found, "/AA")
    acts = list(dict.values(by_itself)) if isinstance(by_itself, DictionaryObject) else []
    return any(_fetches(one) for one in [_behind(found, "/OpenAction"), *acts])


def _fetches(action: Any, depth: int = 0) -> bool:
    """It opens an address, or another that does comes after it. A link that somebody presses may stay."""
    if depth > DEPTH:
        raise ValueError("deeper than any paper is")
    if isinstance(action, IndirectObject):
        action = action.get_object()
    if isinstance(action, ArrayObject):
        return any(_fetches(one, depth + 1) for one in list.__iter__(action))
    if not isinstance(action, DictionaryObject):
        return False
    return _behind(action, "/S") == "/URI" or _fetches(_behind(action, "/Next"), depth + 1)


def _behind(found: DictionaryObject, key: str) -> Any:
    one = found.get(key)
    return None if one is None else one.get_object()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(POLITE)
    sys.stdout.write(json.dumps(looked_at(sys.stdin.buffer.read(), int(sys.argv[1]))))


if __name__ == "__main__":
    main()
