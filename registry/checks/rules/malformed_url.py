"""An address that is none.

What:
    A link without its scheme (`www.example.org/model.pth`), with a slip in it (`htps://`, `https:/`), with a space,
    without a host, with another address at its end, or with the brackets of Markdown or of a sentence around it.

Why:
    It reads like a link and is none: browsers and download tools take it for a file beside the card.

Bad:
    Models:
    - Name: AlexNet
      Code: github.com/pytorch/vision

Good:
    Models:
    - Name: AlexNet
      Code: https://github.com/pytorch/vision
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.checks.addresses import KEYS
from registry.checks.document_texts import Document
from registry.checks.fixes import replace_value
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.vocabulary.hub_identifiers import https_hosts

_NO_SCHEME = lazy_regex(
    r"(?://)?(?P<rest>(?P<host>(?:www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\."
    r"(?:com|org|net|io|ai|edu|gov|co|dev|cn|de|fr|uk))(?=[:/]))(?::\d+)?/\S*|www\.\S+)",
    re.IGNORECASE,
)
_SLIP = lazy_regex(
    r"(?:(?:h+t+p+s?|htps?|ttps?|httpss)(?::/(?!/)|:///|//|;//|:\\\\)|(?:htt?ps+|ht+ps?|htps?|ttps?|h{2,}t+ps?|httts?)://)\S*",
    re.IGNORECASE,
)


_WRAPPED = lazy_regex(
    r"(?:\[[^\[\]]*\]\(|[(<\[{\"'`])+\s*"
    r"(?P<url>https?://(?:[^\s<>\"'`]*[^\s<>\"'`)\]}.,;]|[)\]}.,;]))[)>\]}\"'`.,;]*+"
)
_BRACKETS = "[(<{\"'`"
_TWICE = lazy_regex(r"[^/=:?&#,;%\s]https?://", re.IGNORECASE)
"""A second address that follows at once; archives and mirrors have theirs behind a slash or a sign."""

_TAIL = lazy_regex(r"https?://[^\s()](?:(?=[^\s()])[^\s()]*+(?<=[\]>}])|[^\s()]*+\)[)\]>}]*+)")


@rule("MIR404", "malformed-url", "warning", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        if not url.host:
            yield Problem(f"{short(leaf.value)} names no host", leaf.location)
        elif leaf.value.find("://", 8) > 0 and _TWICE.search(leaf.value, 8, 2048) is not None and leaf.under in KEYS:
            yield Problem(f"{short(leaf.value)} is two addresses in one", leaf.location)
        elif " " in leaf.value.strip() and leaf.under in KEYS:
            yield Problem(f"{short(leaf.value)} has a space in it", leaf.location)
        elif leaf.value[-1] in ")]>}" and leaf.under in KEYS and _TAIL.fullmatch(leaf.value.strip()[:2048]):
            yield Problem(f"{short(leaf.value)} ends in a bracket that nothing opens", leaf.location)
    for leaf in document.addresses:
        value = leaf.value.strip()
        if len(value) > 2048:
            continue
        wrapped = _WRAPPED.fullmatch(value) if value[:1] in _BRACKETS and leaf.under in KEYS else None
        if wrapped is not None:
            fix = replace_value(leaf, wrapped["url"], "Write the address alone")
            yield Problem(f"{short(value)} is an address between brackets", leaf.location, fix=fix)
            continue
        if value[:1] in "HhTt" and _SLIP.fullmatch(value):
            yield Problem(f"{short(value)} does not begin like an address", leaf.location, hint="Is https:// meant?")
        elif _is_path(value) and leaf.under in KEYS and (match := _NO_SCHEME.fullmatch(value)):
            secure = (match["host"] or "").casefold() in https_hosts()
            fix = replace_value(leaf, f"https://{match['rest']}", "Begin the address with https://") if secure else None
            hint = "" if secure else "Is https:// meant?"
            yield Problem(f"{short(value)} is an address without its scheme", leaf.location, hint, fix)


def _is_path(value: str) -> bool:
    """Whether a text can be an address at all, so that most need no second look."""
    return "/" in value or ":" in value or value[:4].casefold() == "www."
