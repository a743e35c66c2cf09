"""A benchmark's `eval.yaml` that the Hub does not take.

What:
    In the `eval.yaml` of a data set's repository the framework is none that the Hub knows, or two tasks have one
    identifier.

Why:
    The Hub validates the file when it is pushed, and results find their task by its identifier.

Bad:
    # file: eval.yaml
    name: My benchmark
    evaluation_framework: inspect_ai
    tasks:
    - id: easy
    - id: easy

Good:
    # file: eval.yaml
    name: My benchmark
    evaluation_framework: inspect-ai
    tasks:
    - id: easy
    - id: hard
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Document, Leaf
from registry.checks.fixes import replace_value
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.types import MapNode, mappings
from registry.vocabulary import fold
from registry.vocabulary.hub_identifiers import hub_identifiers, hub_ids
from registry.vocabulary.slips import nearest


@rule("MIR712", "hub-benchmark", "error", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    root = document.raw.root
    if document.dialect != "benchmark" or not isinstance(root, MapNode):
        return
    framework = root.get("evaluation_framework")
    if isinstance(framework, str) and framework.strip() and framework not in hub_ids("frameworks"):
        yield _framework(Leaf(root, "evaluation_framework", framework, ""))
    tasks: dict[str, MapNode] = {}
    for task, path in mappings(root.get("tasks"), "tasks"):
        name = task.get("id")
        if isinstance(name, str) and (first := tasks.setdefault(name, task)) is not task:
            message = f"{short(name)} is already a task of this benchmark"
            yield Problem(message, task.location("id", f"{path}.id"), related=(first.location("id"),))


def _framework(leaf: Leaf) -> Problem:
    frameworks = hub_identifiers("frameworks")
    message = f"the Hub knows no framework {short(leaf.value)}"
    name = frameworks.get(fold(leaf.value))
    if name is not None:
        fix = replace_value(leaf, name)
        return Problem(f"{message}; it knows it as '{name}'", leaf.location, fix=fix)
    slip = nearest(fold(leaf.value), frameworks)
    if slip is not None:
        return Problem(message, leaf.location, hint=f"Is '{frameworks[slip]}' meant?")
    hint = "A framework of your own is put on the Hub's list first."
    return Problem(message, leaf.location, hint=hint, severity="info")
