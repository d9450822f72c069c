"""Documents and pictures, up and down."""

import io
import struct

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile

from sandbox import Phone, Sandbox
from sandbox.files import dimensions
from sandbox.refusals import Refused
from tests.sandbox.wire import Api


def png(width: int = 30, height: int = 20) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x14\x00\x1e\x03"


async def test_a_document_goes_out_and_comes_down(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_document(
        7, BufferedInputFile(b"abc", "名单.txt"), caption="<b>list</b>", parse_mode="HTML"
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("名单.txt", 3, "list")
    shown = await lihua.sees("list")
    assert shown.document is not None
    assert shown.document.name == "名单.txt"
    file = await bot.get_file(sent.document.file_id)
    assert file.file_path is not None
    down = await bot.download_file(file.file_path)
    assert down is not None
    assert down.read() == b"abc"


async def test_a_file_id_is_used_again(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_document(7, BufferedInputFile(b"abc", "a.txt"))
    assert sent.document is not None
    again = await bot.send_document(7, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == sent.document.file_unique_id


async def test_a_file_in_its_own_field(api: Api, lihua: Phone) -> None:
    form = aiohttp.FormData({"chat_id": "7"})
    form.add_field("document", b"abc", filename="a.txt", content_type="text/plain")
    async with api.http.post(api.url("sendDocument"), data=form) as response:
        assert (await response.json())["result"]["document"]["mime_type"] == "text/plain"


async def test_a_photo(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_photo(7, BufferedInputFile(png(), "a.png"), caption="look")
    assert sent.photo is not None
    assert (sent.photo[-1].width, sent.photo[-1].height) == (30, 20)
    assert (await lihua.sees("look")).photo is not None
    assert dimensions(JPEG) == (30, 20)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"text", "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png() + bytes(10 << 20), "too big for a photo"),
        (b"", "file must be non-empty"),
    ],
)
async def test_bad_photos(bot: Bot, lihua: Phone, content: bytes, reason: str) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_photo(7, BufferedInputFile(content, "a.png"))


async def test_files_that_are_none(api: Api, lihua: Phone) -> None:
    wrong = await api.refused("sendDocument", chat_id=7, document="nonsense")
    assert wrong == "400 Bad Request: wrong file identifier/HTTP URL specified"
    far = await api.refused("sendDocument", chat_id=7, document="https://e.cn/a.txt")
    assert far == "400 Bad Request: failed to get HTTP URL content"
    assert await api.refused("getFile", file_id="nonsense") == "400 Bad Request: invalid file_id"


async def test_uploads_end_at_50_megabytes(sandbox: Sandbox) -> None:
    sandbox.files.upload("a.bin", "", bytes(50 << 20), "documents")
    with pytest.raises(Refused, match="413 Request Entity Too Large"):
        sandbox.files.upload("a.bin", "", bytes((50 << 20) + 1), "documents")


async def test_a_body_beyond_everything(api: Api) -> None:
    body, headers = io.BytesIO(bytes((64 << 20) + 1)), {"Content-Type": "application/json"}
    async with api.http.post(api.url("sendDocument"), data=body, headers=headers) as response:
        assert response.status == 413
        assert (await response.json())["description"] == "Request Entity Too Large"


async def test_downloads_end_at_20_megabytes(api: Api, sandbox: Sandbox, lihua: Phone) -> None:
    await lihua.send_document("big.bin", bytes((20 << 20) + 1))
    document = lihua.shown[-1].document
    assert document is not None
    assert await api.refused("getFile", file_id=document.file_id) == "400 Bad Request: file is too big"


async def test_a_persons_files_come_down(bot: Bot, lihua: Phone) -> None:
    await lihua.send_photo(png(), caption="proof")
    await lihua.send_document("a.pdf", b"%PDF", "application/pdf", caption="paper")
    photo, document = [update.message for update in await bot.get_updates()][1:]
    assert photo is not None
    assert photo.photo is not None
    assert document is not None
    assert document.document is not None
    assert (photo.caption, document.document.mime_type) == ("proof", "application/pdf")
    down = await bot.download(photo.photo[-1])
    assert down is not None
    assert down.read() == png()


async def test_no_download_without_the_token(api: Api, sandbox: Sandbox) -> None:
    kept = sandbox.files.keep("a.txt", "text/plain", b"a", "documents")
    for path in (f"bot1:x/{kept.path}", f"bot{sandbox.token}/documents/none"):
        async with api.http.get(f"{sandbox.url}/file/{path}") as response:
            assert response.status == 404
