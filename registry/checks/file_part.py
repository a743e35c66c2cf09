"""One file read and looked at by itself: what comes of it is small, and its tree is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, cast

from registry.checks.card_view import CardView
from registry.checks.examine import Examined, Examiner
from registry.checks.rule import facts_name
from registry.checks.shared_facts import NamedPlace, names_of
from registry.checks.suppress import Ignore, wishes_of
from registry.dialects import Dialect, Expected, Reference
from registry.loader.file_store import FileStore
from registry.loader.inherit import inherit, taken_over
from registry.loader.left_out import LeftOut
from registry.loader.load import Loader
from registry.loader.load_task import LoadTask
from registry.loader.part import NotAloneError
from registry.loader.places import Place
from registry.read.file_text import read_source
from registry.read.problems import MAX_INHERITED
from registry.types import Card, Collection, Finding, MapNode, Mark, Model, Source

_LONGEST_LINE = 1000
"""Characters of a line that is remembered; longer ones are read again."""


class ToldReference(NamedTuple):
    """A path to other files, as a card prints it, without the tree that it stands in."""

    text: str
    expected: Expected
    mark: Mark
    path: str


class FilePart(NamedTuple):
    """What comes of one file.

    Attributes:
        sources: Shown names of what has something to say, and whether that is a file with a text.
        examined: What rules found and took from its card; `None` where it holds none.
        holds: Whether it holds anything, be it mistakes.
        lacking: Collections that its models name and it does not define.
        inherited: How many values its models take over.
        lines: The lines on which something was found, by shown name and number: what is printed tells of them.
    """

    sources: tuple[tuple[str, bool], ...]
    findings: list[Finding]
    examined: Examined | None
    holds: bool
    names: tuple[NamedPlace, ...]
    references: tuple[ToldReference, ...]
    defined: frozenset[str]
    lacking: frozenset[str]
    inherited: int
    wishes: list[Ignore]
    lines: Mapping[str, Mapping[int, str]]


class _AloneStore(FileStore):
    """Files that lead to no others."""

    def follow(self, reference: Reference, place: Place, folders: tuple[str, ...]) -> Iterator[Any]:  # noqa: ARG002
        raise NotAloneError(reference.text)


def part_of(
    task: LoadTask,
    folders: tuple[str, str],
    data: bytes | None,
    dialect: Dialect | None,
    examiner: Examiner,
    around: Sequence[Collection] = (),
) -> FilePart:
    """Read a file and look at it.

    Raises:
        NotAloneError: It cannot be told without other files.
    """
    store = _AloneStore({} if data is None else {task.file: data}, 1)
    loader = _Alone(dialect, store, folders)
    loaded = loader.read(task)
    card = loaded.card
    examined: Examined | None = None
    names: tuple[NamedPlace, ...] = ()
    references: tuple[ToldReference, ...] = ()
    defined: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()
    inherited = 0
    findings = [*loader.findings, *store.findings()]
    if card is not None:
        defined = frozenset(collection.name for collection in card.collections)
        inherited, lacking = taken_over(card, around)
        if inherited > MAX_INHERITED:
            raise NotAloneError
        (card,) = inherit((card,), around=around)
        examined = examiner.card(card)
        places = examined.facts.facts.get(facts_name(names_of))
        names = places or names_of(CardView(card, examiner.vocabulary))
        references = tuple(
            ToldReference(reference.text, reference.expected, reference.mark, reference.path)
            for reference in loaded.references
        )
    sources = store.sources
    looked_at = {raw.source.file for raw in card.documents} if card is not None else set()
    for file, source in sources.items():
        if file not in looked_at:
            findings += examiner.source(source)
    wishes = [
        wish
        for source in sources.values()
        for wish in wishes_of(source, card.documents if card is not None and source.file in looked_at else ())
    ]
    return FilePart(
        sources=tuple((file, bool(source.text)) for file, source in sources.items()),
        findings=findings,
        examined=examined,
        holds=loaded.holds,
        names=names,
        references=references,
        defined=defined,
        lacking=lacking,
        inherited=inherited,
        wishes=wishes,
        lines=_lines(chain(findings, examined.findings if examined is not None else ()), sources),
    )


def _lines(findings: Iterable[Finding], sources: Mapping[str, Source]) -> dict[str, dict[int, str]]:
    lines: dict[str, dict[int, str]] = {}
    for finding in findings:
        file, number = finding.location.file, finding.location.line
        texts = lines.setdefault(file, {})
        if number not in texts and file in sources:
            line = sources[file].line(number)
            if len(line) <= _LONGEST_LINE:
                texts[number] = line
    return lines


def collections_of_file(task: LoadTask, folders: tuple[str, str], dialect: Dialect | None) -> tuple[Collection, ...]:
    """The collections that a file defines."""
    card = _Alone(dialect, _AloneStore({}, 1), folders).read(task).card
    return () if card is None else card.collections


class _Alone(Loader):
    """Reads one file whose folders are known."""

    def __init__(self, dialect: Dialect | None, store: FileStore, folders: tuple[str, str]) -> None:
        super().__init__(dialect, store, LeftOut())
        self._folders = folders

    def folders(self, task: LoadTask) -> tuple[str, str]:  # noqa: ARG002
        return self._folders


class LazySource(Source):
    """The text of a file that was read before, read again when somebody asks for it."""

    __slots__ = ("_file", "_lines", "_text")

    def __init__(self, *, file: str, real: str, lines: Mapping[int, str]) -> None:
        self.file = file
        self._starts = None
        self._last = (0, "")
        self._file = real
        self._lines = lines
        self._text: str | None = None

    @property
    def text(self) -> str:  # type: ignore[override]
        """The decoded text."""
        if self._text is None:
            self._text = read_source(Path(self._file), self.file).source.text
        return self._text

    def line(self, number: int) -> str:
        """The text of a line, from 1."""
        text = self._lines.get(number)
        return super().line(number) if text is None else text


def as_reference(path: ToldReference, source: Source) -> Reference:
    """A path to other files as the loader takes it."""
    node = MapNode(source, path.mark[0])
    node.marks[""] = path.mark
    return Reference(text=path.text, expected=path.expected, node=node, key="", path=path.path)


class ModelStubs(Sequence[Model]):
    """The models of a card of which only the names are left."""

    def __init__(self, file: str, dialect: str, names: Sequence[NamedPlace]) -> None:
        self._file, self._dialect, self._names = file, dialect, names

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, at: Any) -> Any:
        name, place = self._names[at]
        return Model(name=name, location=place, file=self._file, base="", dialect=self._dialect)


def stub(part: FilePart) -> Card | None:
    """The card of a part, of which only file, dialect and names are left."""
    if part.examined is None:
        return None
    facts = part.examined.facts
    models = cast("tuple[Model, ...]", ModelStubs(facts.file, facts.dialect, part.names))
    return Card(file=facts.file, dialect=facts.dialect, models=models, evident=facts.evident)
