"""Leaderboards: all claims about one metric on one dataset, ranked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from registry.evidence.status import Shown
from registry.publish import slugs
from registry.publish.catalog import Catalog, CatalogEntry
from registry.types import Claim, Kind, MetricTerm
from registry.vocabulary import Vocabulary, fold

_HEADLINES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardRow:
    """A claim on a leaderboard.

    Attributes:
        entry: The model.
        shown: The claim and its evidence.
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
        metric: The metric's name.
        subject: Its slug.
        kind: What it counts.
        better: Which direction is good; `None` where the vocabulary does not know.
        variant: Configuration and split of the dataset, where the cards name them.
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
        shared = sum((each.metric, each.variant) == (board.metric, board.variant) for each in self.boards) > 1
        return ", ".join(part for part in (board.metric, board.task if shared else "", board.variant) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """A leaderboard that so many models are on that a list of all models can show it.

    Attributes:
        of: By a model's slug, its claim.
    """

    dataset: LeaderboardDataset
    board: Board
    of: Mapping[str, Shown]

    @property
    def label(self) -> str:
        """What is measured, and on what."""
        return f"{self.board.metric}, {self.dataset.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuredOn:
    """The tasks and datasets that a model reports results of."""

    tasks: tuple[str, ...] = ()
    datasets: tuple[LeaderboardDataset, ...] = ()


def headlines(found: Iterable[LeaderboardDataset], models: int) -> tuple[Headline, ...]:
    """The fullest leaderboards, as long as they hold more than a twentieth of the models."""
    boards = [(dataset, board) for dataset in found for board in dataset.boards]
    boards.sort(key=lambda pair: -len(pair[1].places))
    return tuple(
        Headline(dataset=dataset, board=board, of={place.entry.slug: place.shown for place in board.places})
        for dataset, board in boards[:_HEADLINES]
        if len(board.places) > models // 20
    )


def measured_on(found: Iterable[LeaderboardDataset]) -> dict[str, MeasuredOn]:
    """By a model's slug, its tasks and datasets."""
    tasks: dict[str, dict[str, None]] = defaultdict(dict)
    on: dict[str, dict[str, LeaderboardDataset]] = defaultdict(dict)
    for dataset in found:
        for board in dataset.boards:
            for place in board.places:
                on[place.entry.slug][dataset.slug] = dataset
                if board.task:
                    tasks[place.entry.slug][board.task] = None
    return {slug: MeasuredOn(tasks=tuple(tasks[slug]), datasets=tuple(each.values())) for slug, each in on.items()}


def datasets(catalog: Catalog, vocabulary: Vocabulary) -> tuple[LeaderboardDataset, ...]:
    """Every dataset that a result names, the one with the most models first.

    Names that the vocabulary knows as one dataset are one, under the name to use.
    """
    groups: dict[str, list[tuple[CatalogEntry, Shown]]] = defaultdict(list)
    for entry in catalog.entries:
        for shown in entry.claims:
            if shown.claim.dataset is not None and shown.claim.dataset.name:
                term = vocabulary.dataset(shown.claim.dataset.name)
                groups[fold(term.name if term else shown.claim.dataset.name)].append((entry, shown))
    names = [_name(pairs, vocabulary) for pairs in groups.values()]
    terms = {term.subject: term for term in vocabulary.metrics.values()}
    found = (
        LeaderboardDataset(name=name, slug=page, boards=_boards(pairs, terms, vocabulary))
        for name, page, pairs in zip(names, slugs.assign(names), groups.values(), strict=True)
    )
    return tuple(sorted(found, key=lambda each: (-each.models, each.name.casefold())))


def _name(pairs: Iterable[tuple[CatalogEntry, Shown]], vocabulary: Vocabulary) -> str:
    printed = _commonest(shown.claim.dataset.name for _, shown in pairs if shown.claim.dataset)
    term = vocabulary.dataset(printed)
    return term.name if term else printed


def _boards(
    pairs: Iterable[tuple[CatalogEntry, Shown]], terms: Mapping[str, MetricTerm], vocabulary: Vocabulary
) -> tuple[Board, ...]:
    groups: dict[tuple[str, str, str], list[tuple[CatalogEntry, Shown]]] = defaultdict(list)
    for entry, shown in pairs:
        groups[_task(shown.claim, vocabulary), shown.claim.subject, _variant(shown.claim)].append((entry, shown))
    boards = [_board(task, variant, group, terms) for (task, _, variant), group in groups.items()]
    return tuple(sorted(boards, key=lambda board: (-len(board.places), board.metric, board.variant)))


def _task(claim: Claim, vocabulary: Vocabulary) -> str:
    term = vocabulary.task(claim.task or "")
    return term.name if term else claim.task or ""


def _board(
    task: str, variant: str, pairs: Sequence[tuple[CatalogEntry, Shown]], terms: Mapping[str, MetricTerm]
) -> Board:
    claim = pairs[0][1].claim
    term = terms.get(claim.subject)
    better = term.better if term else None
    return Board(
        task=task,
        metric=term.name if term else _commonest(shown.claim.label for _, shown in pairs),
        subject=claim.subject,
        kind=claim.kind,
        better=better,
        variant=variant,
        places=_ranked(pairs, better),
    )


def _ranked(
    pairs: Iterable[tuple[CatalogEntry, Shown]], better: Literal["higher", "lower"] | None
) -> tuple[LeaderboardRow, ...]:
    if better is None:
        return tuple(LeaderboardRow(entry=entry, shown=shown, rank=None) for entry, shown in pairs)
    ordered = sorted(pairs, key=lambda pair: _value(pair[1]), reverse=better == "higher")
    places: list[LeaderboardRow] = []
    refuted: list[LeaderboardRow] = []
    for entry, shown in ordered:
        if shown.status == "refuted":
            refuted.append(LeaderboardRow(entry=entry, shown=shown, rank=None))
            continue
        tied = bool(places) and _value(places[-1].shown) == _value(shown)
        rank = places[-1].rank if tied else len(places) + 1
        places.append(LeaderboardRow(entry=entry, shown=shown, rank=rank))
    return (*places, *refuted)


def _value(shown: Shown) -> Decimal:
    return shown.claim.reported.value


def _variant(claim: Claim) -> str:
    dataset = claim.dataset
    under = (f"{name} {text}" for name, text in claim.conditions)
    return (
        ", ".join(part for part in (dataset.config, dataset.split, dataset.subset, *under) if part) if dataset else ""
    )


def _commonest(names: Iterable[str]) -> str:
    return Counter(names).most_common(1)[0][0]
