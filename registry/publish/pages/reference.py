"""What mir itself knows: a page for each rule, FLOP convention and schema, the findings, and the Python functions."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from registry.checks import RULES
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.html_table import Column, HtmlTable, Row, fold_sparse, text, whole, without_empty
from registry.publish.links import Page
from registry.publish.pydocs import documented
from registry.publish.ways import USED_BY, convention_page, reproducing
from registry.publish.wrong import OWN, Mistake, mistakes
from registry.resources import resource
from registry.verify.conventions import CONVENTIONS

FAMILIES = {
    "MIR0": "Reading and loading",
    "MIR1": "Shape and keys",
    "MIR2": "Numbers",
    "MIR3": "Consistency",
    "MIR4": "References and addresses",
    "MIR5": "Names and vocabulary",
    "MIR6": "Safety",
    "MIR7": "Hugging Face Hub",
}

_LISTED = 60
"""Models that a convention's page names; all of a large zoo would hide the formulas from who comes by a phone."""


def rule_page(rule: str) -> str | None:
    """Where a rule is explained, from the site's root; `None` for an id that is no rule's."""
    return f"rules/{rule}.md" if rule in RULES else None


def rules() -> Iterator[Page]:
    """The rules of `mir check`."""
    columns = (
        Column(key="rule", label="Rule"),
        Column(key="what", label="What it finds"),
        Column(key="severity", label="Severity", filter="choice"),
        Column(key="repair", label="Repair", filter="choice"),
        Column(key="family", label="Family", filter="choice"),
    )
    rows = [
        Row(
            cells=(
                text(f"{rule.id} {rule.name}", to=rule_page(rule.id)),
                text(rule.summary.replace("`", "")),
                text(rule.severity),
                text("offered" if rule.fixable else "by hand"),
                text(FAMILIES[rule.id[:4]]),
            )
        )
        for rule in RULES.values()
    ]
    yield Page(
        path="rules/index.md",
        template="rules.md.j2",
        title="Rules",
        description="What mir check looks for.",
        hide=("toc",),
        context={
            "table": HtmlTable(id="rules", caption="Rules", columns=columns, rows=rows, noun="rules", main=True),
        },
    )
    for rule in RULES.values():
        yield Page(
            path=f"rules/{rule.id}.md",
            template="rule.md.j2",
            title=f"{rule.id} {rule.name}",
            description=rule.summary,
            hide=("navigation",),
            context={"rule": rule, "docs": rule.docs},
        )


def conventions(content: PageContent) -> Iterator[Page]:
    """The ways to count FLOPs, each with its formulas and the models whose numbers it reproduces."""
    used: dict[str, dict[str, CatalogEntry]] = defaultdict(dict)
    for entry in content.catalog.entries:
        for outcome in entry.claims:
            for name in reproducing(outcome):
                used[name][entry.slug] = entry
    uses = [
        (convention, convention_page(convention), list(used[convention.name].values()))
        for convention in CONVENTIONS.values()
    ]
    columns = (
        Column(key="convention", label="Convention"),
        Column(key="models", label="Models whose number it gives", number=True, first="down"),
        Column(key="unit", label="Counts", filter="choice"),
        Column(key="found", label="Found in"),
    )
    rows = [
        Row(
            cells=(
                text(convention.name, to=path),
                whole(len(entries)),
                text(convention.unit),
                text(USED_BY.get(convention.name, "")),
            )
        )
        for convention, path, entries in uses
    ]
    yield Page(
        path="conventions/index.md",
        template="conventions.md.j2",
        title="FLOP conventions",
        description="How the tools count, with their formulas.",
        hide=("toc",),
        context={
            "table": HtmlTable(
                id="conventions", caption="FLOP conventions", columns=columns, rows=rows, noun="conventions"
            ),
        },
    )
    for convention, path, entries in uses:
        yield Page(
            path=path,
            template="convention.md.j2",
            title=convention.name,
            description=f"How {convention.name} counts, with its formulas.",
            hide=("navigation",),
            context={
                "convention": convention,
                "entries": entries,
                "found_in": USED_BY.get(convention.name),
                "listed": _LISTED,
            },
        )


def schemas() -> Iterator[Page]:
    """The JSON Schemas."""
    documents = [_schema(text) for _, text in schema_files()]
    yield Page(
        path="schemas/index.md",
        template="schemas.md.j2",
        title="Schemas",
        description="The JSON Schemas of cards, evidence, configuration and this site's JSON.",
        hide=(),
        context={"schemas": documents},
    )
    for schema in documents:
        yield Page(
            path=f"schemas/{schema['slug']}.md",
            template="schema.md.j2",
            title=schema["title"],
            description=schema["description"],
            hide=("navigation", "toc"),
            search=schema["description"],
            context={"schema": schema},
        )


def schema_files() -> Iterator[tuple[str, str]]:
    """Path in the site, which is that of its `$id`, and text of each schema."""
    for file in sorted(resource("schemas").glob("*.schema.json")):
        yield f"schemas/v1/{file.name}", file.read_text(encoding="utf-8")


def findings(content: PageContent) -> Iterator[Page]:
    """Everything that was found wrong, by rules and by measuring, here and in published zoos."""
    problems = mistakes(content)
    columns: tuple[Column, ...] = (
        Column(key="model", label="Model", always=True),
        Column(key="claim", label="The card says"),
        Column(key="finding", label="What is wrong", always=True),
        Column(key="measured", label="Measured"),
        Column(key="kind", label="Kind", filter="choice"),
        Column(key="zoo", label="Zoo", filter="choice"),
        Column(key="severity", label="Severity", filter="choice"),
        Column(key="place", label="Place"),
    )
    columns, rows = without_empty(columns, [_mistake_row(mistake) for mistake in problems])
    yield Page(
        path="findings.md",
        template="findings.md.j2",
        title="Findings",
        description="Numbers on model cards that are wrong, and how that was found.",
        search="Wrong numbers, mir check",
        context={
            "zoos": Counter(mistake.zoo for mistake in problems).most_common(),
            "own": any(mistake.zoo == OWN for mistake in problems),
            "table": HtmlTable(
                id="findings",
                caption="Findings",
                columns=fold_sparse(columns, rows),
                rows=rows,
                noun="findings",
                main=True,
                stacked=True,
            ),
            "kinds": Counter(mistake.kind for mistake in problems).most_common(),
        },
    )


def python() -> Iterator[Page]:
    """The Python functions, from their docstrings."""
    yield Page(
        path="reference/python.md",
        template="python.md.j2",
        title="Python",
        description="The functions and types of the package.",
        hide=(),
        context={"modules": documented()},
    )


def _mistake_row(mistake: Mistake) -> Row:
    return Row(
        cells=(
            text(mistake.subject or "-", to=mistake.page, url=mistake.url),
            text(mistake.claim),
            text(mistake.wrong),
            text(mistake.measured),
            text(mistake.kind, to=rule_page(mistake.rule)),
            text(mistake.zoo),
            text(mistake.severity),
            text(mistake.place),
        )
    )


def _schema(source: str) -> dict[str, Any]:
    schema = json.loads(source)
    name = schema["$id"].rpartition("/")[2]
    return {
        "slug": name.removesuffix(".schema.json"),
        "title": schema["title"],
        "description": schema.get("description", ""),
        "id": schema["$id"],
        "file": f"schemas/v1/{name}",
        "source": source.strip(),
    }
