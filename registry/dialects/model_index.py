"""The model-index format: YAML, JSON, or comments in Markdown, with imports and collections.

The keys are matched in any case, with `_` for a space; `SOTAgentsdata` is another name for `Metadata`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from registry.dialects.dialect import Content, DialectContext, Expected, Reference, make_field, member_of, rest, text_of
from registry.dialects.forms import Form, form_of, is_evident, is_index
from registry.dialects.result_shapes import read_results
from registry.lazy_regex import lazy_regex
from registry.read import ids
from registry.types import Collection, Field, MapNode, Mark, Model, RawDocument, Result, SeqNode, child_path
from registry.vocabulary.fields import Where, names

if TYPE_CHECKING:
    from registry.dialects.writers import Notes

_EXACT = lazy_regex(r"""^[ {-]{0,8}["']?(?:Models|Collections)["']?[ \t]*:[ \t]*(?:[\[{]|\r?$)""", re.M)
_TYPED = lazy_regex(r"""^[ {]*["']?type["']?[ \t]*:[ \t]*["']?model[-_ ]?index""", re.M | re.I)
_MEMBER = lazy_regex(r"""^[ {-]{0,8}["']?in[ _]collection["']?[ \t]*:""", re.M | re.I)
_ENTRY = lazy_regex(r"""(?:^[ {-]{0,8}|["'])(?:Weights|Results|Metadata|Config|Paper|README|Name)["']?[ \t]*:""", re.M)
_BEGUN = lazy_regex(r"""\A\s*(?:\{\s*"Models"|Models)[ \t]*:\s*\[""")
"""A file that starts with a list of models, whatever is in it; templates of other tools start with `{{`."""


class ModelIndex:
    """The dialect as such; OpenMMLab's metafiles differ from it in what their paths start from."""

    name: ClassVar[str] = "model-index"
    kinds: ClassVar[frozenset[str]] = frozenset({"yaml", "json", "comment"})
    unit: ClassVar[Literal["card"]] = "card"

    def matches(self, document: RawDocument) -> bool:
        """Whether the root is an index, a model or a part of one, or a list of models or results."""
        if document.kind == "comment":
            return isinstance(document.root, MapNode)
        return form_of(document.root) is not None

    def evident(self, document: RawDocument) -> bool:
        """Whether its keys are those of this format and of no other tool."""
        return document.kind == "comment" or is_evident(document.root)

    def suspects(self, text: str) -> bool:
        """Whether lines start as those of an index do, and not only as those of any tool with models."""
        if _MEMBER.search(text) or _TYPED.search(text) or _BEGUN.search(text):
            return True
        return _EXACT.search(text) is not None and _ENTRY.search(text) is not None

    def base(self, context: DialectContext) -> str:
        """The folder that a card's relative paths start from: the file's own."""
        return context.folder

    def read(self, document: RawDocument, context: DialectContext) -> Content:
        """Models, collections, and paths to more of them."""
        root = document.root
        reader = _Reader(context, self.name, self.base(context))
        form = form_of(root)
        if root is not None and form in ("result", "results", "metadata") and context.expected == "index":
            reader.part(root, form)
        elif isinstance(root, SeqNode):
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
        from registry.dialects.writers import model_index_writer  # most commands only read

        return model_index_writer.write(content, notes)


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
        key_names = names("index")
        printed_keys = {key_names[key]: key for key in root}
        sections = printed_keys.keys() & {"Models", "Collections", "Import", "Library"}
        if not sections or (sections == {"Library"} and form_of(root) == "model"):
            # A file or comment that is one model or collection.
            wrapped = next((key for key in root if key.lower() in ("model", "collection")), None)
            node = root[wrapped] if wrapped is not None else root
            if isinstance(node, MapNode) and ("Type" not in printed_keys or form_of(node) == "model"):
                self.entry(node, wrapped or "", "collections" if self.context.expected == "collections" else "models")
            return
        for name in ("Collections", "Models"):
            key = printed_keys.get(name)
            if key is not None:
                self.section(root, key, "models" if name == "Models" else "collections")
        if "Import" in printed_keys:
            self.paths(root, printed_keys["Import"], "index")
        if "Library" in printed_keys:
            for node, path in self.parts(root, printed_keys["Library"], printed_keys["Library"], "library"):
                self.add(self.library, node, path, "library")

    def part(self, root: MapNode | SeqNode, form: Form) -> None:
        """A file that holds only the metadata or the results of a model, whose name stands elsewhere."""
        holder = MapNode(root.source, root.start, root.end)
        holder["root"] = root
        holder.marks["root"] = Mark(root.start, root.start, root.start, root.end)
        metadata: dict[str, Field] = {}
        results: tuple[Result, ...] = ()
        if form == "metadata" and isinstance(root, MapNode):
            self.add(metadata, root, "", "metadata")
        else:
            results = tuple(read_results(holder, "root", "", self.context))
        location = root.source.location(root.start, root.end)
        self.models.append(
            Model(
                name="",
                location=location,
                file=self.context.file,
                base=self.base,
                dialect=self.dialect,
                metadata=metadata,
                results=results,
            )
        )

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
        if (field := fields.get("Downstream")) is not None:
            results += tuple(self.downstream(field))
        shared: dict[str, Any] = {
            "name": "" if name is None or name.value is None else name.text,
            "location": node.source.location(node.start, node.end, path),
            "file": self.context.file,
            "base": self.base,
            "fields": fields,
            "metadata": metadata,
            "results": results,
            "raw": node,
        }
        if expected == "collections":
            self.collections.append(Collection(**shared))
        else:
            self.models.append(Model(**shared, dialect=self.dialect, collection=member_of(fields)))

    def downstream(self, field: Field) -> Iterator[Result]:
        """The results of models that were trained from this one, which self-supervised zoos list below it."""
        items = [field.value] if isinstance(field.value, MapNode) else field.value
        for number, item in enumerate(items if isinstance(items, SeqNode | list) else ()):
            if not isinstance(item, MapNode):
                continue
            at = field.path if item is field.value else child_path(field.path, number)
            printed_keys = {name: key for key in item if (name := names("model")[key]) in ("Results", "Config", "Name")}
            key = printed_keys.get("Results")
            if key is None:
                continue
            of = next((text_of(item[printed_keys[name]]) for name in ("Name", "Config") if name in printed_keys), None)
            label = of or text_of(item.get("Type")) or str(number + 1)
            for result in read_results(item, key, child_path(at, key), self.context):
                yield replace(result, downstream=label)

    def fields(self, node: MapNode, path: str, where: Where) -> dict[str, Field]:
        entries: dict[str, Field] = {}
        self.add(entries, node, path, where)
        return entries

    def add(self, fields: dict[str, Field], node: MapNode, path: str, where: Where) -> None:
        """Add the entries of a mapping by their canonical names."""
        key_names = names(where)
        for key in node:
            name = key_names[key]
            first = fields.get(name)
            field = fields[name] = make_field(node, key, path, name)
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
                if isinstance(root, MapNode) and not is_index(root):
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
            yield rest(root, {inner}), path
        root, path = root[inner], child_path(path, inner)
