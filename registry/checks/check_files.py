"""Checking files without holding all of their trees at once: each is read and looked at in one go, on every core.

Where the cards can only be told together, because models take over from collections of other files or metadata stands
in files of its own, they are loaded and checked as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from registry.card_config import CardConfigs
from registry.checks.catalogue import RULES
from registry.checks.examine import Examiner
from registry.checks.file_part import FilePart, LazySource, as_reference, collections_of_file, part_of, stub
from registry.checks.rule import Context
from registry.checks.run_rules import across, check, conclude
from registry.checks.selection import Selection
from registry.checks.whole import CardFacts, Whole
from registry.config import Config
from registry.dialects import Dialect
from registry.loader.file_reader import known
from registry.loader.file_store import FileStore, size_of_file
from registry.loader.left_out import LeftOut
from registry.loader.load import Loader, load
from registry.loader.load_task import LoadedFile, LoadTask
from registry.loader.part import NotAloneError
from registry.parallel import spread
from registry.read.faults import OTHERS
from registry.read.problems import MAX_INHERITED
from registry.types import Collection, Finding, Index, Source

if TYPE_CHECKING:
    from registry.checks.kept_parts import KeptParts

_WORTH_FORKING = 2**19
"""Bytes of cards that take longer to check than processes take to start and to send what they found."""


def check_files(
    paths: Sequence[Path],
    *,
    root: Path | None,
    dialect: str | None,
    left_out: LeftOut,
    config: Config,
    beside: CardConfigs | None,
    processes: int,
    kept: KeptParts | None = None,
) -> tuple[Index, list[Finding]]:
    """Load cards and check them, as `load` and `check` do.

    Returns:
        What was read, of whose models only the names are left where all could be told alone, and the findings.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
        ConfigError: See `check`.
    """
    try:
        parts = _Parts(known(dialect), left_out, config, Selection(config, beside), processes, kept)
        index = parts.index(parts.all(paths, root))
        findings = parts.findings_of(index)
    except NotAloneError:
        index = load(paths, root=root, dialect=dialect, processes=processes, left_out=left_out)
        return index, check(index, config=config, beside=beside, processes=processes)
    if kept is not None:
        kept.save()
    return index, findings


class _Parts(Loader):
    """Loads files of which only parts are kept; see `Loader`."""

    def __init__(
        self,
        dialect: Dialect | None,
        left_out: LeftOut,
        config: Config,
        selection: Selection,
        processes: int,
        cache: KeptParts | None,
    ) -> None:
        super().__init__(dialect, FileStore({}, processes), left_out)
        self._config = config
        self._selection = selection
        self._kept = cache
        self._parts: dict[str, FilePart] = {}
        self._prepared: dict[LoadTask, FilePart] = {}
        self._tasks: dict[str, LoadTask] = {}
        self._chosen: set[tuple[str, ...]] = set()
        self._alone = True

    def prepare(self, tasks: Sequence[LoadTask]) -> None:
        """Look at files that are about to be loaded."""
        new = [task for task in tasks if task.file not in self.cards and task not in self._prepared]
        self._prepared |= zip(new, self._look(new), strict=True)

    def failed(self, task: LoadTask, error: Exception) -> bool:
        """Leave it to the slower way to say which file's fault it is.

        Raises:
            NotAloneError: Always.
        """
        raise NotAloneError(task.file) from error

    def read(self, task: LoadTask) -> LoadedFile:
        """Take what was prepared of a file."""
        part = self._prepared.pop(task, None)
        if part is None:
            (part,) = self._look([task])
        self._parts[task.file] = part
        self._tasks[task.file] = task
        # Collections of the index above are looked for where a file is named.
        self._alone &= not (part.lacking and task.certain and not task.chain)
        for name, has_text in part.sources:
            source = (
                LazySource(file=name, real=task.file, lines=part.lines.get(name, {}))
                if has_text
                else Source(file=name, text="")
            )
            self.shelf.sources.setdefault(name, source)
        name = task.place.name(task.file)
        references = tuple(as_reference(reference, self.shelf.sources[name]) for reference in part.references)
        return LoadedFile(stub(part), references, part.holds)

    def index(self, root: str) -> Index:
        """What was loaded, of whose models only the names are left.

        Raises:
            NotAloneError: The cards can only be told together.
        """
        self._complete()
        chosen = self._rules(part.sources[0][0] for part in self._parts.values() if part.examined is not None)
        inherited = sum(part.inherited for part in self._parts.values())
        if not self._alone or inherited > MAX_INHERITED or self._chosen - {chosen}:
            raise NotAloneError
        return Index(
            root=root,
            cards=tuple(card for card in self.cards.values() if card is not None),
            findings=(*self.findings, *self.shelf.findings()),
            sources=self.shelf.sources,
            files=tuple(self._parts),
        )

    def _complete(self) -> None:
        """Look again at the files whose models are of collections that others define, with these."""
        defined: dict[str, str] = {}
        for file in self.cards:
            for name in self._parts[file].defined:
                defined.setdefault(name, file)
        lacking = {name for part in self._parts.values() for name in part.lacking if name in defined}
        around = [
            collection
            for file in dict.fromkeys(defined[name] for name in lacking)
            for collection in collections_of_file(self._tasks[file], self.folders(self._tasks[file]), self.dialect)
            if collection.name in lacking and defined[collection.name] == file
        ]
        tasks = [self._tasks[file] for file, part in self._parts.items() if part.lacking & lacking]
        for task, part in zip(tasks, self._look(tasks, around), strict=True):
            self._parts[task.file] = part

    def findings_of(self, index: Index) -> list[Finding]:
        """Everything that is wrong with what was loaded."""
        facts = list(self._facts())
        context = Context(index.root, self._config)
        whole = Whole(context, facts, index.sources)
        chosen = self._rules(card.file for card in facts)
        rules = [RULES[name] for name in chosen]
        wishes = [wish for part in self._parts.values() for wish in part.wishes]
        findings = self._findings(index, across(rules, whole, self._kept))
        return conclude(findings, index.cards, wishes, self._selection)

    def _findings(self, index: Index, more: Iterator[Finding]) -> Iterator[Finding]:
        yield from index.findings
        for part in self._parts.values():
            yield from part.findings
            if part.examined is not None:
                yield from part.examined.findings
        yield from more

    def _facts(self) -> Iterator[CardFacts]:
        for file, card in self.cards.items():
            part = self._parts[file]
            if card is not None and part.examined is not None:
                yield part.examined.facts._replace(imports=card.imports)

    def _rules(self, files: Iterable[str]) -> tuple[str, ...]:
        chosen = self._selection.anywhere(files)
        return tuple(rule for rule in RULES.checking if chosen(rule))

    def _look(self, tasks: Sequence[LoadTask], around: Sequence[Collection] = ()) -> list[FilePart]:
        """Look at files.

        Raises:
            NotAloneError: One of them cannot be told by itself.
        """
        if not tasks:
            return []
        chosen = self._rules(task.place.name(task.file) for task in tasks)
        self._chosen.add(chosen)
        # What comes of a file with other files is not kept under its own digest.
        cache = None if around else self._kept
        how = {task: (self.root, self.folders(task), chosen) for task in tasks}
        parts = {} if cache is None else {task: part for task in tasks if (part := cache.get(task, *how[task]))}
        examiner = Examiner([RULES[name] for name in chosen], Context(self.root, self._config))

        def work(task: LoadTask) -> tuple[FilePart, str] | None:
            try:
                contents = None if cache is None else cache.contents_of(task.file)
                data, digest = (None, "") if contents is None else contents
                return part_of(task, self.folders(task), data, self.dialect, examiner, around), digest
            except OTHERS:
                raise
            except Exception:  # noqa: BLE001 - which file's fault it is says the slower way
                return None

        new = [task for task in tasks if task not in parts]
        large = sum(size_of_file(task.file) for task in new) > _WORTH_FORKING
        with nullcontext() if cache is None else cache.noting(task.file for task in new):
            looked_at = spread(work, new, self.shelf.processes if large else 1)
        for task, result in zip(new, looked_at, strict=True):
            if result is None:
                raise NotAloneError
            parts[task], digest = result
            if cache is not None and digest:
                parts[task] = cache.put(parts[task], digest, task, *how[task])
        return [parts[task] for task in tasks]
