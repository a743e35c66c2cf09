"""Reasons of verdicts for who reads the site; what an operator would do about them stands apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from registry.evidence.beside import Shown

_OPTION = re.compile(r"[;:,]? (?:give its folder with )?(?P<option>--[a-z][\w-]*.*)$")
"""How a record, which holds a reason as one sentence, ends in an option: `not seen: --ask-sizes asks the host`."""


def reason(outcome: Shown) -> str:
    """Why a claim stands where it stands, for a reader; empty where nobody has looked."""
    return outcome.lack.reader if outcome.evidence is None else _OPTION.sub("", outcome.reason)


def options(claims: Iterable[Shown]) -> tuple[tuple[str, str], ...]:
    """The options that would let claims be measured that were not, each once, with what they need in brackets."""
    needs: dict[str, str] = {}
    for outcome in claims:
        match = _OPTION.search(outcome.reason) if outcome.evidence is not None else None
        option, bracket, need = (match["option"] if match else outcome.lack.needs).partition(" (")
        if option:
            needs.setdefault(option.partition(" asks")[0], need.removesuffix(")") if bracket else "")
    return tuple(needs.items())
