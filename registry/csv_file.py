"""Text of cards in CSV. Spreadsheets run a cell that begins like a formula, so that it gets an apostrophe in front."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from registry.lazy_regex import lazy_regex

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with; the last four are the same signs in full width, which some spreadsheets take too."""

_NUMBER = lazy_regex(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?%?", re.ASCII)


def csv_text(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Rows as CSV with a header line; text of cards is to be `inert`."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows((header, *rows))
    return stream.getvalue()


def inert(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it; a number stays one.

    >>> inert("=1+1"), inert("-3.5%"), inert("-3+cmd|' /C calc'!A0")
    ("'=1+1", '-3.5%', "'-3+cmd|' /C calc'!A0")
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
