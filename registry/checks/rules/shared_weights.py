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
from typing import NamedTuple

from registry.checks.card_view import CardView, Compared, Entry
from registry.checks.message_text import short
from registry.checks.naming import word_set
from registry.checks.rule import Context, Problem, rule
from registry.checks.siblings import SPEEDS, disagreement, resolution
from registry.checks.whole import Whole
from registry.types import Location
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.slips import LONGEST_NAME, MOST_GUESSES
from registry.vocabulary.vocabulary import is_measured

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


class _Score(NamedTuple):
    """A measured value of a metric that the vocabulary does not know.

    Attributes:
        of: Task, data set and metric, folded.
        alone: Whether no condition stands beside it.
    """

    of: tuple[str, str, tuple[str, ...], str]
    name: str
    value: str
    printed: str
    alone: bool


class _Weighted(NamedTuple):
    """A model of one file of weights.

    Attributes:
        trained: On what data it says itself that it was trained, where it has a configuration of its own.
        tested: At which size and how.
        scores: What the vocabulary does not know of what it reports.
    """

    url: str
    place: Location
    said: Compared
    config: str | None
    trained: str | None
    tested: tuple[object, ...]
    scores: tuple[_Score, ...]


def weighted_of(view: CardView) -> list[_Weighted]:
    """The models of a card that are made of one file of weights each."""
    models = []
    for entry in view.models:
        weights = entry.owner.fields.get("Weights")
        # A model that is made of several files may share one of them with others, such as its detector.
        if weights is None or weights.inherited or len(entry.weights) != 1:
            continue
        url = entry.weights[0].url
        # Models whose weights are `none` or `TBD` share nothing.
        if "." not in url and "/" not in url:
            continue
        config, data = entry.owner.fields.get("Config"), entry.owner.metadata.get("Training Data")
        own = config is not None and data is not None and not config.inherited and not data.inherited
        models.append(
            _Weighted(
                url=url,
                place=weights.location,
                said=entry.compared,
                config=None if config is None else str(config.value),
                trained=str(data.value) if own and data is not None else None,
                tested=_tested(entry),
                scores=tuple(_scores(entry, view.vocabulary)),
            )
        )
    return models


def _scores(entry: Entry, words: Vocabulary) -> Iterator[_Score]:
    for result in entry.results:
        for metric in result.metrics:
            if words.metric(metric.name) is None and is_measured(metric):
                of = fold(result.task or ""), fold(result.dataset.name), metric.within, fold(metric.name)
                value = str(metric.value)
                alone = all(map(is_measured, result.metrics))
                yield _Score(of, metric.name, value, metric.text or value, alone)


@rule("MIR306", "shared-weights", "warning", "index", facts=(weighted_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    of: dict[str, list[_Weighted]] = defaultdict(list)
    for _, models in whole.facts(weighted_of):
        for model in models:
            of[model.url].append(model)
    for url, models in of.items():
        one = models[0]
        if any(
            disagreement(one.said, other.said, but=SPEEDS) or _trained(one, other) or _unknown_score(one, other)
            for other in models[1:]
        ):
            yield from _shared(url.rpartition("/")[2].casefold(), models)


def _shared(file: str, models: list[_Weighted]) -> Iterator[Problem]:
    # Imported here because it costs more than checking a card, and few cards have the mistake.
    from difflib import SequenceMatcher

    def likeness(model: _Weighted) -> float:
        name = model.said.name.casefold()[:LONGEST_NAME]
        return SequenceMatcher(None, file[:LONGEST_NAME], name, autojunk=False).ratio()

    owner = max(models[:MOST_GUESSES], key=likeness)
    for model in models:
        if model.said.name == owner.said.name:
            continue
        same_test = owner.tested == model.tested
        differs = disagreement(owner.said, model.said, subjects=None if same_test else ("parameters",), but=SPEEDS)
        differs = differs or _trained(owner, model) or (_unknown_score(owner, model) if same_test else "")
        if differs:
            yield Problem(
                f"these are also the weights of {short(owner.said.name)}, and the two differ in {differs}",
                model.place,
                related=(owner.place,),
            )


def _trained(one: _Weighted, other: _Weighted) -> str:
    """In what data two models of two configurations were trained on, where neither's is a part of the other's."""
    if one.trained is None or other.trained is None or one.config == other.config:
        return ""
    first, second = fold(one.trained), fold(other.trained)
    if first in second or second in first:
        return ""
    return f"Training Data ({short(one.trained, 30)} and {short(other.trained, 30)})"


def _unknown_score(one: _Weighted, other: _Weighted) -> str:
    """In what score two models of two configurations differ by a metric that the vocabulary does not know."""
    if one.config is None or one.config == other.config:
        return ""
    scores = {score.of: score for score in one.scores if score.alone}
    for score in other.scores:
        same = scores.get(score.of)
        if same is not None and same.value != score.value:
            return f"{score.name} ({same.printed} and {score.printed})"
    return ""


def _tested(entry: Entry) -> tuple[object, ...]:
    fields = (entry.owner.metadata.get(name) for name in _TESTING)
    words = tuple(sorted(word_set(entry.owner.name) & _TEST_WORDS))
    return (resolution(entry.owner.name)[1], words, *(None if field is None else str(field.value) for field in fields))
