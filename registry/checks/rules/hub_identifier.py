"""An identifier that the Hub does not know.

What:
    In Hugging Face front matter a task, library or metric is one of the Hub's identifiers in another spelling
    (`Image Classification`), one slip away from one (`transfomers`), or another word for one (`ASR`). Of an identifier
    that resembles none it is only remarked that it is not on the list, whose day `mir rules` names: the Hub learns new
    ones. Tasks of results are left alone where they may be another benchmark's, as MTEB's `Summarization` is.

Why:
    The Hub matches them letter by letter. A model with an unknown task is found by no filter, and one of an unknown
    library comes without its code.

Bad:
    # file: README.md
    ---
    license: apache-2.0
    pipeline_tag: Image Classification
    ---

Good:
    # file: README.md
    ---
    license: apache-2.0
    pipeline_tag: image-classification
    ---
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from registry.checks.document_texts import Leaf
from registry.checks.fixes import replace_value
from registry.checks.hub_documents import metrics_of, results_of, texts_of
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import MapNode, Severity
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.hub_identifiers import Identifiers, hub_identifiers, hub_ids, library_meant, task_meant
from registry.vocabulary.slips import mistaken, nearest

_FORMED = lazy_regex(r"[a-z0-9]+(?:[-_.][a-z0-9]+)+")
"""A task that the Hub might have learned since the list was made; all of its tasks but a few have several words."""

_VARIANT = lazy_regex(r"[ _-]?(?:\d|l|lsum)$")
"""What follows the name of ROUGE and BLEU: which of them."""

_LONG = 8
"""Letters of a metric's name that hardly another one resembles."""

_MTEB = frozenset({"Classification", "Clustering", "Reranking", "Retrieval", "STS", "Summarization"})
"""Tasks of MTEB, whose scripts match them letter by letter, that could be taken for the Hub's."""


@rule("MIR506", "hub-identifier", "warning", "hub-model", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    for leaf in texts_of(root, "pipeline_tag"):
        yield from _task(leaf)
    for leaf in texts_of(root, "library_name"):
        yield from _library(leaf)
    for leaf in texts_of(root, "metrics"):
        yield from _metric(leaf, context.vocabulary)
    for result, path in results_of(root):
        task = result.get("task")
        if isinstance(task, MapNode) and isinstance(task.get("type"), str):
            yield from _task_of_result(Leaf(task, "type", task["type"], f"{path}.task"), result)
    for metric, path in metrics_of(root):
        kind = metric.get("type")
        if isinstance(kind, str) and (meant := _misspelt(kind)):
            place = Leaf(metric, "type", kind, path).location
            yield Problem(f"the metric {short(kind)} is unknown", place, f"Is '{meant}' meant?")


def _task(leaf: Leaf) -> list[Problem]:
    text = leaf.value
    if text in hub_ids("tasks") or not text.strip():
        return []
    problems = _spelling(leaf, "task", "tasks")
    if problems:
        return problems
    meant = task_meant(text)
    message = f"the Hub lists no models under the task {short(text)}"
    if meant:
        # A name of long standing is in many cards, and the Hub takes it.
        severity: Severity | None = "info" if text in hub_ids("subtasks") else None
        return [Problem(message, leaf.location, f"Is '{meant}' meant?", severity=severity)]
    return _unlisted(leaf, "task", "tasks", "info" if _FORMED.fullmatch(text) else "warning")


def _library(leaf: Leaf) -> list[Problem]:
    meant = library_meant(leaf.value)
    if meant == leaf.value:
        return []
    if meant is None or leaf.value in hub_ids("libraries"):
        return _spelling(leaf, "library", "libraries") or _unlisted(leaf, "library", "libraries")
    fix = replace_value(leaf, meant)
    return [Problem(f"the Hub knows the library {short(leaf.value)} as '{meant}'", leaf.location, fix=fix)]


def _metric(leaf: Leaf, words: Vocabulary) -> list[Problem]:
    text, metrics = leaf.value, hub_identifiers("metrics")
    folded = fold(text)
    if folded in metrics or words.metric(text) is not None or len(folded) > 60:
        return []
    slip = nearest(folded, metrics) or mistaken(folded, metrics)
    meant = metrics[slip] if slip else nearest(folded, [name for name in words.metrics if len(name) >= _LONG])
    return [Problem(f"the metric {short(text)} is unknown", leaf.location, f"Is '{meant}' meant?")] if meant else []


@lru_cache(maxsize=1024)
def _misspelt(kind: str) -> str | None:
    """The Hub's metric that a result's was meant to be: letters swapped, or one of a long word; people make them up."""
    names = hub_identifiers("metrics")
    word = _VARIANT.sub("", fold(kind))
    if len(word) > 20 or word in names or fold(kind) in names:
        return None
    long = [name for name in names if len(name) >= _LONG and name[0] == word[:1]]
    return mistaken(word, names) or (nearest(word, long) if word.isalpha() and not word.endswith("s") else None)


def _task_of_result(leaf: Leaf, result: MapNode) -> list[Problem]:
    text = leaf.value
    if text in hub_ids("tasks") or text in hub_ids("subtasks") or text in _MTEB:
        return []
    dataset = result.get("dataset")
    if isinstance(dataset, MapNode) and str(dataset.get("type", "")).lower().startswith("mteb/"):
        return []
    return _spelling(leaf, "task", "tasks")


def _spelling(leaf: Leaf, noun: str, kind: Identifiers) -> list[Problem]:
    """Another spelling of an identifier, or a slip."""
    text, identifiers = leaf.value, hub_identifiers(kind)
    if text in hub_ids(kind) or len(text) > 60:
        return []
    folded = fold(text)
    name = identifiers.get(folded)
    if name is not None:
        fix = replace_value(leaf, name)
        return [Problem(f"the Hub knows the {noun} {short(text)} as '{name}'", leaf.location, fix=fix)]
    slip = nearest(folded, identifiers)
    if slip is None:
        return []
    return [Problem(f"the Hub knows no {noun} {short(text)}", leaf.location, f"Is '{identifiers[slip]}' meant?")]


def _unlisted(leaf: Leaf, noun: str, kind: Identifiers, severity: Severity = "info") -> list[Problem]:
    if leaf.value in hub_ids(kind) or not leaf.value.strip():
        return []
    message = f"the {noun} {short(leaf.value)} is not among the Hub's {len(hub_ids(kind))} {kind}"
    return [Problem(message, leaf.location, severity=severity)]
