"""Where the metadata stands in a Markdown file: front matter, and comments anywhere outside of code."""

from __future__ import annotations

import re
from typing import NamedTuple

from registry.lazy_regex import lazy_regex

_FENCE_OR_COMMENT = lazy_regex(r"^ {0,3}(?P<fence>`{3,16}|~{3,16})(?P<info>[^\r\n]*)|(?P<comment><!--)", re.MULTILINE)
_FENCE = lazy_regex(r"^ {0,3}(?:`{3}|~{3})", re.MULTILINE)
_FRONT = lazy_regex(r"\ufeff?\s{0,100}---[ \t]*\r?\n")
_FRONT_END = lazy_regex(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_FRONT_METADATA = lazy_regex(r"^[\"']?model[-_ ]index[\"']?[ \t]*:", re.MULTILINE | re.IGNORECASE)
_ENTRIES = lazy_regex(r"(?:[ \t]*(?:#[^\n]*)?\r?\n){0,20}[\"']?[A-Za-z_][\w-]*[\"']?[ \t]*:(?:\s|$)")
_HUB_KEY = lazy_regex(
    r"""^["']?(?:model[-_]index|library_name|pipeline_tag|base_model|license|language|tags|datasets|task_categories|"""
    r"""sdk)["']?[ \t]*:""",
    re.MULTILINE,
)
_LATE_FRONT = lazy_regex(r"^---[ \t]*\r?\n", re.MULTILINE)
_LATE = 4000
"""Characters that may stand before front matter that does not head its file, and in which its keys are sought."""

# A comment holds metadata where it says so, or where its lines start as an index or a model does.
_TYPED = lazy_regex(r"""^[ \t{]*["']?type["']?[ \t]*:[ \t]*["']?model[-_ ]?index""", re.MULTILINE | re.IGNORECASE)
_INDEX = lazy_regex(
    r"""^[ \t{]*["']?(?:models|collections|import)["']?[ \t]*:[ \t]*(?:\[|\#|\r?$|\S+\.(?:ya?ml|json|md)\b)""",
    re.MULTILINE | re.IGNORECASE,
)
_NAME = lazy_regex(r"""^[ \t{]*["']?name["']?[ \t]*:""", re.MULTILINE | re.IGNORECASE)
_MODEL = lazy_regex(
    r"""^[ \t{]*["']?(?:metadata|sotagentsdata|results|weights|in[ _]collection)["']?[ \t]*:""",
    re.MULTILINE | re.IGNORECASE,
)


class Block(NamedTuple):
    """A metadata block's kind and the offsets of its text, without the marks around it."""

    kind: str
    start: int
    end: int


def find_blocks(text: str) -> tuple[list[Block], Block | None]:
    """The metadata blocks of a Markdown text in order, and the one that is never closed, if any."""
    blocks: list[Block] = []
    at = 0
    unclosed: dict[str, int] = {}
    front = _FRONT.match(text)
    if front is not None:
        end = _FRONT_END.search(text, front.end())
        if end is not None:
            blocks.append(Block("front-matter", front.end(), end.start()))
            at = end.end()
        elif _FRONT_METADATA.search(text, front.end()) or _begins_a_card(text, front.end(), front.end() + _LATE):
            return [], Block("front-matter", front.end() - len(front[0].lstrip("\ufeff \t\r\n")), len(text))
    elif (late := _late_front(text)) is not None:
        blocks.append(late)
        at = _FRONT_END.search(text, late.end).end()  # type: ignore[union-attr]
    while (match := _FENCE_OR_COMMENT.search(text, at)) is not None:
        at = match.end()
        if match["fence"]:
            at = _after_fence(text, match, unclosed)
            continue
        end_of_comment = text.find("-->", at)
        if end_of_comment < 0:
            open_end = Block("comment", match.start(), len(text))
            return blocks, open_end if _is_metadata(text, at, len(text)) else None
        if text[match.start() - 1 : match.start()] != "`" and _is_metadata(text, at, end_of_comment):
            start = at
            # What follows `<!--` on its line would otherwise count as indentation.
            while text[start : start + 1] in (" ", "\t"):
                start += 1
            blocks.append(Block("comment", start, end_of_comment))
        at = end_of_comment + 3
    return blocks, None


def _begins_a_card(text: str, start: int, end: int) -> bool:
    """Whether lines begin with entries of which one has a key of the Hub's cards."""
    return _ENTRIES.match(text, start) is not None and _HUB_KEY.search(text, start, end) is not None


def _late_front(text: str) -> Block | None:
    """Front matter behind a comment or a title, where no reader looks for it."""
    front = _LATE_FRONT.search(text, 0, _LATE)
    if front is None or _FENCE.search(text, 0, front.start()):
        return None
    end = _FRONT_END.search(text, front.end())
    if end is None or not _begins_a_card(text, front.end(), end.start()):
        return None
    return Block("front-matter", front.end(), end.start())


def _after_fence(text: str, opening: re.Match[str], unclosed: dict[str, int]) -> int:
    """Where a fenced code block ends. One that is never closed hides nothing: metadata may stand behind it.

    Args:
        text: The whole text.
        opening: The block's first line.
        unclosed: For each kind of fence the shortest that was found never to be closed: nor is one as long behind it,
            and searching to the end of the text for every one of many would take for ever.
    """
    fence = opening["fence"]
    if (fence[0] == "`" and "`" in opening["info"]) or len(fence) >= unclosed.get(fence[0], len(text)):
        return opening.end("fence")
    closing = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*\r?$", re.MULTILINE)
    end = closing.search(text, opening.end())
    if end is not None:
        return end.end()
    unclosed[fence[0]] = len(fence)
    return opening.end("fence")


def _is_metadata(text: str, start: int, end: int) -> bool:
    if _TYPED.search(text, start, end) or _INDEX.search(text, start, end):
        return True
    return _NAME.search(text, start, end) is not None and _MODEL.search(text, start, end) is not None
