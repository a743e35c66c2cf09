"""Looking at one card: what is wrong with it alone, and the facts that other cards are held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from registry.checks.card_view import CardView
from registry.checks.document_texts import Document
from registry.checks.hub_documents import card_of
from registry.checks.rule import Context, Rule, Scope, Take, facts_name
from registry.checks.whole import CardFacts, linked, secure
from registry.dialects.hub_cards import kind_of
from registry.read.faults import OTHERS, fault
from registry.types import Card, Finding, Location, Source

_MOST = 1000
"""Findings of one rule in one block or model: after so many the rest says nothing new, and costs memory."""


_OF_DOCUMENTS: tuple[Scope, ...] = ("document", "hub-card", "hub-model")


class Examined(NamedTuple):
    """What was found in one card, and what is known of it once it is gone."""

    findings: list[Finding]
    facts: CardFacts


class Examiner:
    """Looks at cards by the rules that were chosen."""

    def __init__(self, rules: Iterable[Rule], context: Context) -> None:
        self._context = context
        self.vocabulary = context.vocabulary
        self._of: dict[Scope, list[Rule]] = defaultdict(list)
        self._taken: dict[str, tuple[Take, Rule]] = {}
        for rule in rules:
            self._of[rule.scope].append(rule)
            for take in rule.facts:
                self._taken.setdefault(facts_name(take), (take, rule))

    def card(self, card: Card) -> Examined:
        """Look at a card."""
        view = CardView(card, self._context.vocabulary)
        whole = Location(file=card.file)
        at = card.documents[0].source.location(card.documents[0].start) if card.documents else whole
        findings = [finding for source in _sources(card) for finding in self.source(source)]
        try:
            for document in view.documents if any(self._of[scope] for scope in _OF_DOCUMENTS) else ():
                findings += self._document(document)
        except OTHERS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a card ends in is a finding of that card
            findings.append(fault("could not be checked", error, at))
        for entry in view.entries if self._of["entry"] else ():
            findings += self._apply("entry", entry, entry.owner.location)
        findings += self._apply("card", view, whole, most=None)
        facts: dict[str, Any] = {}
        for name, (take, rule) in self._taken.items():
            try:
                if fact := take(view):
                    facts[name] = fact
            except OTHERS:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a card ends in is a finding of that card
                findings.append(fault(f"could not be checked by {rule.id}", error, whole))
        field = card.library.get("Repository")
        text = next((source.text for source in _sources(card) if source.file == card.file), "")
        return Examined(
            findings,
            CardFacts(
                file=card.file,
                dialect=card.dialect,
                imports=card.imports,
                evident=card.evident,
                holds=bool(card.models or card.collections),
                place=at,
                repository="" if field is None else field.text,
                linked=linked(text),
                secure=secure(text),
                facts=facts,
            ),
        )

    def _document(self, document: Document) -> Iterator[Finding]:
        at = document.raw.source.location(document.raw.start)
        yield from self._apply("document", document, at)
        root = card_of(document)
        if root is not None:
            yield from self._apply("hub-card", root, at)
            yield from self._apply("hub-model", root, at) if kind_of(root) == "model" else ()

    def source(self, source: Source) -> Iterator[Finding]:
        """Look at the text of a file, be it a card or not."""
        return self._apply("source", source, source.location(0), most=None)

    def _apply(self, scope: Scope, subject: object, at: Location, *, most: int | None = _MOST) -> Iterator[Finding]:
        for rule in self._of[scope]:
            assert rule.check is not None
            try:
                problems = rule.check(subject, self._context)
                for problem in problems if most is None else islice(problems, most):
                    yield rule.finding(problem)
            except OTHERS:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a card ends in is a finding of that card
                yield fault(f"could not be checked by {rule.id}", error, at)


def _sources(card: Card) -> Sequence[Source]:
    return tuple({raw.source.file: raw.source for raw in card.documents}.values())
