"""What other harnesses measured, apart from what mir measured itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.evidence.rejudge.imported import is_imported
from registry.publish.claims import measured_by
from registry.publish.content import PageContent
from registry.publish.escape import plain
from registry.publish.html_table import Column, HtmlTable, Row, printed, spelt, text, without_empty
from registry.publish.links import Page
from registry.publish.reasons import reason

PATH = "imported.md"


def pages(content: PageContent) -> Iterator[Page]:
    """The claims beside whose numbers another harness's stand."""
    columns: tuple[Column, ...] = (
        Column(key="model", label="Model", always=True),
        Column(key="claim", label="Claim"),
        Column(key="dataset", label="Data set", filter="choice"),
        Column(key="reported", label="Reported", number=True, always=True),
        Column(key="measured", label="Measured elsewhere", number=True, always=True),
        Column(key="verdict", label="Compared with the card", filter="choice"),
        Column(key="by", label="Measured by", filter="choice"),
        Column(key="reason", label="Why", always=True),
        Column(key="time", label="Date"),
    )
    rows = []
    for entry in content.catalog.entries:
        for outcome in entry.claims:
            evidence, claim = outcome.evidence, outcome.claim
            if evidence is None or outcome.measurement is None or not is_imported(evidence):
                continue
            rows.append(
                Row(
                    cells=(
                        text(entry.name, to=f"{entry.page}#{outcome.anchor}"),
                        text(claim.label),
                        text(plain(claim.dataset.name) if claim.dataset else ""),
                        printed(claim.reported.text, claim.reported.value),
                        printed(outcome.measured, outcome.measurement.value),
                        spelt(evidence.verdict),
                        text(measured_by(outcome).removesuffix(", imported")),
                        text(reason(outcome).partition("not by mir: ")[2] or reason(outcome)),
                        text(evidence.time.partition("T")[0]),
                    )
                )
            )
    columns, rows = without_empty(columns, rows)
    yield listing(
        PATH,
        "Imported measurements",
        columns,
        rows,
        noun="claims",
        stacked=True,
        description="What other harnesses measured, beside what cards report.",
        lead="Numbers from the logs of other harnesses, compared with the cards. "
        "Nothing of them was run again here, so they are counted apart from what mir measured.",
        empty="No log of another harness was imported; `mir evidence import` [does that](guide/importing.md).",
    )


def listing(
    path: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    noun: str,
    description: str,
    lead: str,
    empty: str,
    stacked: bool = False,
) -> Page:
    """The page of one table, which is named after the page.

    Args:
        path: The page's.
        title: What the page and its table are called.
        columns: The table's.
        rows: The table's.
        noun: What one row is, in the plural.
        description: What the page shows, for search engines and links.
        lead: The sentence above the table.
        empty: The sentence in its place where it has no row.
        stacked: True where cells are sentences.
    """
    table = HtmlTable(
        id=path.removesuffix(".md").removesuffix("/index"),
        caption=title,
        columns=tuple(columns),
        rows=rows,
        noun=noun,
        main=True,
        stacked=stacked,
    )
    return Page(
        path=path,
        template="listing.md.j2",
        title=title,
        description=description,
        search="",
        context={"table": table, "lead": lead, "empty": empty},
    )
