"""What Telegram takes for a text, and how it reads its HTML."""

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from sandbox import Phone
from sandbox.reading import from_html
from sandbox.refusals import Refused
from sandbox.showing import to_html
from tests.sandbox.wire import Api


async def test_4096_characters_after_the_tags_are_gone(bot: Bot, lihua: Phone) -> None:
    sent = await bot.send_message(7, f"<b>{'字' * 4096}</b>", parse_mode="HTML")
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [("bold", 0, 4096)]
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(7, "x" * 4097)


async def test_length_counts_code_points_not_utf_16_units(api: Api, lihua: Phone) -> None:
    await api.ok("sendMessage", chat_id=7, text="😀" * 4096)


async def test_empty_texts(api: Api, lihua: Phone) -> None:
    assert await api.refused("sendMessage", chat_id=7, text="") == "400 Bad Request: message text is empty"
    empty = "400 Bad Request: text must be non-empty"
    assert await api.refused("sendMessage", chat_id=7, text=" \n ") == empty
    assert await api.refused("sendMessage", chat_id=7, text="<b></b>", parse_mode="HTML") == empty


async def test_white_space_around_is_cut_and_entities_move(api: Api, lihua: Phone) -> None:
    sent = await api.ok("sendMessage", chat_id=7, text="\n <b>字 </b> ", parse_mode="HTML")
    assert sent["text"] == "字"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]


async def test_captions_hold_1024_characters(api: Api, lihua: Phone) -> None:
    kept = api.sandbox.files.keep("a.txt", "text/plain", b"a", "documents")
    await api.ok("sendDocument", chat_id=7, document=kept.file_id, caption="x" * 1024)
    refusal = await api.refused("sendDocument", chat_id=7, document=kept.file_id, caption="x" * 1025)
    assert refusal == "400 Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<strong>a</strong>", "a", [("bold", 0, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u> <ins>b</ins>", "a b", [("underline", 0, 1), ("underline", 2, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", i, 1) for i in range(3)]),
        ("<code>a</code>", "a", [("code", 0, 1)]),
        ("<pre>a</pre>", "a", [("pre", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("😀<b>a<i>b</i></b>", "😀ab", [("bold", 2, 2), ("italic", 3, 1)]),
        ("<B>a</b\n>", "a", [("bold", 0, 1)]),
        ("<b></b>a", "a", []),
        ("&lt;&gt;&amp;&quot;&#39;&#x4e2d;", "<>&\"'中", []),
        ("a & b > c", "a & b > c", []),
    ],
)
def test_html(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    plain, found = from_html(source)
    assert plain == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


def test_html_with_details() -> None:
    def detail(source: str) -> list[dict[str, Any]]:
        return from_html(source)[1]

    assert detail('<a href="https://e.cn/?a=1&amp;b=2">x</a>')[0]["url"] == "https://e.cn/?a=1&b=2"
    assert detail("<a>e.cn</a>")[0]["url"] == "http://e.cn"
    assert detail('<a href="javascript:alert(1)">x</a>') == []
    assert detail('<pre><code class="language-python">x</code></pre>')[0]["language"] == "python"
    assert "language" not in detail('<code class="language-python">x</code>')[0]
    assert detail("<tg-emoji emoji-id='53'>👍</tg-emoji>")[0]["custom_emoji_id"] == "53"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("中<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("<b/>", 'Unsupported start tag "b/"'),
        ("a < b > c", 'Unsupported start tag ""'),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("<b>a</b", "Unclosed end tag"),
        ("a</b>", "Unexpected end tag"),
        ("<b><i>a</b></i>", 'expected "</i>", found "</b>"'),
        ("<span>a</span>", 'must have class "tg-spoiler"'),
        ("<tg-emoji>a</tg-emoji>", 'must have attribute "emoji-id"'),
        ("a&nbsp;b", 'Unsupported entity "&nbsp;" at byte offset 1'),
        ("&#0;", "Unsupported entity"),
        ("&#x110000;", "Unsupported entity"),
        ("&#12a;", "Unsupported entity"),
    ],
)
def test_bad_html(source: str, reason: str) -> None:
    with pytest.raises(Refused, match="can't parse entities") as refusal:
        from_html(source)
    assert reason in refusal.value.description


async def test_bad_html_on_the_wire(bot: Bot, lihua: Phone) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(7, "<b>a", parse_mode="HTML")


async def test_markdown_is_not_read_here(api: Api, lihua: Phone) -> None:
    refusal = await api.refused("sendMessage", chat_id=7, text="*a*", parse_mode="MarkdownV2")
    assert refusal == "400 Bad Request: unsupported parse_mode"


async def test_explicit_entities_count_utf_16_units(api: Api, lihua: Phone) -> None:
    entity = {"type": "bold", "offset": 0, "length": 2}
    sent = await api.ok("sendMessage", chat_id=7, text="😀a", entities=[entity])
    assert sent["entities"] == [entity]
    assert lihua.shown[-1].html == "<b>😀</b>a"


@pytest.mark.parametrize(
    ("offset", "length", "reason"),
    [
        (0, 4, "ends after the end of the text"),
        (-1, 1, "invalid offset"),
        (1, 2, "middle"),
        (0, 0, "length 0"),
    ],
)
async def test_entities_out_of_range(api: Api, lihua: Phone, offset: int, length: int, reason: str) -> None:
    entity = {"type": "bold", "offset": offset, "length": length}
    assert reason in await api.refused("sendMessage", chat_id=7, text="😀a", entities=[entity])


def test_shown_html_nests_whatever_overlaps() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]
    assert to_html("a<b", entities) == "<b>a<i>&lt;</i></b><i>b</i>"
    link = {"type": "text_link", "offset": 0, "length": 1, "url": 'https://e.cn/"'}
    assert to_html("x", [link]) == '<a href="https://e.cn/&quot;" target="_blank" rel="noopener">x</a>'
    assert (
        to_html("x", [{"type": "spoiler", "offset": 0, "length": 1}]) == '<span class="tg-spoiler">x</span>'
    )
