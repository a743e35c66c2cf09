"""Under what a number was measured, as a part of its claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

_TELLING = frozenset({"hardware", "backend", "mode", "resolution", "downstream", "of"})
"""Conditions whose texts say what they are."""

_LONGEST, _MOST = 80, 12
"""Letters of a condition's name and of its text, and conditions of a number, that are read."""


def bounded(conditions: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Conditions cut to what a claim holds: names and texts are a stranger's."""
    return tuple((name[:_LONGEST], text[:_LONGEST]) for name, text in islice(conditions, _MOST))


def labelled(name: str, conditions: Sequence[tuple[str, str]]) -> str:
    """A metric's name with its conditions, by which claims of one metric are told apart.

    >>> labelled("PSNR", [("of", "Set5"), ("sigma", "15")]), labelled("PSNR", [])
    ('PSNR: Set5, sigma 15', 'PSNR')
    """
    under = ", ".join(text if each in _TELLING else f"{each} {text}" for each, text in conditions)
    return f"{name}: {under}" if under else name
