"""Reasons of verdicts for who reads the site; what an operator would do about them stands apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from registry.evidence.status import Shown

_OPTION = re.compile(r"[;:,]? (?:give its folder with |; )?(?P<option>--[a-z][\w-]*.*)$")
_NOT_HERE = re.compile(r"^(?P<name>.+) is not here$")


class Said(NamedTuple):
    """What a reader is told, and what an operator would add to the command; empty where nothing."""

    reader: str
    operator: str = ""


def said(reason: str) -> Said:
    """A reason, without the option that whoever runs `mir` would give.

    >>> said("ImageNet is not here; give its folder with --data imagenet=PATH (split val)")
    Said(reader='not measured here: ImageNet is not on this machine', operator='--data imagenet=PATH (split val)')
    >>> said("the model has 25557032 (all parameters)").operator
    ''
    """
    found = _OPTION.search(reason)
    reader, operator = (reason[: found.start()], found["option"]) if found else (reason, "")
    missing = _NOT_HERE.match(reader)
    if missing:
        reader = f"not measured here: {missing['name']} is not on this machine"
    return Said(reader, operator)


def reason(shown: Shown) -> str:
    """Why a claim stands where it stands, for a reader; empty where nobody has looked."""
    return said(shown.reason).reader


def options(claims: Iterable[Shown]) -> tuple[tuple[str, str], ...]:
    """The options that would let claims be measured that were not, each once, with what they need in brackets."""
    found: dict[str, str] = {}
    for shown in claims:
        operator = said(shown.reason).operator
        if operator:
            option, bracket, what = operator.partition(" (")
            found.setdefault(option.partition(" asks")[0], what.removesuffix(")") if bracket else "")
    return tuple(found.items())
