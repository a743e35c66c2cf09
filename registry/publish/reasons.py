"""Reasons of verdicts for who reads the site; what an operator would do about them stands apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from registry.evidence.beside import Shown

_OPTION = re.compile(r"[;:,]? (?:give its folder with )?(?P<option>--[a-z][\w-]*.*)$")
"""How a record, which holds a reason as one sentence, ends in an option: `not seen: --ask-sizes asks the host`."""


def reason(shown: Shown) -> str:
    """Why a claim stands where it stands, for a reader; empty where nobody has looked."""
    return shown.lack.reader if shown.evidence is None else _OPTION.sub("", shown.reason)


def options(claims: Iterable[Shown]) -> tuple[tuple[str, str], ...]:
    """The options that would let claims be measured that were not, each once, with what they need in brackets."""
    found: dict[str, str] = {}
    for shown in claims:
        kept = _OPTION.search(shown.reason) if shown.evidence is not None else None
        option, bracket, what = (kept["option"] if kept else shown.lack.needs).partition(" (")
        if option:
            found.setdefault(option.partition(" asks")[0], what.removesuffix(")") if bracket else "")
    return tuple(found.items())
