"""What `mir count` prints: a model's parameters, and what each convention counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from registry.report.plain import plain

_LOG_WIDTH = 160


def print_counts(counted: Mapping[str, Any], *, conventions: Sequence[str], by_layer: bool) -> None:
    """Print what `ModelCounts.as_dict` holds.

    Args:
        counted: The counts.
        conventions: Names of those to print.
        by_layer: Print every layer too.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _LOG_WIDTH
    if by_layer:
        console.print(_layers(counted, conventions))
    console.print(_parameters(counted["parameters"]))
    versions = ", ".join(f"{name} {version}".strip() for name, version in counted["versions"].items())
    on = [counted["input"], counted["variant"], versions]
    if conventions:
        console.print(_totals(counted["counts"], conventions))
    console.print(Text(plain(f"counted on {', '.join(filter(None, on))}")))
    if counted["run"] != "the model without values":
        console.print(Text(plain(f"The model needs values: counted in {counted['run']}.")))
    for warning in counted["warnings"]:
        console.print(Text(plain(f"WARNING: {warning}."), style="bold yellow"))


def _parameters(ways: Mapping[str, int]) -> Table:
    table = _table("Parameters", "")
    for way, count in ways.items():
        table.add_row(Text(str(count)), Text(plain(way)))
    return table


def _totals(counts: Mapping[str, Any], conventions: Sequence[str]) -> Table:
    table = _table("Count", "Unit", "Convention", "Not counted")
    for name in conventions:
        count = counts[name]
        skipped = ", ".join(f"{times} {what.rpartition('.')[2]}" for what, times in count["uncounted"].items())
        table.add_row(Text(str(count["total"])), Text(count["unit"]), Text(name), Text(plain(skipped)))
    return table


def _layers(counted: Mapping[str, Any], conventions: Sequence[str]) -> Table:
    first = counted["layers"][0]["counts"] if counted["layers"] else {}
    conventions = [name for name in conventions if name in first]
    table = _table("Layer", "Type", "Parameters", *conventions, numbers=range(2, 3 + len(conventions)))
    for layer in counted["layers"]:
        numbers = (layer["parameters"], *(layer["counts"][name] for name in conventions))
        texts = (layer["path"] or "(model)", layer["type"], *map(str, numbers))
        table.add_row(*(Text(plain(text)) for text in texts))
    return table


def _table(*names: str, numbers: Sequence[int] = (0,)) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place in numbers else "left", overflow="fold")
    return table
