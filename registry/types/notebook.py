"""Cards as a notebook shows them: a table of models, and a table of what a model's card says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from registry.types.safe_text import safe_text

if TYPE_CHECKING:
    from registry.types.card import Model

_MOST = 50
"""Rows that are shown of a long table."""


def models_table(models: Sequence[Model]) -> str:
    """Models as HTML: name, parameters, FLOPs, and how many results."""
    rows = (
        [model.name, *(_text(model, name) for name in ("Parameters", "FLOPs")), _results(model)] for model in models
    )
    return table(("model", "parameters", "FLOPs", "results"), rows, len(models))


def model_table(model: Model) -> str:
    """What a card says of a model as HTML: its fields, metadata and results."""
    rows = list(_said(model))
    return f"<p><b>{_cell(model.name)}</b> {_cell(str(model.location))}</p>{table(('', 'reported'), rows, len(rows))}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], count: int) -> str:
    """Texts as an HTML table, the first rows of many.

    >>> table(["model"], [["a<b"]], 1)
    '<table><thead><tr><th>model</th></tr></thead><tbody><tr><td>a&lt;b</td></tr></tbody></table>'
    """
    body = "".join(_row("td", row) for row, _ in zip(rows, range(_MOST), strict=False))
    more = f"<p>and {count - _MOST} more</p>" if count > _MOST else ""
    return f"<table><thead>{_row('th', head)}</thead><tbody>{body}</tbody></table>{more}"


def _said(model: Model) -> Iterator[tuple[str, str]]:
    for name, field in {**model.fields, **model.metadata}.items():
        if field.text:
            yield name, field.text
    for result in model.results:
        for metric in result.metrics:
            yield f"{metric.name} on {result.dataset}", metric.text


def _text(model: Model, name: str) -> str:
    field = model.metadata.get(name)
    return "" if field is None else field.text


def _results(model: Model) -> str:
    return str(sum(len(result.metrics) for result in model.results))


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_cell(cell)}</{tag}>' for cell in cells)}</tr>"


def _cell(text: str) -> str:
    return escape(safe_text(text[:200]))
