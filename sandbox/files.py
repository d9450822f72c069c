"""Files sent by either side, kept in memory under a file id."""

import secrets
from dataclasses import dataclass
from typing import Any

from sandbox.refusals import Refused, bad

UPLOAD, PHOTO, DOWNLOAD = 50 << 20, 10 << 20, 20 << 20


@dataclass(frozen=True)
class Kept:
    file_id: str
    unique_id: str
    name: str
    mime_type: str
    content: bytes
    folder: str

    @property
    def path(self) -> str:
        return (
            f"{self.folder}/{self.unique_id}{'.' + self.name.rpartition('.')[2] if '.' in self.name else ''}"
        )

    def described(self) -> dict[str, Any]:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}

    def document(self) -> dict[str, Any]:
        return {**self.described(), "file_name": self.name, "mime_type": self.mime_type}

    def photo(self) -> list[dict[str, Any]]:
        width, height = dimensions(self.content) or (1280, 720)
        return [{**self.described(), "width": width, "height": height}]


class Files:
    def __init__(self) -> None:
        self.by_id: dict[str, Kept] = {}
        self.by_path: dict[str, Kept] = {}

    def keep(self, name: str, mime_type: str, content: bytes, folder: str) -> Kept:
        kept = Kept(f"BQ{secrets.token_urlsafe(24)}", secrets.token_hex(8), name, mime_type, content, folder)
        self.by_id[kept.file_id] = self.by_path[kept.path] = kept
        return kept

    def upload(self, name: str, mime_type: str, content: bytes, folder: str) -> Kept:
        """What a bot uploads is checked; what a person sends was checked by their client."""
        if not content:
            raise bad("file must be non-empty")
        if len(content) > UPLOAD:
            raise Refused(413, "Request Entity Too Large")
        if folder == "photos":
            check_photo(content)
        return self.keep(name, mime_type, content, folder)

    def again(self, file_id: str) -> Kept:
        if file_id.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        if file_id not in self.by_id:
            raise bad("wrong file identifier/HTTP URL specified")
        return self.by_id[file_id]

    def downloadable(self, file_id: str) -> Kept:
        if file_id not in self.by_id:
            raise bad("invalid file_id")
        if len(self.by_id[file_id].content) > DOWNLOAD:
            raise bad("file is too big")
        return self.by_id[file_id]


def check_photo(content: bytes) -> None:
    if len(content) > PHOTO:
        raise bad("file is too big for a photo; the maximum size is 10485760 bytes")
    if (size := dimensions(content)) is None:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > 10000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG; nothing where it is neither."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return _jpeg(content) if content.startswith(b"\xff\xd8") else None


def _jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if 0xC0 <= content[at + 1] <= 0xCF and content[at + 1] not in {0xC4, 0xC8, 0xCC}:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
