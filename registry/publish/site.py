"""From an index, its findings and its evidence to a folder of pages, and to a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.publish.catalog import Catalog, catalog
from registry.publish.links import Links
from registry.publish.page import Page
from registry.publish.pages import home, models
from registry.publish.render import Renderer
from registry.publish.tree import Tree
from registry.resources import resource
from registry.types import Evidence, Finding, Index


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What a build came to.

    Attributes:
        folder: Where the site is.
        models: Number of models on it.
        warnings: What MkDocs warned of.
    """

    folder: Path
    models: int
    warnings: tuple[str, ...] = ()


def write_pages(shown: Catalog, docs: Path, *, links: Links, templates: Path | None = None) -> Tree:
    """Write everything as Markdown, and the files that come with it, below `docs`."""
    tree = Tree(docs)
    renderer = Renderer(links, templates)
    for path, text in renderer.all(_pages(shown)):
        tree.put(path, text)
    for path, content in _assets():
        tree.put(path, content)
    tree.finish()
    return tree


def build(
    index: Index,
    findings: Sequence[Finding],
    evidence: Iterable[Evidence],
    *,
    out: Path,
    docs: Path,
    base_url: str | None = None,
    templates: Path | None = None,
    config: Path | None = None,
) -> Built:
    """Build the site of an index.

    Args:
        index: The cards.
        findings: What checking them found.
        evidence: What was measured of them.
        out: Folder of the HTML; its old content is replaced when the new one is complete.
        docs: Folder of the Markdown that it is built from.
        base_url: Address that the site will have, which the feed, the sitemap and the badges name.
        templates: Folder of templates that replace those of the package.
        config: A mkdocs.yml in place of the package's.

    Raises:
        MirError: The site cannot be built; the old one is still there.
    """
    # MkDocs takes half a second to import, which a project that only wants the pages need not pay.
    from registry.publish import html

    docs.mkdir(parents=True, exist_ok=True)
    settings = html.read_config(
        config or html.default_config(), docs_dir=str(docs.resolve()), site_dir=str(out.resolve()), site_url=base_url
    )
    shown = catalog(index, findings, evidence)
    write_pages(shown, docs, links=Links(settings.use_directory_urls), templates=templates)
    warnings = html.build_html(settings, out)
    return Built(folder=out, models=len(shown.entries), warnings=tuple(warnings))


def _pages(shown: Catalog) -> Iterator[Page]:
    yield from home.pages(shown)
    yield from models.pages(shown)


def _assets() -> Iterator[tuple[str, bytes]]:
    theme = resource("site") / "theme"
    for file in sorted(theme.rglob("*")):
        if file.is_file():
            yield f"assets/mir/{file.relative_to(theme).as_posix()}", file.read_bytes()
