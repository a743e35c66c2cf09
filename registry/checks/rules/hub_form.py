"""A value in a form that its readers do not take.

What:
    In a card of the Hugging Face Hub `inference` is neither a truth value nor a mapping with parameters, an example of
    `widget` has nothing to try, a field of a gate is of no type that the form has, `thumbnail` is no address,
    `language_bcp47` holds no tag of BCP 47, the `args` of a result are a list, a split is a slip of a usual one
    (`tset`), or the type of a data set is the address of its page.

Why:
    The Hub takes such a card without a word. Its page leaves the example or the picture out, its form shows another
    field, and its clients, which look a data set or a split up by what is said, find none.

Bad:
    # file: README.md
    ---
    library_name: transformers
    inference: maybe
    ---

Good:
    # file: README.md
    ---
    library_name: transformers
    inference: false
    ---
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from registry.checks.document_texts import Leaf
from registry.checks.fixes import replace_value
from registry.checks.hub_documents import page_of, results_of, values_of
from registry.checks.message_text import either, short
from registry.checks.rule import Context, Problem, rule
from registry.dialects.hub_cards import kind_of
from registry.lazy_regex import lazy_regex
from registry.types import MapNode, SeqNode, mappings
from registry.vocabulary.hub_identifiers import is_language
from registry.vocabulary.slips import mistaken

_INPUTS = frozenset(
    {"text", "src", "prompt", "messages", "table", "structured_data", "structuredData", "source_sentence", "sentences",
     "context", "output"}
)  # fmt: skip
"""Keys of @huggingface/tasks' `WidgetExample` that an example has one of, and the one that older cards have."""

_STATES = ("warm", "cold")
"""What the Hub's own API says of a model there, and some cards repeat."""

_GATES = ("text", "checkbox", "select", "country", "date_picker", "ip_location")
"""Types of a gate's fields, by the Hub's documentation of gated models."""

_TAG = lazy_regex(r"(?P<code>[A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,8})*|x-[A-Za-z0-9-]+|i-[A-Za-z]+")
_SPLITS = ("test", "train", "training", "validation", "evaluation")
_WEB = lazy_regex(r"\s*(?:https?://|data:image/)")


@rule("MIR714", "hub-form", "warning", "hub-card", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    for leaf in values_of(root, "language_bcp47"):
        if isinstance(leaf.value, str) and leaf.value.strip():
            yield from _tag(leaf)
    yield from _gate(root)
    yield from _thumbnail(root)
    if kind_of(root) != "model":
        return
    yield from _inference(root)
    yield from _widget(root)
    for result, path in results_of(root):
        yield from _result(result, path)


def _tag(leaf: Leaf) -> Iterator[Problem]:
    match = _TAG.fullmatch(leaf.value)
    if match is not None and (match["code"] is None or is_language(match["code"].lower())):
        return
    meant = _TAG.fullmatch(leaf.value.strip().replace("_", "-"))
    valid = meant is not None and meant["code"] is not None and is_language(meant["code"].lower())
    fix = replace_value(leaf, meant[0]) if meant and valid else None
    yield Problem(f"{leaf.path} {short(leaf.value)} is no tag of BCP 47", leaf.location, "Such as pt-BR.", fix=fix)


def _inference(root: MapNode) -> Iterator[Problem]:
    value = root.get("inference")
    if value is None or isinstance(value, bool) or value in _STATES:
        return
    if not isinstance(value, MapNode):
        where = root.location("inference", "inference")
        yield Problem(f"inference is {short(value)}; the Hub reads true, false or parameters", where)
    elif value.get("parameters") is not None and not isinstance(value["parameters"], MapNode):
        where = value.location("parameters", "inference.parameters")
        yield Problem(f"inference.parameters is {short(value['parameters'])}; a mapping of parameters is read", where)
    elif value and "parameters" not in value:
        yield Problem(
            "inference has no parameters, and nothing else is read of it", root.location("inference", "inference")
        )


def _widget(root: MapNode) -> Iterator[Problem]:
    examples = root.get("widget")
    if not isinstance(examples, SeqNode):
        return
    for at, example in enumerate(examples):
        if example is None or (isinstance(example, MapNode) and (not example or _INPUTS & example.keys())):
            continue
        has = f"has {', '.join(map(str, example))}" if isinstance(example, MapNode) else f"is {short(example)}"
        where = examples.location(at, f"widget[{at}]")
        message = f"widget[{at}] {has}, and nothing to try: no text, src or messages"
        yield Problem(message, where, "Write text: ...", severity=None if isinstance(example, MapNode) else "info")


def _gate(root: MapNode) -> Iterator[Problem]:
    fields = root.get("extra_gated_fields")
    if fields is None:
        return
    if not isinstance(fields, MapNode):
        where = root.location("extra_gated_fields", "extra_gated_fields")
        yield Problem("extra_gated_fields is no mapping of labels to types, so that the form asks nothing", where)
        return
    for label, field in fields.items():
        node, key = (field, "type") if isinstance(field, MapNode) else (fields, label)
        kind = node.get(key)
        where = node.location(key, f"extra_gated_fields.{label}") if key in node else fields.location(label, label)
        if kind not in _GATES:
            meant = str(kind).strip().casefold() in _GATES
            message = f"the field {short(label)} of the gate is of no type that the form has: {short(kind)}"
            yield Problem(
                message, where, f"It may be {either(_GATES)}.", severity=None if meant or kind is None else "info"
            )
        elif kind == "select" and not (isinstance(field, MapNode) and isinstance(field.get("options"), SeqNode)):
            yield Problem(f"the field {short(label)} of the gate is a select without a list of options", where)


def _thumbnail(root: MapNode) -> Iterator[Problem]:
    value = root.get("thumbnail")
    if value in (None, "") or (isinstance(value, str) and _WEB.match(value)):
        return
    where = root.location("thumbnail", "thumbnail")
    message = f"thumbnail is {short(value)}; the preview of a shared link takes only an address"
    # A file of the repository is meant well, and there are many.
    yield Problem(message, where, severity="info" if isinstance(value, str) and ":" not in value else None)


def _result(result: MapNode, path: str) -> Iterator[Problem]:
    dataset = result.get("dataset")
    for node, at in ((dataset, f"{path}.dataset"), *mappings(result.get("metrics"), f"{path}.metrics")):
        if isinstance(node, MapNode) and isinstance(node.get("args"), SeqNode):
            yield Problem(f"{at}.args is a list; a mapping is read", node.location("args", f"{at}.args"), "Name each.")
    if isinstance(dataset, MapNode):
        yield from _dataset(dataset, f"{path}.dataset")


def _dataset(dataset: MapNode, path: str) -> Iterator[Problem]:
    kind: Any = dataset.get("type")
    if isinstance(kind, str):
        leaf = Leaf(dataset, "type", kind, path)
        name = page_of(kind, datasets=True)
        if name is not None:
            message = f"{leaf.path} {short(kind)} is the address of a data set, and its identifier is meant"
            yield Problem(message, leaf.location, fix=replace_value(leaf, name))
    split: Any = dataset.get("split")
    if isinstance(split, str) and split.isalpha():
        leaf = Leaf(dataset, "split", split, path)
        meant = mistaken(split.casefold(), _SPLITS)
        if meant is not None:
            yield Problem(f"{leaf.path} {short(split)} is no usual split", leaf.location, f"Is '{meant}' meant?")
