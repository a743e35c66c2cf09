"""The list of models, a page for each, and the page that compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from registry.checks import RULES
from registry.evidence.status import Shown
from registry.publish import api, prose, snippets
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.conventions import convention_of, convention_page
from registry.publish.facts import facts, of_evidence
from registry.publish.layers import layers
from registry.publish.leaderboards import MeasuredOn
from registry.publish.links import Links
from registry.publish.page import Page
from registry.publish.structured import of_entry
from registry.publish.table import Cell, Column, HtmlTable, Row, number, text, texts, verdicts, without_empty
from registry.publish.texts import Text, text_of
from registry.publish.ways import ways
from registry.types import Model

_SIBLINGS = 24
_ELSEWHERE = frozenset({"Builder", "In Collection", "Paper", "README", "Weights"})


def pages(content: PageContent, links: Links) -> Iterator[Page]:
    """The list first, then each model in the order of the cards."""
    entries = content.catalog.entries
    yield Page(
        path="models/index.md",
        template="models.md.j2",
        hide=("navigation", "toc"),
        title="Models",
        description="Every model of this registry, with what its card claims and what was reproduced.",
        search="",
        context={"table": model_table(content, entries, id="models", caption="Models")},
    )
    yield Page(
        path="compare.md",
        template="compare.md.j2",
        hide=("navigation", "toc"),
        title="Compare models",
        description="Chosen models side by side.",
        search="",
    )
    for entry in entries:
        yield Page(
            path=entry.page,
            template="model.md.j2",
            hide=("navigation",),
            title=entry.name,
            description=f"What the card of {entry.name} claims, beside what was measured.",
            search=_words(content, entry),
            context=_model(content, links, entry),
        )


def model_table(
    content: PageContent,
    entries: Sequence[CatalogEntry],
    *,
    id: str,  # noqa: A002
    caption: str,
    collections: bool = True,
) -> HtmlTable:
    """A table of models: their size, their headline results, how much of it holds, and what they are.

    What none of the models has gets no column.
    """
    columns = (
        Column(key="model", label="Model"),
        Column(key="parameters", label="Parameters", filter="range", number=True),
        Column(key="flops", label="FLOPs", filter="range", number=True),
        *(
            Column(
                key=f"{headline.board.subject}.{headline.dataset.slug}",
                label=headline.label,
                filter="range",
                number=True,
                first="up" if headline.board.better == "lower" else "down",
            )
            for headline in content.headlines
        ),
        Column(key="verdict", label="Claims", filter="choice", first="down"),
        Column(key="task", label="Task", filter="choice"),
        Column(key="dataset", label="Dataset", filter="choice"),
        Column(key="collection", label="Collection", filter="choice"),
    )

    def row(entry: CatalogEntry) -> Row:
        family = content.family(entry) if collections else None
        measured = content.measured_on.get(entry.slug, MeasuredOn())
        return Row(
            key=entry.slug,
            cells=(
                text(entry.name, to=entry.page),
                claimed(_about(entry, "parameters")),
                claimed(_about(entry, "flops")),
                *(claimed(headline.of.get(entry.slug)) for headline in content.headlines),
                verdicts(entry.tally()),
                texts((task, None) for task in measured.tasks),
                texts((dataset.name, dataset.page) for dataset in measured.datasets),
                text(family.name, to=family.page) if family else Cell(),
            ),
        )

    columns, rows = without_empty(columns, [row(entry) for entry in entries])
    return HtmlTable(id=id, caption=caption, columns=columns, rows=rows, noun="models", main=True, chosen=True)


def _about(entry: CatalogEntry, subject: str) -> Shown | None:
    return next((shown for shown in entry.claims if shown.claim.subject == subject), None)


def claimed(shown: Shown | None) -> Cell:
    """A cell of what a card reports, with its verdict where somebody measured it."""
    if shown is None:
        return Cell()
    status = None if shown.status == "self-reported" else shown.status
    return number(shown.claim.reported.value, shown.claim.kind, status=status)


def _words(content: PageContent, entry: CatalogEntry) -> str:
    """What the search finds a model by: its collection, and what it claims."""
    claims = (
        f"{shown.claim.label} {shown.claim.reported.text}"
        f"{f' on {shown.claim.dataset.name}' if shown.claim.dataset else ''}"
        for shown in entry.claims[:6]
    )
    papers = (paper.title for paper in content.papers_of.get(entry.slug, ()))
    return ". ".join((*filter(None, [entry.model.collection]), *papers, *claims))


def _model(content: PageContent, links: Links, entry: CatalogEntry) -> dict[str, Any]:
    model = entry.model
    family = content.family(entry)
    to = partial(links.relative, entry.page)
    written = text_of(entry, content.attachments)
    shown_above = frozenset(shown.claim.label for shown in entry.claims if shown.claim.dataset is None)
    return {
        "entry": entry,
        "model": model,
        "family": family,
        "papers": content.papers_of.get(entry.slug, ()),
        "facts": facts(model.metadata, shown_above) + facts(model.fields, _ELSEWHERE),
        "weights": _weights(model),
        "layers": layers(entry),
        "ways": ways(entry),
        "snippet": snippets.load(entry),
        "verify": snippets.verify(entry),
        "citation": snippets.citation(written.text) if written else None,
        "siblings": [each for each in family.entries if each.slug != entry.slug][:_SIBLINGS] if family else [],
        "prose": _prose(content, to, written),
        "of_evidence": of_evidence,
        "evidence_path": api.evidence_path,
        "convention_of": convention_of,
        "convention_page": convention_page,
        "rules": RULES,
        "json_ld": of_entry(content, links, entry),
        "base_url": content.base_url,
        "links": links,
    }


def _weights(model: Model) -> list[tuple[str, str | None]]:
    """The weights' files, by their own names, with where they are."""
    found = facts({"Weights": model.fields["Weights"]}) if "Weights" in model.fields else ()
    return [(text.rstrip("/").rpartition("/")[2] if url else text, url) for fact in found for text, url in fact.values]


def _prose(content: PageContent, to: Callable[[str], str], text: Text | None) -> Markup | None:
    """A card's text as HTML, which is the same for all of its models."""
    if text is None:
        return None
    if (known := content.prose.get(text.key)) is None:
        link, picture = content.attachments.link(text.base, to), content.attachments.picture(text.base, to)
        known = content.prose[text.key] = prose.render(text.text, link=link, image=picture)
    return known
