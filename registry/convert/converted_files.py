"""Which files a conversion writes, and what goes into each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from registry.convert import plain_data
from registry.convert.document_text import Kind, Output, render
from registry.convert.scalar_table import table
from registry.dialects import DIALECTS, Content
from registry.dialects.eval_results import FOLDER
from registry.dialects.writers import Form, Loss, Notes, Spot
from registry.files import relative
from registry.loader import own
from registry.read.faults import sparing
from registry.types import Card, Collection, Finding, Index, Location, Model, UsageError
from registry.vocabulary import Vocabulary

TARGETS = (*(name for name, dialect in DIALECTS.items() if dialect.unit != "none"), "json", "csv")
"""What can be written: every dialect, and two forms for programs."""

_UNSAFE = re.compile(r"[^\w.@+ -]|^\.|[. ]$")
_LONGEST = 120
_KINDS: Mapping[str | None, Kind] = {".yml": "yaml", ".yaml": "yaml", ".json": "json", ".md": "comment"}
_SUFFIXES: Mapping[Kind, str] = {"yaml": ".yml", "json": ".json", "comment": ".md"}

PROSE = "the prose"


@dataclass(frozen=True, kw_only=True, slots=True)
class Converted:
    """What a conversion yields.

    Attributes:
        losses: What they do not say, or say otherwise than the cards did, in the order of the cards.
        faults: Cards that are left out, because converting them ended in an error that nobody foresaw.
    """

    outputs: tuple[Output, ...]
    losses: tuple[Loss, ...]
    faults: tuple[Finding, ...] = ()


def convert(index: Index, to: str, *, suffix: str | None = None, vocabulary: Vocabulary | None = None) -> Converted:
    """Write what was read in another format.

    Args:
        index: The cards.
        to: One of `TARGETS`.
        suffix: For `model-index`, what the files are: `.yml`, `.json` or `.md`. Without it a card with prose becomes
            Markdown, any other YAML.
        vocabulary: The known metrics, those of the project included (`Config.load_vocabulary`).

    Raises:
        UsageError: There is no such target, or the index has no model.
    """
    if to not in TARGETS:
        raise UsageError(f"there is no format '{to}' to write; there are {', '.join(TARGETS)}")
    if not index.models:
        raise UsageError("there is no model to convert; `mir check` says what is wrong with the cards")
    words = vocabulary or Vocabulary.load()
    converted, faults = sparing("could not be converted", lambda index: _converted(index, to, suffix, words), index)
    return replace(converted, faults=tuple(faults))


def _converted(index: Index, to: str, suffix: str | None, vocabulary: Vocabulary) -> Converted:
    notes = Notes(form=_form(to, suffix), vocabulary=vocabulary)
    if to == "json":
        outputs = [Output(file="cards.json", text=render(plain_data.cards(index.cards, notes), "json"))]
    elif to == "csv":
        outputs = [Output(file="cards.csv", text=table(index.cards, notes))]
    elif DIALECTS[to].unit == "card":
        outputs = list(_cards(index, to, suffix, notes))
    else:
        numbers: dict[str, int] = {}
        outputs = list(_as_they_are(index, to, notes, numbers))
        rest = [(model, card.body) for card in index.cards if not _is_whole(card, to) for model in card.models]
        outputs += as_models(rest, to, notes, numbers)
    if to not in ("json", "model-index", "metafile"):
        others = replace(index, cards=tuple(card for card in index.cards if not _is_whole(card, to)))
        _around(others, notes, prose=to != "huggingface")
    return Converted(outputs=tuple(outputs), losses=tuple(notes.losses))


def _cards(index: Index, to: str, suffix: str | None, notes: Notes) -> Iterator[Output]:
    """A file for each card, in which models have only what they say themselves."""
    numbers: dict[str, int] = {}
    for card in own(index.cards, index.around):
        if card.imports:
            notes.lose(Spot("", "Import", _Place(card)), "each card is written to a file of its own")
        if not (card.models or card.collections or card.library):
            continue
        kind = _kind(card, to, suffix)
        if moved := moves(card, to):
            notes.change(Spot("", "the meaning of relative paths", _Place(card)), moved)
        data = DIALECTS[to].write(
            Content(models=card.models, collections=card.collections, library=card.library), notes
        )
        if card.body and kind != "comment":
            notes.lose(Spot("", PROSE, _Place(card)), f"{kind.upper()} holds only data")
        file = PurePosixPath(_below(card, index))
        path = file.with_suffix(_SUFFIXES[kind]) if to != "metafile" else _metafile(file)
        yield Output(file=_free(path, numbers), text=render(data, kind, card.body))


def _is_whole(card: Card, to: str) -> bool:
    """Whether a card of the target's own dialect is written as it stands: one block of metadata, and all of it."""
    return card.dialect == to and len(card.documents) == 1 and bool(card.models)


