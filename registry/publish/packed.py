"""The rows of a table as the data that a page's script reads: as little of it as says all.

Column by column, because cells that are alike compress best together. A number whose text a script can write itself
is the number alone.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from registry.evidence.beside import SHOWN_VERDICTS

_CODES: dict[Any, int] = {verdict: code for code, verdict in enumerate(SHOWN_VERDICTS)}
_TELLING = 100
"""Numbers of a column by which it is known how it is written."""

_STEPS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def packed(columns: Sequence[Sequence[Any]], keys: Sequence[str], name_column: int, own: str) -> str:
    """Rows as JSON.

    It holds where a row's own page is, with `*` for its key; how the numbers of each column are written; the verdicts
    by their code; the keys, 1 where it is the row's name as an address; then the cells, column by column.

    Args:
        columns: For each column the cells of all rows, as `Cell.data` gives them.
        keys: The key of each row, empty where it has none.
        name_column: Which column names the row.
        own: Where a row's own page is.
    """
    for key, cell in zip(keys, columns[name_column], strict=True):
        if key and cell and cell[0] and cell[0][0][1:] == [own.replace("*", key)]:
            cell[0][0][1] = 1
    forms = [_form(cells) for cells in columns]
    cells = [
        [_number(cell, FORMS[form]) for cell in cells] if form else cells
        for form, cells in zip(forms, columns, strict=True)
    ]
    short = [
        1 if key and key == _slug(_name(cell)) else key for key, cell in zip(keys, columns[name_column], strict=True)
    ]
    data = [own, forms, SHOWN_VERDICTS, short, *cells]
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _ratio(value: float) -> str:
    return "" if _is_halfway(1e4 * value) else f"{100 * value:.2f}%"


def _count(value: float) -> str:
    step, prefix = next(((step, prefix) for step, prefix in _STEPS if value >= step), (1.0, ""))
    number = value / step
    places = 2 if number < 10 else 1 if number < 100 else 0
    if _is_halfway(number * 10**places):
        return ""
    text = f"{number:.{places}f}"
    return f"{text.rstrip('0').rstrip('.') if places else text} {prefix}".strip()


def _square(value: float) -> str:
    side = math.isqrt(int(value)) if value >= 0 else 0
    return f"{side}x{side}" if side * side == value else ""


FORMS: dict[str, Callable[[float], str]] = {"ratio": _ratio, "count": _count, "square": _square}
"""How the script writes a number: as `numbers.short` does a ratio and a count, and the input of a model.

Empty where the script may write something else."""


def _form(cells: Sequence[Any]) -> str:
    """The form in which most numbers of a column are written, by its first ones; empty where none is."""
    first = islice((cell for cell in cells if isinstance(cell, list) and len(cell) == 2), _TELLING)
    counts = Counter(form for cell in first for form in FORMS if _number(cell, FORMS[form]) is not cell)
    return counts.most_common(1)[0][0] if counts else ""


def _number(cell: Any, form: Callable[[float], str]) -> Any:
    """A cell as its number and the code of its verdict, where these say all; else the cell."""
    if not isinstance(cell, list) or len(cell) != 2 or not 1 <= len(cell[0]) <= 2:
        return cell
    (text, *mark), value = cell
    if not isinstance(text, str) or not math.isfinite(value) or form(value) != text:
        return cell
    if not mark:
        return [value]
    bare = isinstance(mark[0], list) and len(mark[0]) == 3 and mark[0][:2] == ["", 0]
    return [value, _CODES[mark[0][2]]] if bare and mark[0][2] in _CODES else cell


def _is_halfway(scaled: float) -> bool:
    """Whether a number could be halfway between two that are written, where languages round differently."""
    return abs(scaled % 1 - 0.5) < 1e-6


def _name(cell: Any) -> str:
    part = cell if isinstance(cell, str) else cell[0][0] if cell else ""
    return part if isinstance(part, str) else str(part[0])


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
