"""The model-index format: YAML, JSON, or comments in Markdown, with imports and collections.

The keys are matched in any case, with `_` for a space; `SOTAgentsdata` is another name for `Metadata`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from registry.dialects.base import Content, DialectContext, Expected, Reference, make_field, printed, text_of
from registry.dialects.results import read_results
from registry.dialects.writers import Notes, model_index
from registry.read import ids
from registry.types import Collection, Field, MapNode, Model, RawDocument, Result, SeqNode, child_path
from registry.vocabulary.fields import Where, names

_MODEL_KEYS = {"Metadata", "Results", "Weights", "Config", "Code", "Paper", "README", "In Collection", "Builder"}
_SUSPECT = re.compile(r"""^[ {-]{0,8}["']?(?:models|collections|import|in[ _]collection)["']?[ \t]*:""", re.M | re.I)


class ModelIndex:
    """The dialect as such; OpenMMLab's metafiles differ from it in what their paths start from."""

    name: ClassVar[str] = "model-index"
    kinds: ClassVar[frozenset[str]] = frozenset({"yaml", "json", "comment"})
    unit: ClassVar[Literal["card"]] = "card"

    def matches(self, document: RawDocument) -> bool:
        """Whether the root is an index, a model, or a list of models."""
        root = document.root
        if document.kind == "comment":
            return isinstance(root, MapNode)
        if isinstance(root, SeqNode):
            return bool(root) and isinstance(root[0], MapNode) and _is_model(root[0])
        if not isinstance(root, MapNode):
            return False
        return _is_index(root) or _is_model(root)

    def suspects(self, text: str) -> bool:
        """Whether a line starts as one of an index does."""
        return _SUSPECT.search(text) is not None

    def base(self, context: DialectContext) -> str:
        """The folder that a card's relative paths start from: the file's own."""
        return context.folder

    def read(self, document: RawDocument, context: DialectContext) -> Content:
        """Models, collections, and paths to more of them."""
        root = document.root
        reader = _Reader(context, self.name, self.base(context))
        if isinstance(root, SeqNode):
            reader.entries(root, "", context.expected if context.expected == "collections" else "models")
        elif isinstance(root, MapNode):
            reader.index(root)
        return Content(
            models=tuple(reader.models),
            collections=tuple(reader.collections),
            library=reader.library,
            references=tuple(reader.references),
        )

    def write(self, content: Content, notes: Notes) -> dict[str, Any]:
        """An index of the models and collections, each with what it says itself."""
        return model_index.write(content, notes)


def _is_index(root: MapNode) -> bool:
    known = names("index")
    for key, value in root.items():
        name = known[key]
        if name == "Type" and isinstance(value, str) and re.sub(r"[-_ ]", "", value).lower() == "modelindex":
            return True
        if name in ("Models", "Collections", "Import") and isinstance(value, SeqNode | MapNode | str):
            return not _is_foreign(root)
    return False


def _is_foreign(root: MapNode) -> bool:
    """Whether a mapping with a key such as `models` belongs to another tool: no entry has a name or a key of a card."""
    index, model = names("index"), names("model")
    for key, value in root.items():
        if index[key] in ("Models", "Collections") and isinstance(value, SeqNode):
            maps = [item for item in value if isinstance(item, MapNode)]
            if maps and not any(model[each] in {"Name"} | _MODEL_KEYS for item in maps for each in item):
                return True
    return False


def _is_model(root: MapNode) -> bool:
    known = names("model")
    found = {known[key] for key in root}
    return "Name" in found and bool(found & _MODEL_KEYS)


class _Reader:
    def __init__(self, context: DialectContext, dialect: str, base: str) -> None:
        self.context = context
        self.dialect = dialect
        self.base = base
        self.models: list[Model] = []
        self.collections: list[Collection] = []
        self.references: list[Reference] = []
        self.library: dict[str, Field] = {}

    def index(self, root: MapNode) -> None:
        known = names("index")
        named = {known[key]: key for key in root}
        sections = named.keys() & {"Models", "Collections", "Import", "Library"}
        if not sections or (sections == {"Library"} and _is_model(root)):
            # A file or comment that is one model or collection.
            wrapped = next((key for key in root if key.lower() in ("model", "collection")), None)
            node = root[wrapped] if wrapped is not None else root
            if isinstance(node, MapNode) and ("Type" not in named or _is_model(node)):
                self.entry(node, wrapped or "", "collections" if self.context.expected == "collections" else "models")
            return
        for name in ("Collections", "Models"):
            key = named.get(name)
            if key is not None:
                self.section(root, key, "models" if name == "Models" else "collections")
        if "Import" in named:
            self.paths(root, named["Import"], "index")
        if "Library" in named:
            for node, path in self.parts(root, named["Library"], named["Library"], "library"):
                self.add(self.library, node, path, "library")

    def section(self, root: MapNode, key: str, expected: Expected) -> None:
        value = root[key]
        if isinstance(value, str):
            self.references.append(Reference(text=value, expected=expected, node=root, key=key, path=key))
        elif isinstance(value, MapNode):
            self.entry(value, key, expected)
        elif isinstance(value, SeqNode):
            self.entries(value, key, expected)

    def paths(self, root: MapNode, key: str, expected: Expected) -> None:
        """`Import`: a path, or a list of paths."""
        value = root[key]
        if isinstance(value, str):
            self.references.append(Reference(text=value, expected=expected, node=root, key=key, path=key))
        elif isinstance(value, SeqNode):
            for index, item in enumerate(value):
                if isinstance(item, str):
                    at = child_path(key, index)
                    self.references.append(Reference(text=item, expected=expected, node=value, key=index, path=at))

    def entries(self, items: SeqNode, path: str, expected: Expected) -> None:
        for index, item in enumerate(items):
            at = child_path(path, index)
            if isinstance(item, MapNode):
                self.entry(item, at, expected)
            elif isinstance(item, str):
                self.references.append(Reference(text=item, expected=expected, node=items, key=index, path=at))

    def entry(self, node: MapNode, path: str, expected: Expected) -> None:
        """One model or collection."""
        fields = self.fields(node, path, "collection" if expected == "collections" else "model")
        name = fields.pop("Name", None)
        metadata: dict[str, Field] = {}
        if (field := fields.pop("Metadata", None)) is not None and field.node is not None:
            for part, at in self.parts(field.node, field.key, field.path, "metadata"):
                self.add(metadata, part, at, "metadata")
        results: tuple[Result, ...] = ()
        if (field := fields.pop("Results", None)) is not None and field.node is not None:
            results = tuple(read_results(field.node, field.key, field.path, self.context))
        location = node.source.location(node.start, node.end, path)
        title = printed(node, name.key) if name is not None and name.value is not None else ""
        if expected == "collections":
            self.collections.append(
                Collection(
                    name=title,
                    location=location,
                    file=self.context.file,
                    base=self.base,
                    fields=fields,
                    metadata=metadata,
                    results=results,
                    raw=node,
                )
            )
            return
        member = fields.get("In Collection")
        of = member.value[0] if member is not None and isinstance(member.value, SeqNode) and member.value else member
        self.models.append(
            Model(
                name=title,
                location=location,
                file=self.context.file,
                base=self.base,
                dialect=self.dialect,
                collection=(of.text if isinstance(of, Field) else text_of(of)) or None,
                fields=fields,
                metadata=metadata,
                results=results,
                raw=node,
            )
        )

    def fields(self, node: MapNode, path: str, where: Where) -> dict[str, Field]:
        found: dict[str, Field] = {}
        self.add(found, node, path, where)
        return found

    def add(self, found: dict[str, Field], node: MapNode, path: str, where: Where) -> None:
        """Add the entries of a mapping by their canonical names."""
        known = names(where)
        for key in node:
            name = known[key]
            first = found.get(name)
            field = found[name] = make_field(node, key, path, name)
            if first is not None and first.node is node:
                mark, before = node.marks[key], node.marks[first.key]
                self.context.problems.add(
                    ids.DUPLICATE_KEY,
                    f"'{key[:60]}' is another spelling of '{first.key[:60]}' beside it, and only the last counts",
                    mark.key,
                    mark.key_end,
                    path=field.path,
                    related=(before.key, before.key_end),
                )

    def parts(self, node: MapNode, key: str, path: str, expected: Expected) -> Iterator[tuple[MapNode, str]]:
        """The mappings that make up `Metadata` or `Library`: itself, a list of them, a file, or one more inside."""
        value = node[key]
        roots: list[tuple[Any, str]] = []
        if isinstance(value, str):
            reference = Reference(text=value, expected=expected, node=node, key=key, path=path)
            for root in self.context.follow(reference):
                if isinstance(root, MapNode) and not _is_index(root):
                    roots.append((root, ""))
                else:
                    mark = node.marks[key]
                    message = f"the file '{value[:80]}' holds something else than {expected}"
                    self.context.problems.add(ids.CONTENT, message, mark.start, mark.end, path=path)
        elif isinstance(value, MapNode):
            roots = [(value, path)]
        elif isinstance(value, SeqNode):
            roots = [(item, child_path(path, index)) for index, item in enumerate(value)]
        for root, at in roots:
            yield from _unwrap(root, at, expected)


def _unwrap(root: Any, path: str, expected: Expected) -> Iterator[tuple[MapNode, str]]:
    """A mapping without the `Metadata` that stands directly in it, and that one: a common slip."""
    while isinstance(root, MapNode):
        inner = next((key for key in root if names("model")[key].lower() == expected), None)
        if inner is None or not isinstance(root[inner], MapNode):
            yield root, path
            return
        if len(root) > 1:
            rest = MapNode(root.source, root.start, root.end)
            for key, value in root.items():
                if key != inner:
                    rest[key] = value
                    rest.marks[key] = root.marks[key]
            yield rest, path
        root, path = root[inner], child_path(path, inner)
