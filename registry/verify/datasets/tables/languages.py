"""Which of two languages is translated into the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

TRANSLATED = "translated texts"
"""What the rows of such a data set hold, in the words of `Task.answers`."""


def direction(names: Iterable[str], languages: Collection[str]) -> tuple[str, str] | None:
    """The language that is translated and the one that it becomes, by the first name that says one order of them.

    >>> direction(["opus-mt-en-de", "wmt16 de-en"], ["de", "en"]), direction(["t5-base", "en2de"], ["de", "en"])
    (('en', 'de'), ('en', 'de'))
    >>> direction(["mbart-en-de-and-de-en", "translation"], ["de", "en"]) is None
    True
    """
    language = "|".join(sorted(map(re.escape, languages), key=len, reverse=True))
    pair = re.compile(rf"(?<![a-z])(?=({language})[-_ ]*(?:to|2|→|->)?[-_ ]*({language})(?![a-z]))", re.IGNORECASE)
    for name in names:
        orders = {(source.lower(), target.lower()) for source, target in pair.findall(name)}
        orders = {order for order in orders if order[0] != order[1]}
        if len(orders) == 1:
            (order,) = orders
            spelled = {spelling.lower(): spelling for spelling in languages}
            return spelled[order[0]], spelled[order[1]]
    return None
