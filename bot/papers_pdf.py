"""A PDF is kept as it came, for a seal in it is worth something; so nothing that acts may be in it."""

import io
import logging
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from models.evidence import Fault

# Its warnings quote what stands in a file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
END = b"%%EOF"
OBJECTS = 50_000
DEPTH = 50
# Names by which a PDF runs, fetches, opens or carries something.
ACTS = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/Launch",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/EF",
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
    }
)
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


def pages_of(data: bytes, most: int) -> int | Fault:
    """How many pages there are, or why it is not taken."""
    if not data.rstrip(b"\0\t\r\n\x0c ").endswith(END):
        return Fault.BROKEN
    try:
        return _read(PdfReader(io.BytesIO(data), strict=False), most)
    except UNREADABLE:
        return Fault.BROKEN


def _read(reader: PdfReader, most: int) -> int | Fault:
    if reader.is_encrypted:
        return Fault.LOCKED
    pages = 0
    for found in _objects(reader):
        if _acts(found):
            return Fault.ACTIVE
        pages += isinstance(found, DictionaryObject) and found.get("/Type") == "/Page"
    tree = reader.root_object["/Pages"].get_object()
    count = tree.get("/Count") if isinstance(tree, DictionaryObject) else None
    if not isinstance(count, int) or count < 1 or not pages:
        return Fault.BROKEN
    return Fault.PAGES if max(count, pages) > most else int(count)


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
        return any(key in ACTS or _acts(found.raw_get(key), depth + 1) for key in found)
    return False
