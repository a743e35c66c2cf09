"""No pattern takes more than about four times as long over a text that is four times as long."""

from __future__ import annotations

import re

import pytest

from .patterns import Pattern, apply, patterns, pumps
from .test_growth import seconds

LENGTH = 2500
NOTICED = 0.002
"""Seconds within which each is done that grows as it should."""

PATTERNS = patterns()


def test_patterns_are_found() -> None:
    assert len(PATTERNS) > 300
    assert sum("fullmatch" in pattern.methods for pattern in PATTERNS) > 50


def slowest(pattern: Pattern) -> str:
    """What of a pattern grows faster than its text; nothing, as it should be."""
    compiled = re.compile(pattern.text, pattern.flags)
    for begin, again, end in pumps(pattern):
        for method in pattern.methods:

            def work(times: int, text: tuple[str, str, str] = (begin, again, end), method: str = method) -> float:
                long = text[0] + text[1] * (times * LENGTH // len(text[1])) + text[2]
                return seconds(lambda: apply(compiled, method, long), once=times == 1)

            if (short := work(1)) > NOTICED and (long := work(8)) > 24 * short:
                return f"{method} of {again!r}, {LENGTH} letters of it: {short:.4f} s, eight times as many {long:.3f} s"
    return ""


@pytest.mark.timeout(60)  # one that grows exponentially would not end
@pytest.mark.parametrize("part", range(8))
def test_no_pattern_grows_faster_than_its_text(part: int) -> None:
    assert {pattern.place: reason for pattern in PATTERNS[part::8] if (reason := slowest(pattern))} == {}
