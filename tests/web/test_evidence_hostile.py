"""What somebody made up is not taken, whatever it calls itself, and nothing of it stays."""

import asyncio
import io
import zlib
from collections.abc import AsyncIterator, Callable

import pytest
from PIL import Image
from pypdf import PdfWriter
from sqlmodel import select

from bot import papers_pdf
from bot.papers import NotTaken, looked_into
from models.evidence import Evidence, Fault
from rules import load
from tests.web.browsing import Browser, entered
from tests.web.papers import (
    CONTRACT,
    File,
    does,
    hand_in,
    launches,
    lies_elsewhere,
    opens_an_address,
    opens_it_at_once,
    ordinary,
    packed,
    pdf,
    picture,
    send,
)
from tests.world import World
from web.safety import HEADERS

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


def bomb() -> bytes:
    """Thirty thousand by thirty thousand in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


def chunk_bomb() -> bytes:
    """A small picture with a text in it that unpacks to a gigabyte."""
    plain = picture((40, 30), ending="PNG")
    packed = zlib.compress(b"\0" * 300_000_000, 9)
    body = b"zTXt" + b"a\0\0" + packed
    chunk = len(body[4:]).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return plain[:33] + chunk + plain[33:]


def unpacks() -> bytes:
    """A kilobyte that becomes a third of a million numbers."""
    return packed(*[b"[" + b"0 " * 40_000 + b"]"] * 8)


FAULTS: dict[str, tuple[Callable[[], bytes], Fault]] = {
    "svg": (lambda: SVG, Fault.TYPE),
    "html": (lambda: HTML, Fault.TYPE),
    "gif": (lambda: b"GIF89a/*" + HTML, Fault.TYPE),
    "zip": (lambda: b"PK\x03\x04" + bytes(100), Fault.TYPE),
    "program": (lambda: b"MZ" + bytes(100), Fault.TYPE),
    "tiff": (lambda: b"II*\0" + bytes(100), Fault.TYPE),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + bytes(100), Fault.HEIC),
    "a head and nothing": (lambda: b"\xff\xd8\xff" + HTML, Fault.BROKEN),
    "cut off": (lambda: picture()[:3000], Fault.BROKEN),
    "bomb": (bomb, Fault.PIXELS),
    "chunk bomb": (chunk_bomb, Fault.BROKEN),
    "a PDF behind something": (lambda: HTML + pdf(1), Fault.TYPE),
    "a PDF with a tail": (lambda: pdf(1) + b"PK\x03\x04" + HTML, Fault.BROKEN),
    "no PDF": (lambda: b"%PDF-1.7\n%%EOF", Fault.BROKEN),
    "deep PDF": (lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 50_000 + b"\n%%EOF", Fault.BROKEN),
    "long PDF": (lambda: pdf(41), Fault.PAGES),
    "locked PDF": (lambda: pdf(1, lambda writer: writer.encrypt("", "owner")), Fault.LOCKED),
    "script in a PDF": (lambda: pdf(1, does("/JavaScript")), Fault.ACTIVE),
    "launch in a PDF": (lambda: pdf(1, launches), Fault.ACTIVE),
    "file in a PDF": (lambda: pdf(1, lambda writer: _attach(writer)), Fault.ACTIVE),
    "PDF bomb": (unpacks, Fault.BROKEN),
    "address that a PDF opens": (lambda: pdf(1, opens_it_at_once), Fault.ACTIVE),
    "address that a page opens": (lambda: pdf(1, opens_an_address), Fault.ACTIVE),
    "stream that lies elsewhere": (lambda: pdf(1, lies_elsewhere), Fault.ACTIVE),
    "file of the net": (lambda: packed(b"<</Type/Filespec/FS/URL/F(http://x)>>"), Fault.ACTIVE),
    "filter of what lies elsewhere": (lambda: packed(b"<</FFilter/FlateDecode>>"), Fault.ACTIVE),
}


def _attach(writer: PdfWriter) -> None:
    writer.add_attachment("invoice.exe", b"MZ")


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_each_is_told_by_its_content(kind: str) -> None:
    made, fault = FAULTS[kind]
    with pytest.raises(NotTaken) as refused:
        looked_into(made(), load().evidence.limits)
    assert refused.value.fault is fault


@pytest.mark.parametrize("kind", [kind for kind, (make, _) in sorted(FAULTS.items()) if "PDF" in kind])
def test_a_pdf_is_told_here_as_in_its_own_process(kind: str) -> None:
    made, fault = FAULTS[kind]
    if made().startswith(b"%PDF"):
        assert papers_pdf.looked_at(made(), load().evidence.limits.pages) == {"fault": fault.value}


def test_what_only_somebody_opens_may_stay() -> None:
    for paper in (pdf(1, ordinary), packed()):
        assert looked_into(paper, load().evidence.limits).pages == 1
        assert papers_pdf.looked_at(paper, 40) == {"pages": 1, "title": ""}


def test_a_picture_that_is_something_else_too_is_only_a_picture_afterwards() -> None:
    polyglot = picture() + b"PK\x03\x04" + HTML + pdf(1)
    kept = looked_into(polyglot, load().evidence.limits)
    assert kept.media.mime == "image/jpeg"
    assert not any(other in kept.content for other in (b"PK\x03\x04", b"<script", b"%PDF"))


def test_a_script_that_hides_in_an_escaped_name_is_found() -> None:
    plain = pdf(1, does("/JavaScript"))
    hidden = plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")
    assert b"/JavaScript" not in hidden
    with pytest.raises(NotTaken):
        looked_into(hidden, load().evidence.limits)


def test_a_script_in_a_packed_object_is_found() -> None:
    def packed(writer: PdfWriter) -> None:
        does("/JavaScript")(writer)
        writer.compress_identical_objects()

    with pytest.raises(NotTaken):
        looked_into(pdf(1, packed), load().evidence.limits)


async def test_nothing_of_it_stays_and_each_reason_is_said(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    named: list[File] = [
        ("photo.jpg", SVG, "image/jpeg"),
        ("photo.png", HTML, "image/png"),
        ("contract.pdf", pdf(1, launches), "application/pdf"),
        ("../../etc/passwd", picture(), "text/html"),
    ]
    await hand_in(browser, *named)
    browser.sees("收到 1 份", "2 份没有收：不是照片", "1 份没有收：PDF 里带有附件或会自动运行的内容")
    [row] = await world.rows(select(Evidence))
    folder = world.running.app.evidence_folder
    assert [file.name for file in folder.iterdir()] == [row.id.hex]


async def test_more_and_larger_than_is_taken(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    limits = world.running.app.rules.evidence.limits
    huge = picture() + bytes(limits.file_bytes)
    await hand_in(browser, huge, *[picture(shade=20 * one) for one in range(limits.files_at_once + 1)])
    browser.sees("1 份没有收：超过 10 MB", "2 份没有收：一次最多 6 个", f"收到 {limits.files_at_once - 1} 份")


async def test_a_body_without_end_is_not_read(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    host, port = world.running.app.address
    reader, writer = await asyncio.open_connection(host, port)
    [cookie] = browser.http.cookie_jar.filter_cookies(browser.url).values()
    writer.write(
        f"POST /j/evidence HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie.key}={cookie.value}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999999999\r\n\r\n".encode()
    )
    await writer.drain()
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("changed", "headers", "status"),
    [
        ({"csrf": "0" * 64}, {}, 403),
        ({"csrf": ""}, {}, 403),
        ({}, {"Origin": "https://evil.example"}, 403),
        ({}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"agreed": ""}, {}, 400),
        ({"paper": "x" * 300}, {}, 400),
    ],
)
async def test_a_form_that_is_not_ours_is_not_read(
    world: World, browser: Browser, changed: dict[str, str], headers: dict[str, str], status: int
) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.open("/j/evidence")
    hidden = next(form for form in browser.page.forms if form.action == "/j/evidence").hidden
    fields = hidden | {"paper": CONTRACT, "agreed": "1"} | changed
    await send(browser, fields, picture(), **headers)
    assert browser.status == status
    assert await world.rows(select(Evidence)) == []
    assert not world.running.app.evidence_folder.is_dir()


@pytest.mark.parametrize(
    "body", [b"", b"--y\r\n", b"--x\r\nno header", b"--x--\r\n", b"--x\r\n\r\n" + bytes(9000)]
)
async def test_a_form_that_is_none_is_answered(world: World, browser: Browser, body: bytes) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    async with browser.http.post(browser.base + "/j/evidence", data=body, headers=kind) as answer:
        assert answer.status in (400, 403)
    async with browser.http.post(browser.base + "/j/evidence", data={"csrf": "x"}) as answer:
        assert answer.status == 400


async def test_an_unknown_paper_and_somebody_elses_record(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await hand_in(browser, picture(), paper="diploma")
    browser.does_not_see("收到 1 份")
    await hand_in(browser, picture(), graduate=world.lihua.id.hex)
    browser.does_not_see("收到 1 份", "李华")
    assert await world.rows(select(Evidence)) == []


async def test_one_browser_hands_in_so_often_and_no_more(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    for _ in range(world.running.app.rules.evidence.limits.uploads_an_hour):
        await hand_in(browser, picture((20, 20)))
        assert browser.status == 200
    await hand_in(browser, picture((20, 20)))
    assert browser.status == 429
    assert browser.answer_headers["Retry-After"] == "60"


async def test_every_page_of_papers_is_as_safe_as_the_others(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    for path in ("/j/evidence", "/j/file/" + "0" * 48):
        await browser.open(path)
        assert {name: browser.answer_headers[name] for name in HEADERS} == HEADERS
        assert not any(word in browser.html for word in ("<script", "style=", "onclick", "<img"))
    for path in ("/j/file/x", "/j/file/" + "g" * 48, "/j/file/" + "0" * 47):
        async with browser.http.get(browser.base + path) as answer:
            assert answer.status == 404


async def test_a_slow_line_holds_one_place_of_somebody_known(world: World, browser: Browser) -> None:
    one = await world.graduate(name="周舟", enrolled=False)
    await entered(browser, one)
    await browser.open("/j/evidence")
    hidden = next(form for form in browser.page.forms if form.action == "/j/evidence").hidden
    fields = hidden | {"paper": CONTRACT, "agreed": "1"}
    sent, held = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        for name, value in fields.items():
            yield f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        yield picture()
        sent.set()
        await held.wait()
        yield b"\r\n--x--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    place = browser.base + "/j/evidence"
    async with asyncio.TaskGroup() as group:
        slow = group.create_task(_status(browser, place, slowly(), kind))
        await sent.wait()
        for _ in range(20):  # by then the first of it has been read
            await browser.open("/j/evidence")
        await send(browser, fields, picture((30, 30)))
        assert browser.status == 429
        async with Browser(world.running) as other:
            await entered(other, await world.graduate(name="吴桐", enrolled=False))
            await hand_in(other, picture((50, 50)))
            other.sees("收到 1 份")
        held.set()
    assert slow.result() == 200


async def _status(browser: Browser, place: str, body: AsyncIterator[bytes], kind: dict[str, str]) -> int:
    async with browser.http.post(place, data=body, headers=kind) as answer:
        return answer.status
