"""A model as a tree of its layers, with shapes, and subtotals as people read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.numbers import percent, short
from registry.report.output import plain
from registry.report.terminal_table import TerminalColumn, lay_out

ROWS = 30
"""Rows that a tree has where no depth is asked for: it goes as deep as that allows."""


@dataclass(kw_only=True)
class _Node:
    path: str
    type: str
    output: str
    numbers: list[int]
    inner: list[_Node] = field(default_factory=list)


def tree(
    layers: Sequence[Mapping[str, Any]], convention: str | None, *, depth: int | None, width: int
) -> tuple[list[str], int]:
    """The lines of the tree, and how many layers lie deeper than it goes.

    Args:
        layers: As `ModelCounts.as_dict` has them.
        convention: Whose counts and shares are shown; `None` for none.
        depth: How deep; as deep as `ROWS` lines allow where it is `None`.
        width: Columns that there are.
    """
    if not layers:
        return [], 0
    root = _grow(layers, convention)
    total = root.numbers[1] if convention else 0
    if depth is None:
        depth = _deepest(root)
    rows = [
        [*texts, *(short(number, "count") if number else "-" for number in node.numbers)]
        + ([_share(node, total)] if convention else [])
        for node, *texts in _rows(root, depth)
    ]
    columns = [
        TerminalColumn(name="Layer", least=12),
        TerminalColumn(name="Type", least=8, drop=1),
        TerminalColumn(name="Output", drop=2),
        TerminalColumn(name="Parameters", right=True),
    ]
    if convention:
        columns += [TerminalColumn(name=convention, right=True), TerminalColumn(name="Share", right=True, drop=3)]
    return lay_out(columns, rows, width), len(layers) - len(rows)


def _grow(layers: Sequence[Mapping[str, Any]], convention: str | None) -> _Node:
    """The layers as a tree, each with what it and all in it have."""
    nodes: dict[str, _Node] = {}
    for layer in layers:
        numbers = [layer["parameters"], *([layer["counts"][convention]] if convention else [])]
        output = "x".join(map(str, layer["output"])) if layer["output"] is not None else ""
        nodes[layer["path"]] = _Node(path=layer["path"], type=layer["type"], output=output, numbers=numbers)
    for path, node in nodes.items():
        if path:
            nodes[path.rpartition(".")[0]].inner.append(node)
    for path in sorted(nodes, key=lambda path: -path.count(".")):
        if path:
            outer = nodes[path.rpartition(".")[0]]
            outer.numbers = [a + b for a, b in zip(outer.numbers, nodes[path].numbers, strict=True)]
    return nodes[""]


def _deepest(root: _Node) -> int:
    """How deep the tree can be shown in `ROWS` lines; one level in any case."""
    levels: dict[int, int] = defaultdict(int)

    def count(node: _Node, depth: int) -> None:
        levels[depth] += 1
        for child in node.inner:
            count(child, depth + 1)

    count(root, 0)
    total, deepest = levels[0], 0
    for depth in sorted(levels)[1:]:
        total += levels[depth]
        if total > ROWS and depth > 1:
            break
        deepest = depth
    return deepest


def _rows(node: _Node, depth: int, before: str = "", own: str = "") -> Iterator[tuple[_Node, str, str, str]]:
    name = node.path.rpartition(".")[2] or node.type
    yield node, plain(own + name), plain(node.type) if node.path else "", node.output
    if depth <= 0:
        return
    for child in node.inner:
        last = child is node.inner[-1]
        branch, further = ("└─ ", "   ") if last else ("├─ ", "│  ")
        yield from _rows(child, depth - 1, before + further, before + branch)


def _share(node: _Node, total: int) -> str:
    return percent(node.numbers[1] / total) if total and node.numbers[1] else "-"
