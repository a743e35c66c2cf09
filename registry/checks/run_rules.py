"""Running the rules over an index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from registry.card_config import CardConfigs
from registry.checks.addresses import metadata_files
from registry.checks.catalogue import RULES
from registry.checks.examine import Examined, Examiner
from registry.checks.rule import Check, Context, Rule
from registry.checks.selection import Selection
from registry.checks.suppress import Ignore, suppress, wishes_in
from registry.checks.whole import CardFacts, Whole
from registry.config import Config
from registry.parallel import spread
from registry.read.faults import OTHERS, sparing
from registry.types import Card, Finding, Index, Source

if TYPE_CHECKING:
    from registry.checks.kept_parts import KeptParts

_WORTH_FORKING = 2**20
"""Characters of cards that take longer to check than processes take to start and to send what they found."""


MOST_OF_A_RULE = 10_000
"""Findings of one rule in everything: nobody reads so many, and a few large files can have millions."""


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
    wishes, faults = wishes_in(index) if comments else ([], [])
    findings = chain(index.findings, _run(rules, index, config, processes), faults)
    return conclude(findings, index.cards, wishes, selection)


def conclude(
    findings: Iterable[Finding], cards: Sequence[Card], wishes: Iterable[Ignore], selection: Selection
) -> list[Finding]:
    """What is left of findings, sorted by file and line: those that are wanted, and that no card says to ignore."""
    candidates = _at_most(MOST_OF_A_RULE, filter(selection.keeps, findings))
    unsure = {card.file for card in cards if not card.evident}
    if unsure:
        candidates = (
            replace(finding, fix=None) if finding.location.file in unsure else finding for finding in candidates
        )
    # Two models may name one file of metadata; what is wrong in it is said once.
    unique = dict.fromkeys(_at_most(MOST_OF_A_RULE + 1, suppress(candidates, wishes, selection.holds)))
    left = [finding for finding in unique if not selection.ignores(finding)]
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


def _run(rules: Sequence[Rule], index: Index, config: Config, processes: int) -> Iterator[Finding]:
    """The findings of the rules: card by card, then across the cards."""
    context = Context(index.root, config)
    examiner = Examiner(rules, context)

    def work(task: Card | Source) -> Examined | list[Finding]:
        return examiner.card(task) if isinstance(task, Card) else list(examiner.source(task))

    # Files of metadata alone are in no dialect; their texts are looked at as a card's are.
    pieces = [Card(file=raw.source.file, dialect="", documents=(raw,)) for raw in metadata_files(index)]
    cards = (*index.cards, *pieces)
    looked_at = {raw.source.file for card in cards for raw in card.documents}
    others = [source for file, source in index.sources.items() if file not in looked_at]
    large = sum(len(source.text) for source in index.sources.values()) > _WORTH_FORKING
    facts: list[CardFacts] = []
    tasks: list[Card | Source] = [*cards, *others]
    for result in spread(work, tasks, processes if large else 1):
        if isinstance(result, Examined):
            facts.append(result.facts)
            yield from result.findings
        else:
            yield from result
    whole = Whole(context, facts, index.sources, {collection.name for collection in index.around})
    yield from across(rules, whole)


def across(rules: Iterable[Rule], whole: Whole, cache: KeptParts | None = None) -> Iterator[Finding]:
    """The findings of the rules that look across cards; where something is kept of them, what has not changed."""
    for rule in rules:
        if rule.across is not None:
            look = partial(_across, rule, rule.across, whole)
            yield from look() if cache is None else cache.across(rule, whole, look)


def _across(rule: Rule, check: Check, whole: Whole) -> list[Finding]:
    """The findings of a rule that looks across cards; across all but those that it fails on, where it does."""

    def work(index: Index) -> list[Finding]:
        files = {card.file for card in index.cards}
        cards = [card for card in whole.cards if card.file in files]
        part = Whole(whole.context, cards, index.sources, whole.around)
        return [rule.finding(problem) for problem in check(part, whole.context)]

    try:
        return [rule.finding(problem) for problem in check(whole, whole.context)]
    except OTHERS:
        raise
    except Exception:  # noqa: BLE001 - whatever a card ends in is a finding of that card
        cards = tuple(Card(file=card.file, dialect=card.dialect) for card in whole.cards)
        index = Index(root=whole.context.root, cards=cards, sources=whole.sources)
        findings, faults = sparing(f"could not be checked by {rule.id}", work, index)
        return [*findings, *faults]
