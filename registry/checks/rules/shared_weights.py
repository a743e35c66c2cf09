"""One file of weights for models that differ.

What:
    Two models name the same weights, but report different numbers of parameters; or different FLOPs or scores, although
    nothing says that they were tested at different sizes; or other training data, with other configurations. It is said
    of the model that resembles the file's name less.

Why:
    One file cannot be both. A line was copied from the neighbour and not changed, so that users download the wrong
    model.

Bad:
    Models:
    - Name: resnest101e
      Weights: https://example.org/models/resnest101-22405ba7.pth
      Metadata:
        Parameters: 48280000
    - Name: resnest200e
      Weights: https://example.org/models/resnest101-22405ba7.pth
      Metadata:
        Parameters: 70200000

Good:
    Models:
    - Name: resnest101e
      Weights: https://example.org/models/resnest101-22405ba7.pth
      Metadata:
        Parameters: 48280000
    - Name: resnest200e
      Weights: https://example.org/models/resnest200-75117900.pth
      Metadata:
        Parameters: 70200000
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.agreement import SPEEDS, disagreement
from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import short
from registry.checks.naming import word_set
from registry.checks.rule import Problem, rule
from registry.checks.siblings import resolution
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.condition_names import is_measured
from registry.vocabulary.slips import LONGEST_NAME, MOST_GUESSES

_TESTING = ("Image Size", "Crop Pct", "Interpolation")
_TEST_WORDS = frozenset(
    {
        "flip",
        "infer",
        "inference",
        "ms",
        "mstest",
        "multi",
        "multiscale",
        "private",
        "public",
        "ss",
        "test",
        "tta",
        "val",
    }
)
"""Words of a name that say how, and not what, was tested: one file of weights may be tested in several ways."""


@rule("MIR306", "shared-weights", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    of: dict[str, list[Entry]] = defaultdict(list)
    words = context.vocabulary
    for entry in context.models:
        weights = entry.owner.fields.get("Weights")
        # A model that is made of several files may share one of them with others, such as its detector.
        if entry.model is not None and weights is not None and not weights.inherited and len(entry.model.weights) == 1:
            url = entry.model.weights[0].url
            # Models whose weights are `none` or `TBD` share nothing.
            if "." in url or "/" in url:
                of[url].append(entry)
    for url, entries in of.items():
        if any(_differ(entries[0], entry, words) for entry in entries[1:]):
            yield from _shared(url.rpartition("/")[2].casefold(), entries, words)


def _shared(file: str, entries: list[Entry], words: Vocabulary) -> Iterator[Problem]:
    # Imported here because it costs more than checking a card, and few cards have the mistake.
    from difflib import SequenceMatcher

    def likeness(entry: Entry) -> float:
        name = entry.owner.name.casefold()[:LONGEST_NAME]
        return SequenceMatcher(None, file[:LONGEST_NAME], name, autojunk=False).ratio()

    owner = max(entries[:MOST_GUESSES], key=likeness)
    for entry in entries:
        if entry.owner.name == owner.owner.name:
            continue
        same_test = _tested(owner) == _tested(entry)
        differs = disagreement(owner, entry, subjects=None if same_test else ("parameters",), but=SPEEDS)
        differs = differs or _trained(owner, entry) or (_unknown_score(owner, entry, words) if same_test else "")
        if differs:
            yield Problem(
                f"these are also the weights of {short(owner.owner.name)}, and the two differ in {differs}",
                entry.owner.fields["Weights"].location,
                related=(owner.owner.fields["Weights"].location,),
            )


def _differ(one: Entry, other: Entry, words: Vocabulary) -> str:
    return disagreement(one, other, but=SPEEDS) or _trained(one, other) or _unknown_score(one, other, words)


def _trained(one: Entry, other: Entry) -> str:
    """In what data two models of two configurations were trained on, where neither's is a part of the other's."""
    said = [entry.owner.metadata.get("Training Data") for entry in (one, other)]
    configs = [entry.owner.fields.get("Config") for entry in (one, other)]
    if any(field is None or field.inherited for field in (*said, *configs)):
        return ""
    first, second = (fold(str(field.value)) for field in said if field is not None)
    if first in second or second in first or len({str(field.value) for field in configs if field is not None}) < 2:
        return ""
    return f"Training Data ({short(said[0].value, 30)} and {short(said[1].value, 30)})" if said[0] and said[1] else ""


def _unknown_score(one: Entry, other: Entry, words: Vocabulary) -> str:
    """In what score two models of two configurations differ by a metric that the vocabulary does not know."""
    if one.model is None or other.model is None or one.owner.fields.get("Config") is None:
        return ""
    if str(one.owner.fields["Config"].value) == str(getattr(other.owner.fields.get("Config"), "value", None)):
        return ""
    scores = {
        (fold(result.task or ""), fold(result.dataset.name), metric.within, fold(metric.name)): metric
        for result in one.model.results
        for metric in result.metrics
        if words.metric(metric.name) is None and all(map(is_measured, result.metrics))
    }
    for result in other.model.results:
        for metric in result.metrics:
            same = scores.get((fold(result.task or ""), fold(result.dataset.name), metric.within, fold(metric.name)))
            if same is not None and is_measured(metric) and str(same.value) != str(metric.value):
                return f"{metric.name} ({same.text or same.value} and {metric.text or metric.value})"
    return ""


def _tested(entry: Entry) -> tuple[object, ...]:
    fields = (entry.owner.metadata.get(name) for name in _TESTING)
    said = word_set(entry.owner.name) & _TEST_WORDS
    return (resolution(entry.owner.name)[1], said, *(None if field is None else str(field.value) for field in fields))
