"""Real files, good ones and those that somebody made up, and a form that sends them."""

import io
from collections.abc import Callable
from typing import Any

import aiohttp
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tests.web.browsing import Browser

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
    body = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        body.add_field(name, value)
    for number, one in enumerate(files):
        name, content, mime = one if isinstance(one, tuple) else (f"IMG_{number}.jpg", one, "image/jpeg")
        body.add_field("file", io.BytesIO(content), filename=name, content_type=mime)
    async with browser.http.post(browser.base + "/j/evidence", data=body, headers=headers) as answer:
        await browser._read(answer)
    await browser.running.settled()
    return browser
