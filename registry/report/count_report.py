"""What `mir count` prints: the model as a tree, its parameters, what each convention counts, and how these relate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import click

from registry.numbers import short
from registry.report.layers import tree
from registry.report.output import plain
from registry.report.terminal_table import TerminalColumn, fold, lay_out, terminal_width

BASE = "MACs"
"""The convention that the others are held against."""

_MOST = 3
_KINDS = (("norm", "normalisation"), ("pool", "pooling"), ("attention", "attention"), ("attn", "attention"))


def relation(counted: Mapping[str, Any], conventions: Sequence[str]) -> str:
    """The sentence; empty where there is nothing to say."""
    counts, layers = counted["counts"], counted["layers"]
    base = counts[BASE]["total"] if BASE in counts else 0
    others = [name for name in conventions if name != BASE and layers and name in layers[0]["counts"]]
    if not base or BASE not in conventions:
        return ""
    clauses: dict[str, list[str]] = {}
    for name in others:
        clauses.setdefault(_clause(name, counts[name], base, layers), []).append(name)
    phrases = [clause.format(names=", ".join(names)) for clause, names in clauses.items()]
    return f"{'; '.join(phrases)}." if phrases else ""


def _clause(name: str, count: Mapping[str, Any], base: int, layers: Sequence[Mapping[str, Any]]) -> str:
    total, text = count["total"], short(count["total"], "count")
    if count["unit"] == "FLOPs":
        times = "2" if total == 2 * base else f"{total / base:.3g}"
        return f"{text} FLOPs ({{names}}) is {times} x {short(base, 'count')} MACs"
    if total == base:
        return "{names} counts the same MACs"
    more, less = _differences(name, layers)
    parts = [f"{verb} {_words(kinds)}" for verb, kinds in (("adds", more), ("leaves out", less)) if kinds]
    return f"{text} ({{names}}) {' and '.join(parts) or 'counts the same layers differently'}"


def _differences(name: str, layers: Sequence[Mapping[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    """By kind of layer, how much a convention counts more than the base, and less."""
    more: Counter[str] = Counter()
    less: Counter[str] = Counter()
    for layer in layers:
        difference = layer["counts"][name] - layer["counts"][BASE]
        if difference:
            bias = difference == prod(layer["output"] or ())
            kind = f"the biases of {layer['type']}" if bias and layer["counts"][BASE] else _kind(layer["type"])
            (more if difference > 0 else less)[kind] += abs(difference)
    return more, less


def _kind(type_: str) -> str:
    return next((word for part, word in _KINDS if re.search(part, type_, re.IGNORECASE)), type_)


def _words(kinds: Counter[str]) -> str:
    """The kinds that matter most: those of less than a thousandth of the rest are left out where others are there."""
    total = kinds.total()
    names = [kind for kind, amount in kinds.most_common(_MOST) if amount * 1000 >= total] or [*kinds][:1]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def print_counts(counted: Mapping[str, Any], *, conventions: Sequence[str], depth: int | None) -> None:
    """Print what `ModelCounts.as_dict` holds.

    Args:
        counted: The counts.
        conventions: Names of those to print.
        depth: How deep the tree of layers goes; as deep as has room where it is `None`.
    """
    width = terminal_width()
    lines, deeper = tree(counted["layers"], BASE if BASE in conventions else None, depth=depth, width=width)
    lines += ["", *_parameters(counted["parameters"], width)]
    if conventions:
        lines += ["", *_totals(counted["counts"], conventions, width)]
    related = relation(counted, conventions)
    if related:
        lines += ["", *fold(plain(related), width)]
    if (tokens := counted.get("tokens")) and BASE in conventions:
        per_token = short(counted["counts"][BASE]["total"] / tokens, "count")
        of = f"{tokens} tokens in one pass, without a cache of keys and values"
        lines += fold(f"{per_token} {BASE} for each token, of {of}.", width)
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
    """Print what `Explanation.as_dict` holds."""
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
        skipped = ", ".join(
            f"{times} {operation.rpartition('.')[2]}" for operation, times in count["uncounted"].items()
        )
        rows.append([str(count["total"]), short(count["total"], "count"), count["unit"], name, plain(skipped)])
    return lay_out(columns, rows, width)
