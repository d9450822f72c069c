"""Sheets of personal links to hand out: one line each, the link as text and as a picture to scan."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import segno
from xlsxwriter import Workbook

GRADUATES = ("学院", "班级", "学号", "姓名", "链接", "二维码")
COUNSELORS = ("姓名", "工号", "班级", "链接", "二维码")
WIDTHS = {"学院": 24, "班级": 24, "学号": 18, "姓名": 14, "工号": 14, "链接": 60, "二维码": 24}
PIXELS_A_MODULE = 3
ROW_POINTS = 126


class LinkSheet:
    """Written line by line in bounded memory; every cell is text, so a name beginning with = stays a name."""

    def __init__(self, file: Path, titles: Sequence[str]) -> None:
        self._book: Any = Workbook(str(file), {"constant_memory": True, "strings_to_urls": False})
        self._sheet: Any = self._book.add_worksheet()
        self._wrapped: Any = self._book.add_format({"text_wrap": True, "valign": "vcenter"})
        self.lines = 0
        for place, title in enumerate(titles):
            self._sheet.set_column(place, place, WIDTHS[title])
            self._sheet.write_string(0, place, title)

    def write(self, cells: Sequence[str], link: str | None) -> None:
        """The cells before the link; nobody who has an account already gets another one."""
        self.lines += 1
        if link:
            self._sheet.set_row(self.lines, ROW_POINTS)
        for place, cell in enumerate([*cells, link or ""]):
            self._sheet.write_string(self.lines, place, cell, self._wrapped)
        if link:
            self._picture(len(cells) + 1, link)

    def _picture(self, place: int, link: str) -> None:
        placed = {"image_data": qr_picture(link), "x_offset": 4, "y_offset": 4, "object_position": 1}
        self._sheet.insert_image(self.lines, place, "qr.png", placed)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()


def qr_picture(link: str) -> BytesIO:
    picture = BytesIO()
    segno.make_qr(link, error="l", boost_error=False).save(
        picture, kind="png", scale=PIXELS_A_MODULE, border=4
    )
    picture.seek(0)
    return picture
