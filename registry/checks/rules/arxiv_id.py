"""An arXiv id that cannot exist.

What:
    An id whose month is no month, whose number is too short or too long for its year, or that lies before arXiv's
    beginning or in the future. Ids have the form `1512.03385` since April 2007, with four digits after the point until
    2014, and `cs/0112017` before.

Why:
    The link leads nowhere. Usually a digit is missing, often because YAML read `1706.03760` as a number and lost the
    zero.

Bad:
    Models:
    - Name: ResNet-50
      Paper: https://arxiv.org/abs/1512.3385

Good:
    Models:
    - Name: ResNet-50
      Paper: https://arxiv.org/abs/1512.03385
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from registry.checks.document_texts import Document, Leaf
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex

_IN_URL = lazy_regex(r"arxiv\.org/(?:abs|pdf|html)/(?P<id>[^\s?#]+?)(?:\.pdf)?/?(?:[?#].*)?$", re.IGNORECASE)
_ALONE = lazy_regex(r"(?:arxiv:\s*)?(?P<id>\d{3,5}\.\d{3,6}(?:v\d+)?)$", re.IGNORECASE)
_LONGEST = 500
_WRITTEN = datetime.date(2026, 11, 1)
"""A clock that shows an earlier day is wrong, and says nothing of what lies in the future."""
_KEYS = ("paper", "arxiv", "url")
_NEW = lazy_regex(r"(?P<year>\d\d)(?P<month>\d\d)\.(?P<number>\d+)(?:v[1-9]\d?)?")
_OLD = lazy_regex(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/(?P<year>\d\d)(?P<month>\d\d)\d{3}(?:v[1-9]\d?)?")


@rule("MIR407", "arxiv-id", "error", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        if url.host.endswith("arxiv.org"):
            yield from _judged(leaf, _IN_URL.search(leaf.value.strip()))
    for leaf in document.addresses:
        value = leaf.value.strip()
        if len(value) <= _LONGEST:
            match = _IN_URL.search(value) if "arxiv.org/" in value.casefold() else None
            yield from _judged(leaf, match or (_ALONE.fullmatch(value) if leaf.under in _KEYS else None))


def _judged(leaf: Leaf, match: re.Match[str] | None) -> Iterator[Problem]:
    problem = (
        wrong(match["id"], max(datetime.date.today(), _WRITTEN))
        if match is not None and len(leaf.value) <= _LONGEST
        else ""
    )
    if match is not None and problem:
        yield Problem(f"{short(match['id'])} is no arXiv id: {problem}", leaf.location)


def wrong(identifier: str, today: datetime.date) -> str:
    """What is wrong with an arXiv id; empty where nothing is."""
    match = _NEW.fullmatch(identifier)
    if match is None:
        old = _OLD.fullmatch(identifier)
        if old is None:
            return "it does not have the form of one"
        return "" if 1 <= int(old["month"]) <= 12 else f"{old['month']} is no month"
    year, month, digits = 2000 + int(match["year"]), int(match["month"]), len(match["number"])
    if not 1 <= month <= 12:
        return f"{match['month']} is no month"
    if (year, month) < (2007, 4):
        return "ids of this form begin in April 2007"
    if (year, month) > (today.year, today.month) and (today + datetime.timedelta(days=2)) < datetime.date(
        year, month, 1
    ):
        return "it lies in the future"
    expected = 4 if year < 2015 else 5
    if digits != expected:
        return f"those of {year} have {expected} digits after the point, and it has {digits}"
    return ""
