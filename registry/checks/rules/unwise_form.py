"""A form that is legal and that few tools read.

What:
    `Models` or `Collections` is one mapping instead of a list of one, or a file is a bare list of models. In
    OpenMMLab's metafiles, `Config` is a list: that is a warning.

Why:
    The format's own loader takes these, and other tools do not. OpenMMLab's `mim` looks one configuration up for each
    model, and stops at a list.

Bad:
    Models:
      Name: AlexNet
      Weights: https://example.org/alexnet.pth

Good:
    Models:
    - Name: AlexNet
      Weights: https://example.org/alexnet.pth
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import CardView
from registry.checks.document_texts import Document
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.dialects.forms import form_of
from registry.types import MapNode, SeqNode, child_path
from registry.vocabulary.fields import names

_DIALECTS = ("model-index", "metafile")


def bare_of(view: CardView) -> list[Problem]:
    """What to say of a file that is a bare list of models, where no index names it: then everybody reads it."""
    problems = []
    for document in view.documents:
        root = document.raw.root
        if not isinstance(root, SeqNode) or document.dialect not in _DIALECTS:
            continue
        if form_of(root) == "models" and any(isinstance(item, MapNode) for item in root):
            location = root.source.location(root.start, None)
            problems.append(Problem("the file is a list of models", location, "Put them under a key 'Models'."))
    return problems


def _across(whole: Whole, context: Context) -> Iterator[Problem]:
    for card, problems in whole.facts(bare_of):
        if card.file not in whole.imported:
            yield from problems


@rule("MIR106", "unwise-form", "info", "document", facts=(bare_of,), across=_across)
def check(document: Document, context: Context) -> Iterator[Problem]:
    root, dialect = document.raw.root, document.dialect
    if dialect not in _DIALECTS:
        return
    if not isinstance(root, MapNode):
        return
    spellings = names("index")
    for key, value in root.items():
        if spellings[key] in ("Models", "Collections"):
            if isinstance(value, MapNode):
                yield Problem(f"{key} is one mapping", root.key_location(key, key), "Make it a list of one.")
            elif dialect == "metafile" and isinstance(value, SeqNode):
                yield from _configs(value, key)


def _configs(items: SeqNode, path: str) -> Iterator[Problem]:
    for number, item in enumerate(items):
        if isinstance(item, MapNode):
            key = next((key for key in item if names("model")[key] == "Config"), None)
            if key is not None and isinstance(item[key], SeqNode):
                at = f"{child_path(path, number)}.{key}"
                message = f"{at} is a list, where OpenMMLab's tools take one configuration"
                yield Problem(message, item.location(key, at), severity="warning")
