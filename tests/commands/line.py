"""Runs `quxiang …` as its own process against a test's database."""

import asyncio
import csv
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands.forked import forked

ROOT = Path(__file__).parent.parent.parent
HEADS = (
    *(
        "学号",
        "考生号",
        "姓名",
        "性别",
        "所在院系",
        "专业名称",
        "所在班级",
        "学历层次",
        "手机号码",
        "家长电话",
    ),
    *("电子邮箱", "辅导员", "辅导员工号", "毕业去向类别代码", "毕业去向", "签约日期", "单位名称"),
    *("统一社会信用代码", "单位所在地", "单位联系人", "联系人电话", "录入人", "审签教师"),
)


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Line:
    """`await line("status", "--json")`; no terminal, so nothing is asked."""

    url: str
    folder: Path

    async def __call__(self, *words: str | Path, **environment: str) -> Ran:
        status, out, err = await forked([*map(str, words)], self.folder, self._environment() | environment)
        return Ran(status, out.decode(), err.decode())

    async def anew(self, *words: str | Path, **environment: str) -> Ran:
        """As a shell does: what is imported, and how an interpreter ends, are part of the test."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *map(str, words)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self.folder,
            env=self._environment() | environment,
        )
        out, err = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), err.decode())

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("QUXIANG_")}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
            "QUXIANG_SCHOOL": "江城理工学院",
            "QUXIANG_SECRET": hashlib.sha256(b"tests").hexdigest(),
            "QUXIANG_DATABASE_URL": self.url,
        }


def person(number: int, **given: str) -> dict[str, str]:
    """One line of a roster."""
    return {
        "学号": f"2020{number:08d}",
        "考生号": f"204200{number:08d}",
        "姓名": f"学生{number}",
        "性别": "女",
        "所在院系": "计算机学院",
        "专业名称": "软件工程",
        "所在班级": f"软件{number // 40:04d}",
        "学历层次": "本科生毕业",
        "手机号码": f"138{number:08d}",
        "家长电话": f"139{number:08d}",
        "电子邮箱": f"s{number}@example.edu",
        "辅导员": "辅导员1",
        "辅导员工号": "T001",
        "毕业去向类别代码": "11",
        "毕业去向": "签劳动合同形式就业",
        "签约日期": "20240617",
        "单位名称": f"长河电子科技{number % 300}有限公司",
        "统一社会信用代码": "91420117981506162P",
        "单位所在地": "湖北省武汉市",
        "单位联系人": "陶经理",
        "联系人电话": "027-84607438",
        "录入人": "就业干事1",
        "审签教师": "学业导师1",
    } | given


def sheet(file: Path, rows: Sequence[dict[str, str]], heads: Sequence[str] = HEADS) -> Path:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, heads)
        writer.writeheader()
        writer.writerows(rows)
    return file
