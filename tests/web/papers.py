"""Real files, good ones and those that somebody made up, and a form that sends them."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import aiohttp
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from tests.web.browsing import Browser
from web.safety import token_of

CONTRACT = "labour_contract"
File = tuple[str, bytes, str]
GPS = 0x8825


def picture(
    size: tuple[int, int] = (1200, 900), *, shade: int = 90, ending: str = "JPEG", **given: Any
) -> bytes:
    """Dark above and light below, so that what was turned can be told."""
    image = Image.new("RGB", size, (shade, 40, 20))
    image.paste((230, 230, 230), (0, size[1] // 2, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, ending, **given)
    return out.getvalue()


def from_a_phone(**given: Any) -> bytes:
    """With the place, the device, and a note to turn it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "SECRETPHONE", "Model 9", 6
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 35.0, 12.0), 3: "E", 4: (114.0, 18.0, 7.0)})
    return picture(exif=exif.tobytes(), comment=b"SECRETCOMMENT", **given)


def pdf(pages: int = 2, change: Callable[[PdfWriter], None] | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    if change is not None:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def does(kind: str) -> Callable[[PdfWriter], None]:
    """Something happens when it is opened."""

    def change(writer: PdfWriter) -> None:
        action = DictionaryObject({NameObject("/S"): NameObject(kind)})
        action[NameObject("/JS")] = TextStringObject("app.alert(1)")
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)

    return change


def launches(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch")})
    action[NameObject("/F")] = TextStringObject("calc.exe")
    writer.root_object[NameObject("/OpenAction")] = action


def action(kind: str, **more: Any) -> DictionaryObject:
    made = DictionaryObject({NameObject("/S"): NameObject(kind)})
    made.update({NameObject(f"/{key}"): value for key, value in more.items()})
    return made


def address() -> DictionaryObject:
    return action("/URI", URI=TextStringObject("http://example.com/"))


def opens_an_address(writer: PdfWriter) -> None:
    """Not at once, but after it has gone to the first page."""
    then = action("/GoTo", Next=ArrayObject([writer._add_object(address())]))
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(then)})


def opens_it_at_once(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(address())


def lies_elsewhere(writer: PdfWriter) -> None:
    stream = DecodedStreamObject()
    stream.set_data(b"")
    stream[NameObject("/F")] = TextStringObject("/etc/passwd")
    writer._add_object(stream)


def ordinary(writer: PdfWriter) -> None:
    """A link that somebody has to press, a place where it opens, and fonts that bear short names."""
    page = writer.pages[0]
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): address()})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    assert page.indirect_reference is not None
    writer.root_object[NameObject("/OpenAction")] = ArrayObject([page.indirect_reference, NameObject("/Fit")])
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font")})
    fonts = {NameObject(name): writer._add_object(font) for name in ("/EF", "/JS", "/AA", "/FS")}
    resources = DictionaryObject({NameObject("/Font"): writer._add_object(DictionaryObject(fonts))})
    page[NameObject("/Resources")] = resources


def titled(title: str) -> Callable[[PdfWriter], None]:
    return lambda writer: writer.add_metadata({"/Title": title})


def packed(*inside: bytes) -> bytes:
    """One page and whatever else is given, all objects in one packed stream."""
    tree = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", tree, b"<</Type/Page/Parent 2 0 R>>", *inside]
    head, body, out = b"", b"", bytearray(b"%PDF-1.7\n")
    for number, one in enumerate(objects, start=1):
        head += b"%d %d " % (number, len(body))
        body += one + b" "

    def stream(number: int, entries: bytes, data: bytes) -> int:
        place, data = len(out), zlib.compress(data, 9)
        entries += b"/Filter/FlateDecode/Length %d" % len(data)
        out.extend(b"%d 0 obj\n<<%s>>stream\n%s\nendstream\nendobj\n" % (number, entries, data))
        return place

    holder = len(objects) + 1
    place = stream(holder, b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head)), head + body)
    rows = [(0, 0, 65535), *[(2, holder, index) for index in range(len(objects))]]
    rows += [(1, place, 0), (1, len(out), 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    place = stream(holder + 1, b"/Type/XRef/W[1 4 2]/Root 1 0 R/Size %d" % len(rows), table)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % place


async def hand_in(
    browser: Browser,
    *files: bytes | File,
    paper: str = CONTRACT,
    agreed: bool = True,
    nth: int = 0,
    **changed: str,
) -> Browser:
    """From wherever the browser is: the page of papers, the kind, the box, the files."""
    await browser.open("/j/evidence")
    form = [one for one in browser.page.forms if one.action == "/j/evidence"][nth]
    fields = form.hidden | {"paper": paper} | ({"agreed": "1"} if agreed else {}) | changed
    return await send(browser, fields, *files)


async def send(browser: Browser, fields: dict[str, str], *files: bytes | File, **headers: str) -> Browser:
    body = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in fields.items():
        body.add_field(name, value)
    for number, one in enumerate(files):
        name, content, mime = one if isinstance(one, tuple) else (f"IMG_{number}.jpg", one, "image/jpeg")
        body.add_field("file", io.BytesIO(content), filename=name, content_type=mime)
    async with browser.http.post(browser.base + "/j/evidence", data=body, headers=headers) as answer:
        await browser._read(answer)
    await browser.running.settled()
    return browser


def token_in(browser: Browser) -> str:
    """As the page makes it of the cookie."""
    [cookie] = browser.http.cookie_jar.filter_cookies(browser.url).values()
    return token_of(cookie.value)
