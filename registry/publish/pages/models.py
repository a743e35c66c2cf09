"""The list of models, a page for each, and the page that compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from registry import numbers
from registry.checks import RULES
from registry.publish import downloads, reasons, rendered_prose, site_api, snippets
from registry.publish.catalog import CatalogEntry
from registry.publish.content import PageContent
from registry.publish.facts import facts, of_evidence
from registry.publish.layer_shares import layers
from registry.publish.leaderboards import unsaid
from registry.publish.links import Links, Page
from registry.publish.model_columns import about
from registry.publish.model_table import first_result, model_table
from registry.publish.structured import of_entry
from registry.publish.texts import Text, text_of
from registry.publish.ways import convention_of, convention_page, ways
from registry.types import Model

SIBLINGS = 24
"""Models of its collection that a page names."""

_ELSEWHERE = frozenset({"Builder", "In Collection", "Paper", "README", "Weights", "widget"})


def pages(content: PageContent) -> Iterator[Page]:
    """The list of models, and the page that compares them."""
    entries = content.catalog.entries
    yield Page(
        path="models/index.md",
        template="models.md.j2",
        title="Models",
        description="Every model of this registry, with what its card claims and what was reproduced.",
        search="",
        context={"table": model_table(content, entries, id="models", caption="Models")},
    )
    yield Page(
        path="compare.md",
        template="compare.md.j2",
        title="Compare models",
        description="Chosen models side by side.",
        search="",
    )


def page_of(content: PageContent, links: Links, entry: CatalogEntry) -> Page:
    """The page of one model."""
    return Page(
        path=entry.page,
        template="model.md.j2",
        hide=("navigation",),
        title=entry.name,
        description=summary(content, entry),
        search=_words(content, entry),
        context=_model(content, links, entry),
    )


def _words(content: PageContent, entry: CatalogEntry) -> str:
    """What the search finds a model by: its collection, and what it claims."""
    claims = (
        f"{outcome.claim.label} {outcome.claim.reported.text}"
        f"{f' on {outcome.claim.dataset.name}' if outcome.claim.dataset else ''}"
        for outcome in entry.claims[:6]
    )
    papers = (paper.title for paper in content.papers_of.get(entry.slug, ()))
    return ". ".join((*filter(None, [entry.model.collection]), *papers, *claims))


def _model(content: PageContent, links: Links, entry: CatalogEntry) -> dict[str, Any]:
    model = entry.model
    family = content.family(entry)
    to = partial(links.relative, entry.page)
    text = text_of(entry, content.attachments)
    profile = content.profiles[entry.slug]
    line = model.location.line
    card_url = content.repository.line(entry.file, line) if content.repository else None
    download = downloads.download_path(entry) if downloads.files_of(entry, content.attachments) else None
    shown_badges = list(_badges(content, links, entry))
    shown_above = frozenset(outcome.claim.label for outcome in entry.claims if outcome.claim.dataset is None)
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
        "summarized": _summarized(content, entry),
        "said_only": all(not (outcome.evidence or outcome.imported or outcome.lacking) for outcome in entry.claims),
        "part": unsaid,
        "reason": reasons.reason,
        "options": reasons.options(entry.claims),
        "download": download,
        "verify": snippets.verify(entry, downloaded=download is not None),
        "citation": snippets.citation(
            entry,
            profile.papers,
            text.text if text else "",
            profile.date,
            card_url or (content.base_url and content.base_url + links.address(entry.page)),
        ),
        "card_url": card_url,
        "report_url": content.repository.report(f"{entry.name}: ", _report(entry)) if content.repository else None,
        "badges": [(path, words) for path, words, _ in shown_badges],
        "badge_lines": "\n".join(line for _, _, line in shown_badges),
        "siblings": [sibling for sibling in family.entries if sibling.slug != entry.slug][:SIBLINGS] if family else [],
        "prose": _prose(content, to, text),
        "of_evidence": of_evidence,
        "evidence_path": site_api.evidence_path,
        "imported_path": site_api.imported_path,
        "convention_of": convention_of,
        "convention_page": convention_page,
        "rules": RULES,
        "json_ld": of_entry(content, links, entry),
        "base_url": content.base_url,
        "links": links,
    }


def summary(content: PageContent, entry: CatalogEntry) -> str:
    """A model in one sentence: what it is for, how large it is, and what it reaches."""
    traits, results = _summarized(content, entry)
    return f"{', '.join(traits)}: {', '.join(results)}."


def _summarized(content: PageContent, entry: CatalogEntry) -> tuple[Sequence[str], Sequence[str]]:
    """The pieces of its sentence, each of which may be in another script."""
    profile = content.profiles[entry.slug]
    measured = content.measured(entry)
    parameters = about(entry, "parameters")
    result = first_result(entry, content, measured).text
    parts = (
        f"{numbers.short(parameters.claim.reported.value, 'count')} parameters" if parameters else "",
        f"{numbers.short(profile.macs, 'count')} MACs" + (f" at {profile.size}" if profile.size else "")
        if profile.macs
        else "",
        result,
    )
    return measured.tasks or ("Model",), [*filter(None, parts)] or ["its card reports no number that could be measured"]


def _badges(content: PageContent, links: Links, entry: CatalogEntry) -> Iterator[tuple[str, str, str]]:
    """The badges of a model: path, what it shows, and the line of Markdown that shows it elsewhere."""
    labels = {f"badges/{entry.slug}.svg": "claims"}
    if entry.slug in content.ranks:
        labels[f"badges/{entry.slug}-rank.svg"] = "rank"
    for outcome in entry.claims:
        if outcome.evidence is not None and outcome.verdict != "unverifiable":
            labels.setdefault(f"badges/{entry.slug}-{outcome.anchor}.svg", outcome.claim.label)
    page = content.base_url + links.address(entry.page)
    for path, words in labels.items():
        yield path, words, f"[![{words}]({content.base_url}{path})]({page})"


def _report(entry: CatalogEntry) -> str:
    return f"Card: {entry.file}, line {entry.model.location.line}\n\nWhat is wrong, and how do you know?\n"


def _weights(model: Model) -> list[tuple[str, str | None]]:
    """The weights' files, by their own names, with where they are."""
    weight_facts = facts({"Weights": model.fields["Weights"]}) if "Weights" in model.fields else ()
    return [
        (text.rstrip("/").rpartition("/")[2] if url else text, url)
        for fact in weight_facts
        for text, url in fact.values
    ]


def _prose(content: PageContent, to: Callable[[str], str], text: Text | None) -> Markup | None:
    """A card's text as HTML, which is the same for all of its models."""
    if text is None:
        return None
    if (prose := content.prose.get(text.key)) is None:
        link, picture = content.attachments.resolvers(text, to)
        prose = content.prose[text.key] = rendered_prose.render(text.text, link=link, image=picture)
    return prose
