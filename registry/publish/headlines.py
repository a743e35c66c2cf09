"""The leaderboards that so many models are on that a list of models shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.evidence.beside import Shown
from registry.publish.catalog import CatalogEntry
from registry.publish.leaderboards import Board, LeaderboardDataset, LeaderboardRow
from registry.vocabulary import slug

_HEADLINES = 4
_OF_TASK = 12


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
        return ", ".join(filter(None, (self.board.metric, self.dataset.name, self.part)))

    @property
    def on(self) -> str:
        """The same, in a sentence."""
        return ", ".join(filter(None, (f"{self.board.metric} on {self.dataset.name}", self.part)))

    @property
    def part(self) -> str:
        """Which part of its dataset it is about, where that dataset has leaderboards of several."""
        variants = [set(_parts(board)) for board in self.dataset.boards if board.metric == self.board.metric]
        return ", ".join(part for part in _parts(self.board) if not all(part in variant for variant in variants))

    @property
    def key(self) -> str:
        """Its name in addresses and in CSV."""
        return ".".join(filter(None, (self.board.subject, self.dataset.slug, slug(self.part))))


def headlines(datasets: Iterable[LeaderboardDataset], models: int, *, most: int = _HEADLINES) -> tuple[Headline, ...]:
    """The fullest leaderboards, `most` of them, as long as they hold more than a twentieth of the models."""
    return tuple(headline for headline in fullest(datasets)[:most] if len(headline.of) > models // 20)


def by_task(datasets: Iterable[LeaderboardDataset]) -> dict[str, tuple[Headline, ...]]:
    """For each task the leaderboards that the fullest share of its models is on, the task with most models first.

    The first leaderboard of every data set comes before the second of any, so that data sets stand side by side.
    """
    tasks: dict[str, list[Headline]] = defaultdict(list)
    for headline in sorted(fullest(datasets), key=lambda headline: headline.dataset.boards.index(headline.board)):
        if headline.board.task:
            tasks[headline.board.task].append(headline)
    size = {task: len({slug for headline in boards for slug in headline.of}) for task, boards in tasks.items()}
    return {
        task: tuple(headline for headline in tasks[task] if len(headline.of) > size[task] // 20)[:_OF_TASK]
        for task in sorted(tasks, key=lambda task: (-size[task], task))
    }


def fullest(datasets: Iterable[LeaderboardDataset]) -> list[Headline]:
    """All leaderboards, those with most models first."""
    boards = [(dataset, board) for dataset in datasets for board in dataset.boards]
    boards.sort(key=lambda pair: -len(pair[1].places))
    return [
        Headline(dataset=dataset, board=board, of={place.entry.slug: place.shown for place in board.places})
        for dataset, board in boards
    ]


def _parts(board: Board) -> list[str]:
    return board.variant.split(", ") if board.variant else []


_RANKED = 5
"""Models of a kind on a leaderboard from which on a place among them says something."""

Likeness = Callable[[CatalogEntry, str], str]
"""What a result on a data set rests on, such as `224x224, with extra data`: the same for what may be compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardRank:
    """A model's place on the leaderboard on which it stands best, among the models that are like it.

    Attributes:
        place: From 1; equal values share one.
        among: How many models are ranked.
    """

    headline: Headline
    place: int
    among: int
    alike: str = ""

    @property
    def label(self) -> str:
        """The leaderboard, and what those on it have in common."""
        return ", ".join(filter(None, (self.headline.label, self.alike)))

    @property
    def text(self) -> str:
        """The place and of how many."""
        return f"{self.place} of {self.among}"


def ranks(datasets: Iterable[LeaderboardDataset], alike: Likeness) -> dict[str, LeaderboardRank]:
    """By a model's slug, its best place on a leaderboard of several models, by the share that it leaves behind."""
    best: dict[str, LeaderboardRank] = {}
    for headline in fullest(datasets):
        groups: dict[str, list[LeaderboardRow]] = defaultdict(list)
        for row in headline.board.places:
            if row.rank is not None:
                groups[alike(row.entry, headline.dataset.name)].append(row)
        for kind, rows in groups.items():
            for row, place in _placed(rows) if len(rows) >= _RANKED else ():
                rank = LeaderboardRank(headline=headline, place=place, among=len(rows), alike=kind)
                previous = best.get(row.entry.slug)
                if previous is None or place / len(rows) < previous.place / previous.among:
                    best[row.entry.slug] = rank
    return best


def _placed(rows: Iterable[LeaderboardRow]) -> Iterator[tuple[LeaderboardRow, int]]:
    """Rows of one leaderboard, best first, with their places among each other."""
    last, place = None, 0
    for at, row in enumerate(rows, 1):
        place = place if row.rank == last else at
        last = row.rank
        yield row, place
