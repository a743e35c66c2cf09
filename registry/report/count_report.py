"""What `mir count` prints: the model as a tree, its parameters, what each convention counts, and how these relate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from registry.numbers import short
from registry.report.layers import tree
from registry.report.printable import plain
from registry.report.relation import BASE, relation
from registry.report.terminal_table import TerminalColumn, fold, lay_out, terminal_width


def print_counts(counted: Mapping[str, Any], *, conventions: Sequence[str], depth: int | None) -> None:
    """Print what `ModelCounts.as_dict` holds.

    Args:
        counted: The counts.
        conventions: Names of those to print.
        depth: How deep the tree of layers goes; as deep as has room where it is `None`.
    """
    width = terminal_width()
    base = [BASE] if BASE in conventions else []
    lines, deeper = tree(counted["layers"], base, depth=depth, width=width)
    lines += ["", *_parameters(counted["parameters"], width)]
    if conventions:
        lines += ["", *_totals(counted["counts"], conventions, width)]
    related = relation(counted, conventions)
    if related:
        lines += ["", *fold(plain(related), width)]
    if (tokens := counted.get("tokens")) and BASE in conventions:
        each = short(counted["counts"][BASE]["total"] / tokens, "count")
        of = f"{tokens} tokens in one pass, without a cache of keys and values"
        lines += fold(f"{each} {BASE} for each token, of {of}.", width)
    versions = ", ".join(f"{name} {version}".strip() for name, version in counted["versions"].items())
    on = [counted["input"], counted["variant"], versions]
    lines += fold(plain(f"Counted on {', '.join(filter(None, on))}."), width)
    if deeper:
        lines += fold(f"{deeper} more layers lie deeper; --by-layer or --depth shows them.", width)
    if counted["run"] != "the model without values":
        lines += fold(plain(f"The model needs values: counted in {counted['run']}."), width)
    click.echo("\n".join(lines))
    for warning in counted["warnings"]:
        for line in fold(plain(f"WARNING: {warning}."), width):
            click.secho(line, fg="yellow", bold=True)


def print_explanation(explained: Mapping[str, Any], counted: Mapping[str, Any], *, conventions: Sequence[str]) -> None:
    """Print what `Explanation.as_dict` holds.

    Args:
        explained: What a number is.
        counted: As `ModelCounts.as_dict` holds it.
        conventions: Names of those whose relation is told.
    """
    width = terminal_width()
    by_count: dict[int, list[str]] = {}
    for fit in explained["fits"]:
        names = by_count.setdefault(fit["count"], [])
        # A setting that changes nothing says nothing.
        if not any(fit["convention"].startswith(f"{name}, ") for name in names):
            names.append(fit["convention"])
    lines: list[str] = []
    if by_count:
        columns = [TerminalColumn(name="Count", right=True), TerminalColumn(name="Counted by", least=20, below=True)]
        rows = [[str(count), plain(", ".join(names))] for count, names in by_count.items()]
        lines += [*lay_out(columns, rows, width), ""]
    lines += fold(plain(f"{explained['reason']}."), width)
    lines += fold(plain(relation(counted, conventions)), width)
    lines += fold(plain(f"Counted on {counted['input']}."), width)
    click.echo("\n".join(filter(None, lines)) if not by_count else "\n".join(lines))


def _parameters(ways: Mapping[str, int], width: int) -> list[str]:
    columns = [
        TerminalColumn(name="Parameters", right=True),
        TerminalColumn(name="Short", right=True),
        TerminalColumn(name="", least=20),
    ]
    return lay_out(columns, [[str(count), short(count, "count"), plain(way)] for way, count in ways.items()], width)


def _totals(counts: Mapping[str, Any], conventions: Sequence[str], width: int) -> list[str]:
    columns = [
        TerminalColumn(name="Count", right=True),
        TerminalColumn(name="Short", right=True, drop=1),
        TerminalColumn(name="Unit"),
        TerminalColumn(name="Convention", least=20),
        TerminalColumn(name="Not counted", least=14, below=True),
    ]
    rows = []
    for name in conventions:
        count = counts[name]
        skipped = ", ".join(f"{times} {what.rpartition('.')[2]}" for what, times in count["uncounted"].items())
        rows.append([str(count["total"]), short(count["total"], "count"), count["unit"], name, plain(skipped)])
    return lay_out(columns, rows, width)
