"""`make demo ARGS=--check`: walks one graduate through the loop and prints what each phone saw."""

import tomllib
from pathlib import Path

from bot.demo.school import People
from sandbox import Phone, Sandbox

STORY = Path(__file__).parent / "story.toml"


async def walk(sandbox: Sandbox, cast: People, story_file: Path = STORY) -> bool:
    """Every line of the story: somebody does something, then somebody sees something."""
    phones = {"graduate": sandbox.phones[cast.graduates[0].user_id]}
    phones |= {one.given["key"]: sandbox.phones[one.user_id] for one in cast.staff if one.hint}
    story: list[dict[str, str]] = tomllib.loads(story_file.read_text("utf-8"))["line"]
    words = {"start": cast.graduates[0].start or ""}
    try:
        for line in story:
            await _step(phones, line, words)
    except (AssertionError, LookupError):
        return False
    finally:
        for phone in phones.values():
            print(f"\n{phone.transcript()}")
    print("\nok: asked, disputed, alerted, closed, reviewed, told")
    return True


async def _step(phones: dict[str, Phone], line: dict[str, str], words: dict[str, str]) -> None:
    told = line.get("note", line)
    try:
        await _do(phones[line["who"]], line, words)
    except (AssertionError, LookupError) as error:
        # What was seen instead follows, phone by phone.
        print(f"  ✗ {told}\n    {str(error).splitlines()[0]}", flush=True)
        raise
    print(f"  ✓ {told}", flush=True)


async def _do(phone: Phone, line: dict[str, str], words: dict[str, str]) -> None:
    match line["does"]:
        case "send":
            await phone.send(line["what"].format_map(words))
        case "press":
            await phone.offers(line["what"])
            await phone.press(line["what"])
        case "share":
            await phone.share_contact()
        case "look":
            pass
        case unknown:
            raise LookupError(f"nobody can {unknown!r}")
    if "sees" in line:
        await phone.sees(line["sees"])
