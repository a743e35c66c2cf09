"""What a dialect is: it knows its documents, and reads them into models and collections."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from registry.read.problems import Problems
from registry.types import Collection, Field, MapNode, Mark, Model, RawDocument, SeqNode

if TYPE_CHECKING:
    from registry.dialects.writers import Notes

_new = tuple.__new__  # A named tuple's own constructor takes twice as long, and there is a field for every value.

Node = MapNode | SeqNode
Expected = Literal["index", "models", "collections", "library", "metadata", "results"]
"""What a referenced file is to hold."""


class Reference(NamedTuple):
    """A path to other files, as a card prints it.

    Attributes:
        expected: What the files are to hold.
    """

    text: str
    expected: Expected
    node: Node
    key: str | int
    path: str

    @property
    def mark(self) -> Mark:
        """Where it stands."""
        marks: Any = self.node.marks
        place: Mark = marks[self.key]
        return place


class Content(NamedTuple):
    """What a document holds, and the files that it brings in."""

    models: tuple[Model, ...] = ()
    collections: tuple[Collection, ...] = ()
    library: Mapping[str, Field] = MappingProxyType({})
    references: tuple[Reference, ...] = ()


class DialectContext(NamedTuple):
    """What a dialect needs to know of a document's place, and asks the loader for.

    Attributes:
        file: The file as shown to the user.
        folder: Its folder, absolute.
        index_folder: Folder of the index that brought it in, absolute; its own folder where there is none.
        expected: What the document is to hold, by the reference that led to it.
        problems: Where findings about it go.
        follow: The roots of the files that a path to metadata or results leads to.
    """

    file: str
    folder: str
    index_folder: str
    expected: Expected
    problems: Problems
    follow: Callable[[Reference], Iterable[Node]]


class Dialect(Protocol):
    """One way of writing model metadata."""

    @property
    def name(self) -> str:
        """What `--dialect` calls it."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of document that can hold it."""
        ...

    @property
    def unit(self) -> Literal["card", "model", "none"]:
        """What a written file holds: models and collections of a card, one model with what it inherits, or none."""
        ...

    def matches(self, document: RawDocument) -> bool:
        """Whether the document, whose root is not `None`, is written in this dialect."""
        ...

    def evident(self, document: RawDocument) -> bool:
        """Whether a document that matches is surely in this dialect, so that it is one also where nobody named it."""
        ...

    def suspects(self, text: str) -> bool:
        """Whether a text that could not be parsed was meant to be in this dialect."""
        ...

    def read(self, document: RawDocument, context: DialectContext) -> Content:
        """Its models and collections. What has the wrong shape is left out; `registry.checks` reports it."""
        ...

    def write(self, content: Content, notes: Notes) -> Any:
        """The plain data of a file that says what the content does; what it cannot say is noted."""
        ...


def printed(node: MapNode, key: str) -> str:
    """The value of `key` as printed, without quotes; empty for mappings and sequences."""
    value = node[key]
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return ""
    mark = node.marks[key]
    return node.source.text[mark.start : mark.end]


def printed_text(node: Any, key: str) -> str | None:
    """The value of `key` as printed; `None` where there is no such mapping, or nothing under its key."""
    return (printed(node, key) or None) if isinstance(node, MapNode) and node.get(key) is not None else None


def make_field(node: MapNode, key: str, path: str, name: str | None = None) -> Field:
    """An entry of a mapping as a field, under its canonical name."""
    value = node[key]
    text = value if type(value) is str else printed(node, key)
    return _new(Field, (name or key, value, text, node, key, f"{path}.{key}" if path else key, False))


def rest(node: MapNode, keys: Container[str], prefix: str = "") -> MapNode:
    """The entries of a mapping whose keys are not known, their places kept, under keys that begin with `prefix`."""
    entries = MapNode(node.source, node.start, node.end)
    for key, value in node.items():
        if key not in keys:
            entries[prefix + key] = value
            entries.marks[prefix + key] = node.marks[key]
    return entries


def join(into: MapNode, more: MapNode) -> None:
    """Add the entries of another mapping of the same file."""
    into.update(more)
    into.marks.update(more.marks)


def member_of(fields: Mapping[str, Field]) -> str | None:
    """The collection that a model is in by its fields, of several the first."""
    field = fields.get("In Collection")
    if field is None:
        return None
    return text_of(field.value[0] if isinstance(field.value, SeqNode) and field.value else field.text) or None


def text_of(value: Any) -> str | None:
    """A value as text where it is a scalar, `None` where it is nothing or a collection."""
    if value is None or isinstance(value, dict | list):
        return None
    return value if isinstance(value, str) else str(value)
