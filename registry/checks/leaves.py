"""The single values of a tree, each with the container it stands in."""

from __future__ import annotations

from typing import Any, NamedTuple

from registry.types import Location, MapNode, SeqNode, child_path


class Leaf(NamedTuple):
    """A value that holds no other: a scalar, or an empty mapping or list.

    Attributes:
        node: The container.
        key: Its key or index there.
        value: Plain data.
        base: The container's path in the data.
    """

    node: MapNode | SeqNode
    key: str | int
    value: Any
    base: str

    @property
    def path(self) -> str:
        """Path in the data."""
        return child_path(self.base, self.key)

    @property
    def location(self) -> Location:
        """Where the value stands."""
        return self.node.location(self.key, self.path)  # type: ignore[arg-type]

    @property
    def text(self) -> str:
        """The value as it stands in the file, quotes included."""
        return self.node.text(self.key)  # type: ignore[arg-type]

    @property
    def span(self) -> tuple[int, int]:
        """Offsets of the value in the file."""
        mark = self.node.marks[self.key]  # type: ignore[index]
        return mark.start, mark.end


def leaves(root: MapNode | SeqNode) -> list[Leaf]:
    """All leaves below `root`, in the order of the text. A node that aliases share is visited once."""
    found: list[Leaf] = []
    seen: set[int] = set()
    stack: list[tuple[MapNode | SeqNode, str]] = [(root, "")]
    while stack:
        node, base = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        inner: list[tuple[MapNode | SeqNode, str]] = []
        entries: Any = node.items() if isinstance(node, MapNode) else enumerate(node)
        for key, value in entries:
            kind = type(value)
            if value and (kind is MapNode or kind is SeqNode):
                inner.append((value, child_path(base, key)))
            else:
                found.append(Leaf(node, key, value, base))
        inner.reverse()
        stack += inner
    return found
