"""Reasons of verdicts for who reads the site; what an operator would do about them stands apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from registry.evidence.beside import Shown

_OPTION = re.compile(r"[;:,]? (?:give its folder with )?(?P<option>--[a-z][\w-]*.*)$")
"""How a record, which holds a reason as one sentence, ends in an option: `not seen: --ask-sizes asks the host`."""


_TIMES = re.compile(r"(?P<ratio>\d{1,12}\.\d{1,12}) times as much is reported")
_NEAR = 0.5
"""The share by which two numbers differ from which on a reader thinks of their ratio."""


def reason(outcome: Shown) -> str:
    """Why a claim stands where it stands, for a reader; empty where nobody has looked."""
    return outcome.lack.reader if outcome.evidence is None else _TIMES.sub(_in_words, _OPTION.sub("", outcome.reason))


def _in_words(match: re.Match[str]) -> str:
    """A ratio near to 1 as what it is more or less.

    >>> _in_words(_TIMES.search("0.99879 times as much is reported"))
    '0.12% less is reported'
    >>> _in_words(_TIMES.search("2.05990 times as much is reported"))
    '2.06 times as much is reported'
    """
    difference = float(match["ratio"]) - 1
    if abs(difference) >= _NEAR:
        return f"{difference + 1:.2f} times as much is reported"
    return f"{abs(difference):.2%} {'more' if difference > 0 else 'less'} is reported"


def options(claims: Iterable[Shown]) -> tuple[tuple[str, str], ...]:
    """The options that would let claims be measured that were not, each once, with what they need in brackets."""
    needs: dict[str, str] = {}
    for outcome in claims:
        match = _OPTION.search(outcome.reason) if outcome.evidence is not None else None
        option, bracket, need = (match["option"] if match else outcome.lack.needs).partition(" (")
        if option:
            needs.setdefault(option.partition(" asks")[0], need.removesuffix(")") if bracket else "")
    return tuple(needs.items())
