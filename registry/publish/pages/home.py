"""The first page: what is in the registry, and how much of it holds."""

from __future__ import annotations

from collections.abc import Iterator

from registry.publish.catalog import STATUSES
from registry.publish.content import Content
from registry.publish.page import Page


def pages(content: Content) -> Iterator[Page]:
    """The home page."""
    tally = content.catalog.tally()
    yield Page(
        path="index.md",
        template="home.md.j2",
        hide=("navigation", "toc"),
        title="Home",
        description="Models, what their cards claim, and which of it was reproduced.",
        context={
            "content": content,
            "claims": sum(tally.values()),
            "tally": [(status, tally[status]) for status in STATUSES if status in tally],
        },
    )
