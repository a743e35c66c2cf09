"""Running the rules over an index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from registry.card_config import CardConfigs
from registry.checks.catalogue import RULES
from registry.checks.context import Context
from registry.checks.document_texts import Document
from registry.checks.entry import Entry
from registry.checks.metadata_files import metadata_files
from registry.checks.rule import Rule
from registry.checks.selection import Selection
from registry.checks.suppress import suppress
from registry.config import Config
from registry.parallel import spread
from registry.read.faults import OTHERS, fault, sparing
from registry.types import Card, Finding, Index, Location, RawDocument

_WORTH_FORKING = 2**20
"""Characters of cards that take longer to check than processes take to start and to send what they found."""


_MOST = 1000
"""Findings of one rule in one block or model: after so many the rest says nothing new, and costs memory."""

MOST_OF_A_RULE = 10_000
"""The same in everything: nobody reads so many, and a few large files can have millions."""

_SLICE = 256
"""Models that are checked without asking which process goes on."""


def check(
    index: Index,
    *,
    config: Config | None = None,
    beside: CardConfigs | None = None,
    comments: bool = True,
    processes: int = 1,
) -> list[Finding]:
    """Everything that is wrong with an index, sorted by file and line.

    Args:
        index: What was loaded; its own findings are included.
        config: The settings of whoever runs the check: `select`, `ignore`, `per_file_ignores` and
            `vocabulary` are used.
        beside: The configurations that lie beside the cards; none of them counts where it is `None`.
        comments: Whether cards may say what to ignore in them.
        processes: How many may work at a time, where there is much to do.

    Raises:
        ConfigError: `select` or `ignore` names no rule, or a vocabulary file cannot be read.
    """
    config = config or Config()
    selection = Selection(config, beside)
    chosen = selection.anywhere(card.file for card in index.cards)
    rules = [rule for rule in RULES.checking.values() if chosen(rule.id)]
    everything = chain(index.findings, _run(rules, Context(index, config), processes))
    found = _at_most(MOST_OF_A_RULE, filter(selection.keeps, everything))
    unsure = {card.file for card in index.cards if not card.evident}
    if unsure:
        found = (replace(each, fix=None) if each.location.file in unsure else each for each in found)
    # Two models may name one file of metadata; what is wrong in it is said once.
    kept = dict.fromkeys(_at_most(MOST_OF_A_RULE + 1, suppress(found, index, selection.holds) if comments else found))
    left = [finding for finding in kept if not selection.ignores(finding)]
    left += selection.findings()
    return sorted(left, key=lambda at: (at.location.file, at.location.line, at.location.column, at.rule, at.message))


def _at_most(most: int, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, so many of each rule, and one more that says how many of it are left out."""
    counts: Counter[str] = Counter()
    last: dict[str, Finding] = {}
    for finding in findings:
        counts[finding.rule] += 1
        if counts[finding.rule] <= most:
            last[finding.rule] = finding
            yield finding
    for rule, count in counts.items():
        if count > most:
            message = f"{count - most} more findings of {rule} are not listed"
            yield replace(last[rule], message=message, hint="", fix=None, related=())


def _run(rules: Iterable[Rule], context: Context, processes: int) -> Iterator[Finding]:
    """The findings of the rules: of those that look at everything, then card by card, then model by model."""
    of: dict[str, list[Rule]] = {"document": [], "entry": [], "index": [], "reading": []}
    for rule in rules:
        of[rule.scope].append(rule)

    def work(task: Context | Card | Sequence[Entry]) -> list[Finding]:
        if isinstance(task, Context):
            return [finding for rule in of["index"] for finding in _apply_to_all(rule, task)]
        if isinstance(task, Card):
            return [finding for raw in task.documents for finding in _of_document(of["document"], task, raw, context)]
        return [finding for entry in task for finding in _of_entry(of["entry"], entry, context)]

    entries = context.entries
    slices = [entries[start : start + _SLICE] for start in range(0, len(entries), _SLICE)]
    # Rules that look at everything take longest, so they are begun first, and stay together: they share what they
    # work out about each model.
    tasks: list[Context | Card | Sequence[Entry]] = [context, *context.index.cards, *slices]
    # Files of metadata alone are in no dialect; their texts are looked at as a card's are.
    tasks += [Card(file=raw.source.file, dialect="", documents=(raw,)) for raw in metadata_files(context.index)]
    much = sum(len(source.text) for source in context.index.sources.values()) > _WORTH_FORKING
    for found in spread(work, tasks, processes if much else 1):
        yield from found


def _of_document(rules: Sequence[Rule], card: Card, raw: RawDocument, context: Context) -> Iterator[Finding]:
    at = raw.source.location(raw.start)
    try:
        document = Document(card, raw)
    except OTHERS:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a card ends in is a finding of that card
        yield fault("could not be checked", error, at)
        return
    yield from _apply(rules, document, at, context)


def _of_entry(rules: Sequence[Rule], entry: Entry, context: Context) -> Iterator[Finding]:
    yield from _apply(rules, entry, entry.owner.location, context)


def _apply(rules: Iterable[Rule], subject: object, at: Location, context: Context) -> Iterator[Finding]:
    for rule in rules:
        assert rule.check is not None
        try:
            for problem in islice(rule.check(subject, context), _MOST):
                yield rule.finding(problem)
        except OTHERS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a card ends in is a finding of that card
            yield fault(f"could not be checked by {rule.id}", error, at)


def _apply_to_all(rule: Rule, context: Context) -> list[Finding]:
    """The findings of a rule that looks at everything; at everything but the cards that it fails on, where it does."""
    check = rule.check
    assert check is not None

    def work(index: Index) -> list[Finding]:
        whole = context if index is context.index else Context(index, context.config)
        return [rule.finding(problem) for problem in check(whole, whole)]

    found, faults = sparing(f"could not be checked by {rule.id}", work, context.index)
    return [*found, *faults]
