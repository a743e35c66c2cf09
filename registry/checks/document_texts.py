"""A block of metadata as rules look at it: its texts sorted by what they may be, in one walk."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from registry.checks.addresses import KEYS, UrlParts, parse_url
from registry.checks.schema_check import PARTS, root_plan
from registry.checks.spelling import KeySpelling, structure
from registry.types import Card, Location, MapNode, RawDocument, SeqNode, child_path
from registry.vocabulary import fold

_NAMES = frozenset({"dataset", "task", "name"})

_new = tuple.__new__  # A named tuple's own constructor takes twice as long, and there is one for every text.


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
    def under(self) -> str:
        """The key that it stands under, in lower case; a list's items stand under the list's key."""
        key = self.key if isinstance(self.key, str) else self.base.rpartition(".")[2].partition("[")[0]
        return key.casefold()

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


class Document:
    """One block of metadata, and the card that it belongs to.

    Attributes:
        dialect: The card's; of a comment in a README of the Hub that of comments.
        texts: Its values that are texts.
        empty: Those that say nothing: empty texts, lists and mappings, and nulls.
        urls: Texts that are http or https URLs, with their parts.
        addresses: Other texts that stand where an address belongs, or that look like one.
        names: Texts under `Dataset`, `Task` or `Name`.
        spelled: Every mapping whose keys the dialect documents, with them and its path in the data.
        exact: Whether all of those keys are in their documented spelling.
    """

    def __init__(self, card: Card, raw: RawDocument) -> None:
        self.card = card
        self.raw = raw
        in_comment = raw.kind == "comment" and isinstance(raw.root, MapNode) and "model-index" not in raw.root
        self.dialect = "model-index" if card.dialect == "huggingface" and in_comment else card.dialect
        self.texts: list[Leaf] = []
        self.empty: list[Leaf] = []
        self.urls: list[tuple[Leaf, UrlParts]] = []
        self.addresses: list[Leaf] = []
        self.names: list[Leaf] = []
        self.spelled: list[tuple[MapNode, KeySpelling, str]] = []
        self.exact = True
        root = raw.root
        if not isinstance(root, MapNode | SeqNode):
            return
        self._sort(root)
        if self.dialect in PARTS:
            self.spelled = list(structure(root, root_plan(root, self.dialect)))
            self.exact = all(
                key in plan.children or fold(key) not in plan.names for node, plan, _ in self.spelled for key in node
            )

    def _sort(self, root: MapNode | SeqNode) -> None:
        # Numbers are passed over, and that makes this twice as fast: rules take those from the models' fields.
        seen: set[int] = set()
        stack: list[tuple[MapNode | SeqNode, str, str]] = [(root, "", "")]
        while stack:
            node, base, above = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            inner: list[tuple[MapNode | SeqNode, str, str]] = []
            entries: Any = node.items() if isinstance(node, MapNode) else enumerate(node)
            for key, value in entries:
                kind = type(value)
                if kind is str and value:
                    self._text(
                        _new(Leaf, (node, key, value, base)), value, _kind_of(key if type(key) is str else above)
                    )
                elif not value and value is not False and value != 0:
                    self.empty.append(_new(Leaf, (node, key, value, base)))
                elif kind is MapNode or kind is SeqNode:
                    inner.append((value, child_path(base, key), key if type(key) is str else above))
            inner.reverse()
            stack += inner

    def _text(self, leaf: Leaf, value: str, kind: tuple[bool, bool]) -> None:
        address, name = kind
        self.texts.append(leaf)
        url = parse_url(value) if value.startswith("http") else None
        if url is not None:
            self.urls.append((leaf, url))
        elif address or "/" in value or ":" in value:
            self.addresses.append(leaf)
        if name and type(leaf.key) is str:
            self.names.append(leaf)


@lru_cache(maxsize=4096)
def _kind_of(key: str) -> tuple[bool, bool]:
    """Whether an address, and whether a name, stands under a key."""
    return key.casefold() in KEYS, fold(key) in _NAMES
