"""An identifier that the Hub does not know.

What:
    In Hugging Face front matter a licence or task is one of the Hub's identifiers in another spelling (`Apache-2.0`,
    `Image Classification`), or one slip away from one. Identifiers that resemble none are left alone: the Hub learns
    new ones.

Why:
    The Hub matches them letter by letter. It refuses a licence that it does not know, and lists a result with an
    unknown task nowhere.

Bad:
    # file: README.md
    ---
    license: Apache-2.0
    model-index:
    - name: resnet50
      results:
      - task: {type: image-classification}
        dataset: {name: ImageNet, type: imagenet-1k}
        metrics: [{type: accuracy, value: 0.7613}]
    ---

Good:
    # file: README.md
    ---
    license: apache-2.0
    model-index:
    - name: resnet50
      results:
      - task: {type: image-classification}
        dataset: {name: ImageNet, type: imagenet-1k}
        metrics: [{type: accuracy, value: 0.7613}]
    ---
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from registry.checks.context import Context
from registry.checks.document import Document
from registry.checks.edits import replace_value
from registry.checks.leaves import Leaf
from registry.checks.rule import Problem, rule
from registry.checks.words import short
from registry.vocabulary import fold
from registry.vocabulary.hub import Identifiers, hub_identifiers
from registry.vocabulary.slips import allowed, distance


@rule("MIR506", "hub-identifier", "warning", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    if document.card.dialect != "huggingface":
        return
    for leaf in document.texts:
        kind = _kind(leaf)
        if kind is None or len(leaf.value) > 60:
            continue
        known = hub_identifiers(kind)
        folded = fold(leaf.value)
        name = known.get(folded)
        noun = "licence" if kind == "licenses" else "task"
        if name is not None and name != leaf.value:
            fix = replace_value(leaf, name, f"Write '{name}'")
            yield Problem(f"the Hub knows the {noun} {short(leaf.value)} as '{name}'", leaf.location, fix=fix)
        elif name is None and (meant := _slip(folded, known)):
            yield Problem(f"the Hub knows no {noun} {short(leaf.value)}", leaf.location, f"Is '{meant}' meant?")


def _kind(leaf: Leaf) -> Identifiers | None:
    path = leaf.path
    if path == "license" or path.startswith("license["):
        return "licenses"
    if path == "pipeline_tag" or path.endswith(".task.type"):
        return "tasks"
    return None


def _slip(folded: str, known: Mapping[str, str]) -> str | None:
    most, digits = min(allowed(len(folded)), 1), re.findall(r"\d+", folded)
    if len(folded) < 5:
        return None
    near = (name for other, name in known.items() if distance(folded, other, most) <= most)
    return next((name for name in near if re.findall(r"\d+", name) == digits), None)
