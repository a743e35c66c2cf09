"""Running the rules over an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from registry.checks.catalogue import RULES, selector
from registry.checks.context import Context
from registry.checks.rule import Rule
from registry.checks.suppress import suppress
from registry.config import Config
from registry.types import Finding, Index


def check(index: Index, *, config: Config | None = None) -> list[Finding]:
    """Everything that is wrong with an index, sorted by file and line.

    Args:
        index: What was loaded; its own findings are included.
        config: The project's settings: `select`, `ignore` and `vocabulary` are used.

    Raises:
        ConfigError: `select` or `ignore` names no rule, or a vocabulary file cannot be read.
    """
    config = config or Config()
    chosen = selector(config.select, config.ignore)
    rules = [rule for rule in RULES.values() if chosen(rule.id)]
    found = [finding for finding in index.findings if chosen(finding.rule)]
    found.extend(_run(rules, Context(index, config)))
    kept = suppress(found, index, chosen)
    return sorted(kept, key=lambda at: (at.location.file, at.location.line, at.location.column, at.rule, at.message))


def _run(rules: Iterable[Rule], context: Context) -> Iterator[Finding]:
    of = {
        scope: [rule for rule in rules if rule.scope == scope and rule.check is not None]
        for scope in ("document", "entry", "index")
    }
    for document in context.documents():
        yield from _apply(of["document"], document, context)
    for entry in context.entries:
        yield from _apply(of["entry"], entry, context)
    yield from _apply(of["index"], context, context)


def _apply(rules: Iterable[Rule], subject: object, context: Context) -> Iterator[Finding]:
    for rule in rules:
        assert rule.check is not None
        for problem in rule.check(subject, context):
            yield rule.finding(problem)
