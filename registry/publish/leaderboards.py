"""Leaderboards: all claims about one metric of one task on the same part of one dataset, ranked."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from registry.claims.results import labelled
from registry.evidence.beside import Shown
from registry.publish import links
from registry.publish.catalog import Catalog, CatalogEntry
from registry.publish.escape import plain
from registry.types import Claim, Kind
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.dataset_sizes import named_split

_PERSONS = "persons only"
_SCALE = re.compile(r"(?<![a-z0-9])(?:sr)?(x(?:[2-9]|16))(?![0-9])")
_SCALED_DATA = re.compile(r"(?<![0-9])[xX](?:[2-9]|16)(?![0-9])")
_TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LINK = re.compile(r"\[([^\[\]]+)\]\(\S+\)")


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardRow:
    """A claim on a leaderboard.

    Attributes:
        rank: From 1; equal values share a rank, and the ranks that they use up are left out. `None` for a refuted
            claim, and where the vocabulary does not know which direction is good.
    """

    entry: CatalogEntry
    shown: Shown
    rank: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """A leaderboard.

    Attributes:
        task: The task, by the vocabulary's name for it where it has one.
        better: Which direction is good; `None` where the vocabulary does not know.
        variant: Configuration, split and subset of the dataset and the conditions, where they are known.
        places: The claims, best first, those without a rank last.
    """

    task: str
    metric: str
    subject: str
    kind: Kind
    better: Literal["higher", "lower"] | None
    variant: str
    places: tuple[LeaderboardRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardDataset:
    """A dataset and its leaderboards, the fullest first."""

    name: str
    slug: str
    boards: tuple[Board, ...]

    @property
    def page(self) -> str:
        """Address of its page from the site's root."""
        return f"datasets/{self.slug}.md"

    @property
    def models(self) -> int:
        """How many models report something on it."""
        return len({place.entry.slug for board in self.boards for place in board.places})

    def title(self, board: Board) -> str:
        """What tells a leaderboard from the others: its metric, and its task where two tasks share the metric."""
        shared = sum((other.metric, other.variant) == (board.metric, board.variant) for other in self.boards) > 1
        return ", ".join(part for part in (board.metric, board.task if shared else "", board.variant) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredOn:
    """The tasks and data sets that a model reports results of; without results, the task that it is meant for."""

    tasks: tuple[str, ...] = ()
    datasets: tuple[LeaderboardDataset, ...] = ()


def measured_on(datasets: Iterable[LeaderboardDataset]) -> dict[str, MeasuredOn]:
    """By a model's slug, its tasks and datasets."""
    tasks: dict[str, dict[str, None]] = defaultdict(dict)
    on: dict[str, dict[str, LeaderboardDataset]] = defaultdict(dict)
    for dataset in datasets:
        for board in dataset.boards:
            for place in board.places:
                on[place.entry.slug][dataset.slug] = dataset
                if board.task:
                    tasks[place.entry.slug][board.task] = None
    return {slug: MeasuredOn(tasks=tuple(tasks[slug]), datasets=tuple(group.values())) for slug, group in on.items()}


def meant_for(entry: CatalogEntry, vocabulary: Vocabulary) -> str:
    """The task that a card says that its model is for, as the Hub's cards do; empty where it says none."""
    tag = entry.model.get("pipeline_tag")
    if not isinstance(tag, str) or not tag.strip():
        return ""
    term = vocabulary.task(tag)
    return term.name if term else _titled(plain(tag))


def datasets(catalog: Catalog, vocabulary: Vocabulary) -> tuple[LeaderboardDataset, ...]:
    """Every dataset that a result names, the one with the most models first, then in the order of the cards.

    Names that the vocabulary knows as one dataset are one, under the name to use.
    """
    groups: dict[str, list[tuple[CatalogEntry, Shown]]] = defaultdict(list)
    for entry in catalog.entries:
        for outcome in entry.claims:
            if outcome.claim.dataset is not None and outcome.claim.dataset.name:
                groups[fold(_known_name(outcome.claim.dataset.name, vocabulary))].append((entry, outcome))
    names = [_name(pairs, vocabulary) for pairs in groups.values()]
    leaderboards = (
        LeaderboardDataset(name=name, slug=page, boards=_boards(pairs, vocabulary))
        for name, page, pairs in zip(names, links.assign(names), groups.values(), strict=True)
    )
    return tuple(sorted(leaderboards, key=lambda dataset: -dataset.models))


def _name(pairs: Iterable[tuple[CatalogEntry, Shown]], vocabulary: Vocabulary) -> str:
    return _known_name(
        _commonest(outcome.claim.dataset.name for _, outcome in pairs if outcome.claim.dataset), vocabulary
    )


def _known_name(printed: str, vocabulary: Vocabulary) -> str:
    """The name to use of a dataset, without a split that is printed as a part of it, such as `COCO val2017`.

    Of a link in Markdown it is the text.
    """
    linked = _LINK.fullmatch(printed.strip())
    printed = linked[1] if linked else printed
    term = vocabulary.dataset(printed)
    if term is not None:
        return term.name
    dataset = named_split(printed).known
    return dataset.name if dataset is not None and "/" not in dataset.name else printed


def _boards(pairs: Iterable[tuple[CatalogEntry, Shown]], vocabulary: Vocabulary) -> tuple[Board, ...]:
    groups: dict[tuple[str, str, str], list[tuple[CatalogEntry, Shown]]] = defaultdict(list)
    for entry, outcome in pairs:
        about = _task(entry, outcome.claim, vocabulary), outcome.claim.subject, variant(entry, outcome.claim)
        groups[about].append((entry, outcome))
    boards = [_board(task, variant, group, vocabulary) for (task, _, variant), group in groups.items()]
    return tuple(sorted(boards, key=lambda board: -len(board.places)))


def _task(entry: CatalogEntry, claim: Claim, vocabulary: Vocabulary) -> str:
    """A result's task: by its name, which may be in any language, else by the Hub's word for it."""
    name = claim.task or ""
    tagged = (entry.model.results[claim.result].task_type if claim.result is not None else None) or ""
    if tagged == name == "Classification" and "mteb" in str(claim.dataset and claim.dataset.identity).casefold():
        return "Text Classification"  # MTEB's word; elsewhere it is of pictures
    term = vocabulary.task(name) or vocabulary.task(tagged)
    return term.name if term else _titled(tagged or name)


def _titled(text: str) -> str:
    """A task of the Hub as a heading: `reinforcement-learning` is `Reinforcement Learning`."""
    return " ".join(map(str.capitalize, text.split("-"))) if _TAG.fullmatch(text) else text


def _board(task: str, variant: str, pairs: Sequence[tuple[CatalogEntry, Shown]], vocabulary: Vocabulary) -> Board:
    claim = pairs[0][1].claim
    term = vocabulary.of_subject(claim.subject)
    directions = {outcome.claim.term.better for _, outcome in pairs} - {None}
    better = term.better if term else directions.pop() if len(directions) == 1 else None
    return Board(
        task=task,
        metric=term.name if term else _commonest(_bare_label(outcome.claim) for _, outcome in pairs),
        subject=claim.subject,
        kind=claim.kind,
        better=better,
        variant=variant,
        places=_ranked(pairs, better),
    )


def _bare_label(claim: Claim) -> str:
    """A claim's label without its conditions, which a leaderboard has beside its metric."""
    return claim.label.removesuffix(labelled("", claim.conditions))


def _ranked(
    pairs: Iterable[tuple[CatalogEntry, Shown]], better: Literal["higher", "lower"] | None
) -> tuple[LeaderboardRow, ...]:
    if better is None:
        return tuple(LeaderboardRow(entry=entry, shown=outcome, rank=None) for entry, outcome in pairs)
    ordered = sorted(pairs, key=lambda pair: _value(pair[1]), reverse=better == "higher")
    ranks: dict[Decimal, int] = {}
    holding = (outcome for _, outcome in ordered if outcome.verdict != "refuted")
    for at, outcome in enumerate(holding, 1):
        ranks.setdefault(_value(outcome), at)
    places = [
        LeaderboardRow(
            entry=entry, shown=outcome, rank=None if outcome.verdict == "refuted" else ranks[_value(outcome)]
        )
        for entry, outcome in ordered
    ]
    return tuple(sorted(places, key=lambda place: place.rank is None))


def _value(outcome: Shown) -> Decimal:
    return outcome.claim.reported.value


def variant(entry: CatalogEntry, claim: Claim) -> str:
    """On which part of its dataset, and under what, a claim was measured; where no split is named, the one meant."""
    dataset = claim.dataset
    if dataset is None:
        return ""
    split = named_split(dataset.name, config=dataset.config, split=dataset.split).split or dataset.split
    subset = dataset.subset or (_PERSONS if _knows_persons_alone(entry, claim) else None)
    under = (f"{name} {text}" for name, text in claim.conditions)
    config = None if dataset.config is None or _says(dataset.name, dataset.config) else dataset.config
    return ", ".join(part for part in (config, split, subset, _scale(entry, claim), *under) if part)


def unsaid(entry: CatalogEntry, claim: Claim) -> str:
    """The same, without what the data set's name says: the split of `Cityscapes val` and of `MNIST (test)`."""
    name = claim.dataset.name if claim.dataset else ""
    return ", ".join(part for part in variant(entry, claim).split(", ") if not _says(name, part))


def _says(name: str, config: str) -> bool:
    """Whether a data set's name says its configuration, as `FLEURS sw_ke` does; the Hub's default is none.

    >>> _says("MTEB ArguAna", "default"), _says("MTEB STS22 (zh)", "zh"), _says("XNLI", "zh")
    (True, True, False)
    """
    return config == "default" or re.search(rf"(?<!\w){re.escape(config)}(?!\w)", name) is not None


def _scale(entry: CatalogEntry, claim: Claim) -> str:
    """How much larger a model makes its pictures, by its name: papers keep results at x2, x3 and x4 apart.

    Empty where it says none or several, or where the data set's name or a condition says it.
    """
    if claim.dataset is None or "super resolution" not in fold(claim.task or ""):
        return ""
    if _SCALED_DATA.search(claim.dataset.name) or any("scale" in name.casefold() for name, _ in claim.conditions):
        return ""
    scales = set(_SCALE.findall(entry.name.casefold()))
    return scales.pop() if len(scales) == 1 else ""


def _knows_persons_alone(entry: CatalogEntry, claim: Claim) -> bool:
    """Whether boxes or masks are of persons only: those of a model that finds the points of their bodies."""
    if claim.subject.startswith("keypoint") or claim.dataset is None:
        return False
    points = (outcome.claim.dataset for outcome in entry.claims if outcome.claim.subject.startswith("keypoint"))
    own = _bare_name(claim.dataset.name)
    return any(dataset is not None and _bare_name(dataset.name) == own for dataset in points)


def _bare_name(name: str) -> str:
    """A dataset whatever its split."""
    dataset = named_split(name).known
    return fold(dataset.name if dataset else name)


def _commonest(names: Iterable[str]) -> str:
    return Counter(names).most_common(1)[0][0]
