"""A result that is no number.

What:
    In a card of the Hugging Face Hub a metric's value is a truth value, a list, a mapping, or a text such as
    `nan +/- nan`, or a number in quotes, which is a text.

Why:
    A result is one number, or a text that holds one such as `20.9 +/- 1.2`. Leaderboards leave out what is none, or
    stop at it.

Bad:
    # file: README.md
    ---
    model-index:
    - name: resnet50
      results:
      - task: {type: image-classification}
        dataset: {name: ImageNet, type: imagenet-1k}
        metrics: [{type: accuracy, value: true}]
    ---

Good:
    # file: README.md
    ---
    model-index:
    - name: resnet50
      results:
      - task: {type: image-classification}
        dataset: {name: ImageNet, type: imagenet-1k}
        metrics: [{type: accuracy, value: 0.7613}]
    ---
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Leaf
from registry.checks.fixes import without_quotes
from registry.checks.hub_documents import metrics_of, no_number
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.types import MapNode


@rule("MIR708", "hub-value", "warning", "hub-model", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    for metric, path in metrics_of(root):
        value = metric.get("value", 0)
        kind = no_number(value)
        leaf = Leaf(metric, "value", value, path)
        fix = without_quotes(leaf) if isinstance(value, str) and kind is None else None
        if fix is not None:
            yield Problem(f"{leaf.path} {short(value)} is a text; leaderboards sort numbers", leaf.location, fix=fix)
        names = [str(metric[key]) for key in ("name", "type") if metric.get(key)]
        # A number that is none, and a text that should be a number of a known metric, are MIR201's.
        if (
            kind is None
            or isinstance(value, float)
            or (isinstance(value, str) and any(map(context.vocabulary.metric, names)))
        ):
            continue
        location = metric.location("value", f"{path}.value")
        yield Problem(f"{names[0] if names else 'the value'} is {kind}, and no result", location)
