"""Papers on the page: a graduate hands them in, and a colleague's link, good once, opens them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from web.answer import AnswerPage, Said, form_of, wanted
from web.door import EvidenceDoor, Limits, Upload
from web.limits import Bucket
from web.safety import HEADERS, PLACE, address_of, is_ours, new_key, token_of

GIVE, BACK = f"{PLACE}/evidence", f"{PLACE}/evidence/back"
FILE = f"{PLACE}/file/{{code:[0-9a-f]{{48}}}}"
MULTIPART = "multipart/form-data"
AGREED = "1"
CHUNK = 64 * 1024
FIELDS, FIELD_MAX = 8, 256
# Whatever a browser does not send, or did not come to an end.
MANGLED = (ValueError, AssertionError, ConnectionError, HttpProcessingError, web.RequestPayloadError)
# A file is looked at with other programs, never by the browser as a part of our pages.
AS_FILE = {"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}


class EvidencePage:
    """Stands beside the answer page, with its cookie, its words and its manners."""

    def __init__(self, page: AnswerPage, door: EvidenceDoor, limits: Limits) -> None:
        self.page, self.door, self.limits = page, door, limits
        self.uploads = Bucket(limits.uploads_an_hour, 3600)
        self.body_max = (limits.files_at_once + 1) * limits.file_bytes
        self.coming: set[str] = set()

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(GIVE, self.page.guarded(self.sheet))
        app.router.add_post(GIVE, self.page.guarded(self.given))
        app.router.add_post(BACK, self.page.guarded(self.taken_back))
        app.router.add_get(FILE, self.page.guarded(self.asked))
        app.router.add_post(FILE, self.page.guarded(self.opened))

    async def sheet(self, request: web.Request) -> web.Response:
        cookie = self.page.cookie.of(request)
        sheet = await self.door.sheet(cookie) if cookie else None
        if cookie is None or sheet is None:
            raise Said("over", 401)
        limits = {"mb": self.limits.file_mb, "files": self.limits.files_at_once, "pages": self.limits.pages}
        return self.page.page(
            "evidence", sheet.locale, records=sheet.records, token=token_of(cookie), limits=limits
        )

    async def given(self, request: web.Request) -> web.Response:
        """Whether it is ours, whose it is and how much it is are known before a file is read."""
        cookie = self.page.cookie.of(request)
        if cookie is None:
            raise Said("over", 401)
        if request.content_type != MULTIPART:
            raise Said("again", 400)
        if (request.content_length or 0) > self.body_max:
            raise Said("large", 413)
        if not self.uploads.has_room(cookie):
            raise Said("busy", 429)
        return await self._taken(request, cookie)

    async def taken_back(self, request: web.Request) -> web.Response:
        form, cookie = await form_of(request), self.page.cookie.of(request)
        if cookie is None:
            raise Said("over", 401)
        if not is_ours(request, form.get("csrf", ""), cookie):
            raise Said("again", 403)
        try:
            paper = UUID(form.get("paper", ""))
        except ValueError as error:
            raise Said("again", 400) from error
        done = await self.door.withdraw(cookie, paper)
        if done.cookie is None:
            raise Said("over", 401)
        return self.page.on(done)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[None]:
        """What the line or the sender does to a form; what the database does is another matter."""
        try:
            async with asyncio.timeout(self.limits.seconds):
                yield
        except TimeoutError as error:
            raise Said("unread", 408) from error
        except MANGLED as error:
            raise Said("unread", 400) from error

    async def _taken(self, request: web.Request, cookie: str) -> web.Response:
        async with self._reading():
            reader = await request.multipart()
            fields, part = await _fields(reader)
        if not is_ours(request, fields.get("csrf", ""), cookie):
            raise Said("again", 403)
        self.uploads.take(cookie)
        if fields.get("agreed") != AGREED:
            raise Said("agree", 400)
        given = self.door.upload(cookie, fields.get("graduate", ""), fields.get("paper", ""))
        async with given as upload:
            if upload is None:
                raise Said("over", 401)
            with self._one_of_few(cookie):
                async with self._reading():
                    await self._files(reader, part, upload)
            done = await upload.give()
        if done.cookie is None:
            raise Said("over", 401)
        return self.page.on(done)

    @contextmanager
    def _one_of_few(self, cookie: str) -> Iterator[None]:
        """A slow line holds a place, so it is held by somebody known, and by each only once."""
        if cookie in self.coming or len(self.coming) >= self.limits.uploads_side_by_side:
            raise Said("busy", 429)
        self.coming.add(cookie)
        try:
            yield
        finally:
            self.coming.discard(cookie)

    async def _files(self, reader: MultipartReader, part: BodyPartReader | None, upload: Upload) -> None:
        came = 0
        while part is not None:
            wants, data = True, bytearray()
            called = part.filename or ""
            while chunk := await part.read_chunk(CHUNK):
                came += len(chunk)
                if came > self.body_max:
                    raise Said("large", 413)
                if not data and wants:
                    wants = upload.wants_another()
                if wants and len(data) <= self.limits.file_bytes:
                    data += chunk
            await self._add(upload, data, wants=wants, called=called)
            part = await _next(reader)

    async def _add(self, upload: Upload, data: bytearray, *, wants: bool, called: str) -> None:
        """A field in which nothing was chosen comes along, empty and without a name."""
        if len(data) > self.limits.file_bytes:
            upload.too_large()
        elif data or (wants and called and upload.wants_another()):
            await upload.add(bytes(data), called)

    async def asked(self, request: web.Request) -> web.Response:
        """Nothing is looked up before somebody goes on: programs that try links open nothing."""
        key = self.page.cookie.of(request) or new_key()
        answer = self.page.page("file", wanted(request), token=token_of(key), path=request.path)
        self.page.cookie.set(answer, key)
        return answer

    async def opened(self, request: web.Request) -> web.Response:
        form, cookie = await form_of(request), self.page.cookie.of(request)
        if cookie is None:
            raise Said("cookie", 403)
        if not is_ours(request, form.get("csrf", ""), cookie):
            raise Said("again", 403)
        if not self.page.failures.has_room(address_of(request)):
            raise Said("busy", 429)
        opened = await self.door.opened(request.match_info["code"])
        if opened is None:
            self.page.failures.take(address_of(request))
            raise Said("file", 404)
        if opened.lost:
            raise Said("lost", 404)
        if opened.listed is not None:
            return self.page.page("files", opened.locale, listed=opened.listed, token=token_of(cookie))
        named = {"Content-Disposition": f'attachment; filename="{opened.name}"'}
        return web.Response(body=opened.content, content_type=opened.mime, headers=HEADERS | AS_FILE | named)


async def _fields(reader: MultipartReader) -> tuple[dict[str, str], BodyPartReader | None]:
    """All that stands before the first file, and that file."""
    fields: dict[str, str] = {}
    for _ in range(FIELDS):
        part = await _next(reader)
        if part is None or part.name == "file":
            return fields, part
        text = b""
        while not part.at_eof() and len(text) <= FIELD_MAX:
            text += await part.read_chunk(FIELD_MAX)
        if len(text) > FIELD_MAX:
            raise ValueError("longer than any of ours is")
        fields[part.name or ""] = text.decode()
    raise ValueError("more than ours are")


async def _next(reader: MultipartReader) -> BodyPartReader | None:
    part = await reader.next()
    if part is None or isinstance(part, BodyPartReader):
        return part
    raise ValueError("a form within the form")
