"""Where a model stands among its like: on the same leaderboard, with the same input and as much training data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from registry.publish.catalog import CatalogEntry
from registry.publish.headlines import Headline, fullest
from registry.publish.leaderboards import LeaderboardDataset, LeaderboardRow

_RANKED = 5
"""Models of a kind on a leaderboard from which on a place among them says something."""

Likeness = Callable[[CatalogEntry, str], str]
"""What a result on a data set rests on, such as `224x224, with extra data`: the same for what may be compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaderboardRank:
    """A model's place on the leaderboard on which it stands best, among the models that are like it.

    Attributes:
        headline: The leaderboard.
        place: From 1; equal values share one.
        among: How many models are ranked.
        alike: What they have in common; empty where nothing is known.
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


def ranks(found: Iterable[LeaderboardDataset], alike: Likeness) -> dict[str, LeaderboardRank]:
    """By a model's slug, its best place on a leaderboard of several models, by the share that it leaves behind."""
    best: dict[str, LeaderboardRank] = {}
    for headline in fullest(found):
        groups: dict[str, list[LeaderboardRow]] = defaultdict(list)
        for row in headline.board.places:
            if row.rank is not None:
                groups[alike(row.entry, headline.dataset.name)].append(row)
        for kind, rows in groups.items():
            for row, place in _placed(rows) if len(rows) >= _RANKED else ():
                rank = LeaderboardRank(headline=headline, place=place, among=len(rows), alike=kind)
                known = best.get(row.entry.slug)
                if known is None or place / len(rows) < known.place / known.among:
                    best[row.entry.slug] = rank
    return best


def _placed(rows: Iterable[LeaderboardRow]) -> Iterator[tuple[LeaderboardRow, int]]:
    """Rows of one leaderboard, best first, with their places among each other."""
    last, place = None, 0
    for at, row in enumerate(rows, 1):
        place = place if row.rank == last else at
        last = row.rank
        yield row, place
