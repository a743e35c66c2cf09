"""An address that is none.

What:
    A link without its scheme (`www.example.org/model.pth`), with a slip in it (`htps://`, `https:/`), with a space, or
    without a host.

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

from registry.checks.addresses import is_address, parse
from registry.checks.context import Context, Document
from registry.checks.edits import replace_value
from registry.checks.rule import Problem, rule
from registry.checks.words import short
from registry.vocabulary.hosts import https_hosts

_NO_SCHEME = re.compile(
    r"(?://)?(?P<rest>(?P<host>(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|ai|edu|gov|co|dev|cn|de|fr|uk))"
    r"(?::\d+)?(?:/\S*)?)",
    re.IGNORECASE,
)
_SLIP = re.compile(r"(?:h{1,2}t{1,3}p{1,2}s?|htps?|ttps?|https?)(?::/(?!/)|:///|//|;//|:\\\\)\S*", re.IGNORECASE)
_WRONG = re.compile(r"(?:htps?|ttps?|hhttps?|httts?|httpss|htttps?)://\S*", re.IGNORECASE)


@rule("MIR404", "malformed-url", "warning", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf in document.texts:
        value = leaf.value.strip()
        if not value or len(value) > 2048 or not is_address(leaf):
            continue
        if value.startswith(("http://", "https://")):
            parts = parse(value)
            if parts is None or not parts.hostname:
                yield Problem(f"{short(value)} names no host", leaf.location)
            elif " " in value:
                yield Problem(f"{short(value)} has a space in it", leaf.location)
        elif _SLIP.fullmatch(value) or _WRONG.fullmatch(value):
            yield Problem(f"{short(value)} does not begin like an address", leaf.location, hint="Is https:// meant?")
        elif (match := _NO_SCHEME.fullmatch(value)) and ("/" in value or value.startswith("www.")):
            known = match["host"].casefold() in https_hosts()
            fix = replace_value(leaf, f"https://{match['rest']}", "Begin the address with https://") if known else None
            hint = "" if known else "Is https:// meant?"
            yield Problem(f"{short(value)} is an address without its scheme", leaf.location, hint, fix)