def _as_they_are(index: Index, to: str, notes: Notes, numbers: dict[str, int]) -> Iterator[Output]:
    """A file for each card that is in the target's dialect already: its data, key by key, in their order."""
    folders: dict[str, str] = {}
    for card in index.cards:
        if not _is_whole(card, to):
            continue
        model = card.models[0]
        data = notes.plain(card.documents[0].root, "", Spot("", "", _Place(card)))
        if to == "huggingface":
            folder = _free(PurePosixPath(_folder(model)), numbers)
            yield Output(file=f"{folder}/README.md", text=render(data, "front-matter", card.body))
            continue
        # The results of one model may stand in several files of its folder.
        folder = folders.get(model.base) or _free(PurePosixPath(_folder(model)), numbers)
        folders[model.base] = folder
        if folder != model.name:
            notes.change(
                Spot(model.name, "Name", model), f"the file does not name the model, its folder does: '{folder}'"
            )
        name = _free(PurePosixPath(folder) / FOLDER / PurePosixPath(card.file).name, numbers)
        yield Output(file=name, text=render(data, "yaml"))


def _folder(model: Model) -> str:
    return _UNSAFE.sub("-", model.name)[:_LONGEST] or "model"


def as_models(
    models: Iterable[tuple[Model, str]], to: str, notes: Notes, numbers: dict[str, int] | None = None
) -> Iterator[Output]:
    """A file for each model, with what it inherits, in a folder of its name.

    Args:
        models: Models with the prose of their cards.
        to: A dialect whose unit is a model.
        notes: Where losses go.
        numbers: Folders that have been given out, in lower case.
    """
    numbers = {} if numbers is None else numbers
    for model, body in models:
        data = DIALECTS[to].write(Content(models=(model,)), notes)
        folder = _free(PurePosixPath(_folder(model)), numbers)
        spot = Spot(model.name, "Name", model)
        if to == "huggingface":
            yield Output(file=f"{folder}/README.md", text=render(data, "front-matter", body))
        elif data:
            if folder != model.name or model.dialect != to:
                notes.change(spot, f"the file does not name the model, its folder does: '{folder}'")
            yield Output(file=f"{folder}/{FOLDER}/results.yaml", text=render(data, "yaml"))
        else:
            notes.lose(spot, "it has no result to write")


def _around(index: Index, notes: Notes, *, prose: bool) -> None:
    """What stands around the models of a card, and what no model inherits."""
    used = {model.collection for model in index.models}
    for card in index.cards:
        for field in card.library.values():
            notes.lose(Spot("", "Library", field).at(field.name), "only what a model says is written")
        for collection in card.collections:
            if collection.name not in used:
                notes.lose(Spot(collection.name, "the collection", collection), "no model inherits it")
        if prose and card.body and card.models:
            notes.lose(Spot("", PROSE, _Place(card)), "only data is written")


@dataclass(frozen=True, slots=True)
class _Place:
    """A card as something that knows where it stands."""

    card: Card

    @property
    def location(self) -> Location:
        return Location(file=self.card.file)


def _form(to: str, suffix: str | None) -> Form:
    if to == "csv":
        return "text"
    return "json" if to == "json" or (to == "model-index" and suffix == ".json") else "yaml"


def _kind(card: Card, to: str, suffix: str | None) -> Kind:
    if to == "metafile":
        return "yaml"
    if suffix in _KINDS:
        return _KINDS[suffix]
    return "comment" if card.body else "yaml"


def _metafile(file: PurePosixPath) -> PurePosixPath:
    """A metafile is known by its name, so that each needs a folder."""
    return file.with_suffix(".yml") if file.stem == "metafile" else file.with_suffix("") / "metafile.yml"


def _below(card: Card, index: Index) -> str:
    """The card's path below the root; its name alone where it lies elsewhere."""
    path = Path(relative(os.path.realpath(card.file), index.root)).as_posix()
    return PurePosixPath(path).name if path.startswith("../") else path


def _free(path: PurePosixPath, numbers: dict[str, int]) -> str:
    """The path, numbered where another, in any case, has it already; `numbers` has the last number of each."""
    key = str(path).casefold()
    candidate = path
    while str(candidate).casefold() in numbers:
        numbers[key] += 1
        candidate = path.with_name(f"{path.stem}-{numbers[key]}{path.suffix}")
    numbers[str(candidate).casefold()] = 1
    return str(candidate)


_FIELDS = ("Weights", "Config", "README", "Image", "Training Log", "Code", "Paper")
_RELATIVE = re.compile(r"(?:\.{1,2}/)*[\w@+-][\w.@+ -]*(?:/[\w.@+ -]+)*\.\w{1,12}")


def moves(card: Card, to: str) -> str | None:
    """What happens to the card's relative paths in `to`, `None` where it has none or they mean the same.

    A metafile's start from the folder of the index that imports it, a model index's from its own.
    """
    if (card.dialect == "metafile") == (to == "metafile"):
        return None
    entries: tuple[Model | Collection, ...] = (*card.models, *card.collections)
    with_paths = [entry for entry in entries if any(_RELATIVE.fullmatch(text) for text in _texts(entry))]
    if to == "metafile":
        return "they start from the card's own folder there, and from that of the index here" if with_paths else None
    own = str(Path(card.file).resolve().parent)
    if all(entry.base == own for entry in with_paths):
        return None
    return "they start from the folder of the index there, and from the card's own here"


def _texts(entry: Model | Collection) -> list[str]:
    values = (entry.fields[name].value for name in _FIELDS if name in entry.fields)
    return [value for value in values if isinstance(value, str)]
