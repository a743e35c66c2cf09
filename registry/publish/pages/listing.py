"""A page that lists all things of one kind in a table."""

from __future__ import annotations

from registry.publish.html_table import HtmlTable
from registry.publish.page import Page


def listing(path: str, table: HtmlTable, *, description: str, lead: str, empty: str) -> Page:
    """The page of a table, called as the table is.

    Args:
        path: The page's.
        table: The things.
        description: What the page shows, for search engines and links.
        lead: The sentence above the table.
        empty: The sentence in its place where it has no row.
    """
    return Page(
        path=path,
        template="listing.md.j2",
        hide=("navigation", "toc"),
        title=table.caption,
        description=description,
        search="",
        context={"table": table, "lead": lead, "empty": empty},
    )
