"""Texts in a question that nothing in the registry has, and what was meant by them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from registry.evidence.beside import SHOWN_VERDICTS
from registry.query.expression import ExpressionError, comparisons, parse
from registry.query.model_search import MISSING, Search
from registry.query.registry_tables import Tables
from registry.types import UsageError
from registry.types.safe_text import shortened
from registry.vocabulary import fold, slip_of
from registry.vocabulary.architectures import find_name
from registry.vocabulary.slips import KnownNames

_FEW = 6
"""So many values of a field are all named."""

_PART = re.compile(r"[^\W_]{4,}")
"""A part of a name or an address that somebody may search for, such as `resnet50`; `resnet` is one as well."""

_LITERAL = re.compile(r"\b(\w+)\s*(?:==?|<>|!=|(?:not\s+)?in\s*\()\s*('(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*)", re.I)
"""A column and the texts that a statement in SQL compares it with."""


def unmatched(search: Search, expression: str) -> Iterator[str]:
    """A sentence for each text in an expression that no model of the registry has.

    Raises:
        ExpressionError: The text is misspelt: it is a slip away from one that a card has, or that is known.
    """
    for comparison in comparisons(parse(expression)) if expression.strip() else ():
        field, text = search.field(comparison.field), comparison.value.text
        if (
            field.kind is not None
            or field.what == "verdict"
            or (text.lower() == MISSING and not comparison.value.quoted)
        ):
            continue
        test, values = search.comparison(comparison), search.values(field)
        # What is unlike a text that no card has is every card.
        if any(test(at) is (comparison.operator != "!=") for at in search.candidates):
            continue
        texts = list(dict.fromkeys(str(value) for at in search.candidates for value in values(at)))
        if not texts:
            continue
        names = {"dataset": search.vocabulary.datasets, "task": search.vocabulary.tasks}.get(field.name, {})
        terms = [name for term in names.values() for name in (term.name, *term.aliases)]
        part = comparison.operator == "~"
        sentence = f"no card has the {field.name} '{shortened(text)}'"
        if (meant := _misspelt(text, [*texts, *terms], part=part)) is not None:
            raise ExpressionError(comparison.value.column, f"{sentence}; did you mean {meant}?")
        yield sentence + (_names_like(text, texts) if field.name == "name" else _hint(text, texts))


def unmatched_literals(tables: Tables, statement: str) -> Iterator[str]:
    """A sentence for each text that a statement in SQL compares a column with, and that no row has there.

    Raises:
        UsageError: The text is misspelt, or no verdict.
    """
    columns: dict[str, set[str]] = {}
    for table in tables.named().values():
        for name, column in table.columns.items():
            columns.setdefault(name, set()).update(value for value in column if isinstance(value, str))
    for column, literals in _LITERAL.findall(statement):
        name = column.casefold()
        texts = columns.get(name)
        for literal in re.findall(r"'((?:[^']|'')*)'", literals):
            text = literal.replace("''", "'")
            if not texts or text in texts or (name == "verdict" and text in SHOWN_VERDICTS):
                continue
            if name == "verdict":
                raise UsageError(f"'{shortened(text)}' is no verdict; there are {', '.join(SHOWN_VERDICTS)}")
            sentence = f"no row has the {name} '{shortened(text)}'"
            if (meant := _misspelt(text, texts, exact=True)) is not None:
                raise UsageError(f"{sentence}; did you mean {meant}?")
            yield sentence + _hint(text, texts)


def _misspelt(text: str, texts: Iterable[str], *, part: bool = False, exact: bool = False) -> str | None:
    """The known text that one is a slip of; `part` of them is enough, and `exact` ones differ by their case too."""
    by_fold = {fold(name): name for name in texts}
    if part:
        parts = [word for name in by_fold.values() for word in _PART.findall(name)]
        words = {fold(word): word for part in parts for word in (part.rstrip("0123456789"), part)}
        by_fold = words | by_fold
    if fold(text) in by_fold or (part and any(fold(text) in spelling for spelling in by_fold)):
        return by_fold.get(fold(text)) if exact else None
    return None if (slip := slip_of(text, frozenset(by_fold))) is None else by_fold[slip]


def _names_like(name: str, names: Iterable[str]) -> str:
    try:
        return f"; there is {find_name(name, names)}"
    except UsageError as error:
        _, _, hint = str(error).partition("'; ")
        return f"; {hint}" if hint else ""


def _hint(text: str, texts: Iterable[str]) -> str:
    folded = {name.casefold(): name for name in texts}
    if (close := KnownNames(folded).closest(text.casefold())) is not None:
        return f"; did you mean {folded[close]}?"
    return f"; there is {', '.join(sorted(folded.values()))}" if len(folded) <= _FEW else ""
