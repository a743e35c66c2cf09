"""What stands beside a model's results, so that like is compared with like: cost in one unit, input, data, date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

from registry.claims.publication import CODE_KEYS, DATA_KEYS, licence, published
from registry.evidence.beside import Shown
from registry.publish.catalog import Catalog, CatalogEntry
from registry.publish.escape import link, plain
from registry.publish.leaderboards import LeaderboardDataset
from registry.publish.papers import PaperReference, of_model
from registry.types.safe_text import shortened
from registry.vocabulary import fold
from registry.vocabulary.architectures import data_names, named_data
from registry.vocabulary.dataset_sizes import named_split

UNIT = "MACs"
"""The one convention whose counts are compared: multiply-accumulates of convolutions and matrix products."""

_SIZE_KEYS = ("Image Size", "Input Size", "Resolution")
_MEASURED_COSTS = frozenset({"throughput", "inference-time", "peak-memory"})
_SIDE_IN_NAME = re.compile(r"(?<![0-9a-z])([1-9][0-9]{1,3})px(?![0-9a-z])", re.IGNORECASE)
_SIDES = re.compile(r"\d{1,5}(?:\s*[xX\u00d7,]\s*\d{1,5}){0,3}")
_LONGEST = 60
_MOST_CHANNELS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What a model is, as far as its card and its evidence say.

    Attributes:
        macs: Its multiply-accumulates on `size`, counted from its trace; `None` where nobody counted them.
        size: The input that its numbers are about, such as `224x224`; empty where nobody says.
        pixels: How many values of one channel that is, to sort by.
        training_data: What it was trained on, by its card or its name.
        date: When it was published, `2015-12` or `2015`; empty where nothing says.
        added: When its card came into the registry, `2015-12`; empty where git does not know.
        licence: Its licence, and `licence_url` its address.
    """

    macs: int | None = None
    size: str = ""
    pixels: int = 0
    training_data: tuple[str, ...] = ()
    date: str = ""
    added: str = ""
    licence: str = ""
    licence_url: str | None = None
    papers: tuple[PaperReference, ...] = ()
    code: str | None = None
    speeds: tuple[Shown, ...] = ()

    def extra_data(self, dataset: str) -> tuple[str, ...]:
        """The data that it was trained on beside a data set that it is tested on, or that it is a variant of."""
        own = _family(dataset)
        return tuple(name for name in self.training_data if _family(name) != own and not _is_variant(dataset, of=name))


def profile(entry: CatalogEntry, catalog: Catalog, added: str = "") -> Profile:
    """What the card and the evidence of a model say of it."""
    size = _size(entry)
    papers = of_model(entry, catalog)
    name, address = licence(entry.model)
    code = catalog.said(entry, *CODE_KEYS)
    return Profile(
        macs=macs(entry),
        size="x".join(map(str, size)),
        pixels=prod(size) if size else 0,
        training_data=tuple(_training_data(entry)),
        date=published(entry.model, (paper.arxiv for paper in papers), entry.card.body)[:7],
        added=added,
        licence=_short_licence(plain(name)),
        licence_url=link(address),
        papers=papers,
        code=link(code.get("URL") or "") if isinstance(code, Mapping) else link(code or ""),
        speeds=tuple(outcome for outcome in entry.claims if outcome.claim.subject in _MEASURED_COSTS),
    )


def trained_on(datasets: Iterable[LeaderboardDataset], profiles: Mapping[str, Profile]) -> frozenset[str]:
    """The data sets that a model on their leaderboards is trained on, or was after it had learned on known larger data.

    Where nobody trains on what is tested, as with benchmarks of language models, no data is extra.
    """
    beyond = {_family(name) for name in data_names()}

    def says(dataset: str, entry: CatalogEntry) -> bool:
        one = profiles[entry.slug]
        larger = any(_family(name) in beyond for name in one.training_data)
        return larger or len(one.extra_data(dataset)) < len(one.training_data)

    return frozenset(
        dataset.name
        for dataset in datasets
        if any(says(dataset.name, place.entry) for board in dataset.boards for place in board.places)
    )


def macs(entry: CatalogEntry) -> int | None:
    """A model's multiply-accumulates, as counted from its trace; `None` where its evidence has no such count."""
    for outcome in entry.claims:
        if outcome.claim.subject == "flops":
            for name, value, unit in counts(outcome):
                if name == UNIT and unit == UNIT:
                    return value
    return None


def counts(outcome: Shown) -> list[tuple[str, int, str]]:
    """What each convention counts, as a record holds it: name, count and unit; what is not of that form is left out."""
    rows = outcome.details.get("conventions")
    return [
        (row[0], row[1], row[2])
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) and type(row[1]) is int and row[1] > 0
    ]


def _size(entry: CatalogEntry) -> tuple[int, ...]:
    """The input without its channels: that of the counted trace, else what the card says, or a name as `x-384px`."""
    for outcome in entry.claims:
        shape = outcome.details.get("input") if outcome.claim.subject == "flops" else None
        if isinstance(shape, list) and len(shape) > 1 and all(type(side) is int and side > 0 for side in shape):
            return tuple(shape[1:])
    for key in _SIZE_KEYS:
        value = entry.model.get(key)
        text = _SIDES.fullmatch(str(value).strip(" '\"[]()")) if value is not None else None
        sides = tuple(int(side) for side in re.findall(r"\d+", text[0])) if text else ()
        if sides and all(sides):
            # One number is a square's side; a small one in front of others counts channels.
            return sides * 2 if len(sides) == 1 else sides[sides[0] <= _MOST_CHANNELS :]
    match = _SIDE_IN_NAME.search(entry.name)
    return (int(match[1]), int(match[1])) if match else ()


def _training_data(entry: CatalogEntry) -> Iterator[str]:
    seen: set[str] = set()
    for name in (*_said(entry), *named_data(entry.name)):
        if (family := _family(name)) not in seen:
            seen.add(family)
            yield name


def _said(entry: CatalogEntry) -> Iterator[str]:
    for key in DATA_KEYS:
        yield from (name for name in _texts(entry.model.get(key)) if 0 < len(name) <= _LONGEST)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return [] if value is None or isinstance(value, Mapping) else [plain(value)]


@lru_cache(maxsize=4096)
def _family(name: str) -> str:
    """A data set whatever its split and part: `COCO val2017` is `COCO`, and brackets do not count."""
    dataset = named_split(name).known
    return fold(dataset.name if dataset else name.partition("(")[0])


def _is_variant(dataset: str, *, of: str) -> bool:
    """Whether the name of one data set is that of another and something more: `COCO Panoptic`, `ImageNet-A`."""
    name, longer = of.partition("(")[0].strip().casefold(), dataset.casefold()
    return bool(name) and longer.startswith(name) and not longer[len(name) :][:1].isalnum()


def _short_licence(text: str) -> str:
    """A licence as a word: an address is called by its host."""
    if link(text) is None:
        return shortened(text, _LONGEST)
    return text.partition("://")[2].partition("/")[0].removeprefix("www.")
