"""Columns that tables of models share: cost in one unit, input, training data, date, licence, paper, code, speed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.evidence.beside import Shown
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.escape import plain
from registry.publish.html_table import Cell, Column, Part, number, printed, text
from registry.publish.profile import Profile
from registry.publish.speeds import Machine, batch, on_machines
from registry.vocabulary import slug

NONE_KNOWN = "none known"
"""What a model was trained on beside the data that it is tested on, where nothing says it."""

_SPEEDS = 3
"""Machines that get a column of times or throughputs: those of most models."""

Fill = Callable[[CatalogEntry, Profile], Cell]


@dataclass(frozen=True, slots=True)
class Filled:
    """A column and what stands in it for a model.

    Attributes:
        of: Which data set its cells are about, where it matters.
    """

    column: Column
    fill: Fill
    of: str = ""

    @property
    def holds(self) -> str:
        """What its cells hold: columns of several tables that hold the same say the same of a model."""
        return f"{self.column.key} {self.of}"


def costs() -> tuple[Filled, ...]:
    """Parameters, the counted MACs and the input that they are counted on; what the card calls FLOPs is folded away."""
    return (
        Filled(
            Column(key="parameters", label="Parameters", filter="range", number=True),
            lambda entry, _: claimed(about(entry, "parameters")),
        ),
        Filled(
            Column(
                key="macs",
                label="MACs",
                filter="range",
                number=True,
                about="Multiply-accumulates of convolutions and matrix products, counted from the model's trace",
            ),
            lambda _, profile: number(profile.macs, "count"),
        ),
        Filled(
            Column(
                key="input",
                label="Input",
                filter="choice",
                number=True,
                about="Size of the input that it is counted and tested on",
            ),
            lambda _, profile: Cell((Part(profile.size),), sort=profile.pixels) if profile.size else Cell(),
        ),
        Filled(
            Column(
                key="card_flops",
                label="FLOPs on the card",
                unsearched=True,
                folded=True,
                about="As the card prints it: unit and convention differ from card to card",
            ),
            lambda entry, _: _as_printed(about(entry, "flops")),
        ),
    )


def circumstances(
    content: PageContent, entries: Iterable[CatalogEntry], *, dataset: str | None = None
) -> tuple[Filled, ...]:
    """What a result rests on, and where to read more.

    Args:
        content: What the pages show.
        entries: The models of the table.
        dataset: The data set that the table is about; the data beyond it is what is extra.
    """
    about_extra = dataset is not None and dataset in content.trained_on

    def data(entry: CatalogEntry, profile: Profile) -> Cell:
        names = (
            (content.extra_data(entry.slug, dataset or "") or (NONE_KNOWN,)) if about_extra else profile.training_data
        )
        return Cell(tuple(Part(name) for name in names))

    return (
        Filled(
            Column(
                key="data",
                label="Extra data" if about_extra else "Training data",
                filter="choice",
                folded=not about_extra,
            ),
            data,
            dataset or "" if about_extra else "",
        ),
        Filled(Column(key="date", label="Published", filter="choice", about="By the card or by its paper"), _date),
        Filled(
            Column(key="added", label="Card added", filter="choice", folded=True, about="By the history of its file"),
            lambda _, profile: Cell((Part(profile.added, value=profile.added[:4]),)) if profile.added else Cell(),
        ),
        Filled(
            Column(key="licence", label="Licence", filter="choice", folded=dataset is None),
            lambda _, profile: text(profile.licence, url=profile.licence_url),
        ),
        Filled(
            Column(key="library", label="Library", filter="choice", folded=True, about="What the card says it runs in"),
            lambda entry, _: _library(entry),
        ),
        Filled(Column(key="paper", label="Paper", folded=True), lambda entry, _: _papers(content, entry)),
        Filled(
            Column(key="code", label="Code", folded=True),
            lambda _, profile: text("code", url=profile.code) if profile.code else Cell(),
        ),
        *(_speed(*timing) for timing in on_machines(entries, content.profiles)[:_SPEEDS]),
    )


def rows_of(filled: Sequence[Filled], content: PageContent, entry: CatalogEntry) -> tuple[Cell, ...]:
    """The cells of one model."""
    profile, cache = content.profiles[entry.slug], content.cells[entry.slug]
    cells = []
    for filler in filled:
        cell = cache.get(filler.holds)
        if cell is None:
            cell = cache[filler.holds] = filler.fill(entry, profile)
        cells.append(cell)
    return tuple(cells)


def named(entry: CatalogEntry) -> Cell:
    """A cell of a model's name, with its card where another model has the same name."""
    name = Part(entry.name, to=entry.page)
    return Cell((name,)) if entry.alone else Cell((name, Part(entry.file)), raw=entry.name)


def about(entry: CatalogEntry, subject: str) -> Shown | None:
    """The first claim of a model about a subject."""
    return next((outcome for outcome in entry.claims if outcome.claim.subject == subject), None)


def claimed(outcome: Shown | None) -> Cell:
    """A cell of what a card reports, with its verdict where somebody measured it."""
    if outcome is None:
        return Cell()
    verdict = None if outcome.verdict == "self-reported" else outcome.verdict
    return number(outcome.claim.reported.value, outcome.claim.kind, verdict=verdict)


def worded(words: str, outcome: Shown) -> Cell:
    """A cell of a claim in words, with its verdict where somebody measured it."""
    mark = () if outcome.verdict == "self-reported" else (Part("", verdict=outcome.verdict),)
    return Cell((Part(words), *mark), raw=words)


def _as_printed(outcome: Shown | None) -> Cell:
    return Cell() if outcome is None else worded(outcome.claim.reported.text, outcome)


def _library(entry: CatalogEntry) -> Cell:
    name = entry.model.get("library_name")
    return text(plain(name)) if isinstance(name, str) else Cell()


def _date(_: CatalogEntry, profile: Profile) -> Cell:
    return Cell((Part(profile.date, value=profile.date[:4]),)) if profile.date else Cell()


def _papers(content: PageContent, entry: CatalogEntry) -> Cell:
    return Cell(tuple(Part(paper.title, to=paper.page) for paper in content.papers_of.get(entry.slug, ())))


def _speed(machine: Machine, outcomes: Mapping[str, Shown]) -> Filled:
    def fill(entry: CatalogEntry, _: Profile) -> Cell:
        outcome = outcomes.get(entry.slug)
        if outcome is None:
            return Cell()
        printed_text = outcome.claim.reported.text
        at = batch(outcome)
        return printed(f"{printed_text} ({at})" if at else printed_text, outcome.claim.reported.value)

    return Filled(
        Column(
            key=f"speed.{slug(machine.label)}",
            label=machine.label,
            filter="range",
            number=True,
            first="down" if machine.subject == "throughput" else "up",
            folded=True,
            about="The best that the card prints for this machine, and in brackets the batch; all are on its page",
        ),
        fill,
        f"{machine.subject} {machine.label}",
    )
