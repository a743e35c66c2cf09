"""From an index, its findings and its evidence to a folder of pages, and to a site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from registry.files import relative
from registry.gc import passed_over, without_collector
from registry.locks import locked
from registry.numbers import counted
from registry.publish import badge_files, downloads, made_of, search_names, site_api, vega
from registry.publish.catalog import CatalogEntry
from registry.publish.claims import claims_csv
from registry.publish.content import PageContent, gather
from registry.publish.html_table import HtmlTable
from registry.publish.kept_pages import KeptPages
from registry.publish.links import Links, Page, PagePlan
from registry.publish.material import Material
from registry.publish.output_folder import PageTree, ensure_ours
from registry.publish.pages import boards, browse, elsewhere, home, models, reference, why
from registry.publish.plot import Plot, plot
from registry.publish.render import Renderer
from registry.read.faults import sparing
from registry.resources import resource
from registry.types import Finding, Index


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What a build, or writing the pages alone, came to.

    Attributes:
        warnings: What MkDocs warned of.
        faults: Cards that are left out, because publishing them ended in an error that nobody foresaw.
        withheld: Files that cards refer to and that are left out, because they hold what looks like a secret.
    """

    folder: Path
    models: int
    warnings: tuple[str, ...] = ()
    faults: tuple[Finding, ...] = ()
    withheld: tuple[str, ...] = ()


def build(
    material: Material,
    *,
    out: Path,
    docs: Path | None = None,
    templates: Path | None = None,
    config: Path | None = None,
    phase: Callable[[str], None] = lambda _: None,
) -> Built:
    """Build a site.

    Args:
        material: What it is made from.
        out: Folder of the HTML; its old content is replaced when the new one is complete.
        docs: Folder of the Markdown that it is built from; without it `docs` beside `html`, and `NAME-docs` beside any
            other name.
        templates: Folder of templates that replace those of the package.
        config: A mkdocs.yml in place of the package's.
        phase: Called with what begins, which may take minutes.

    Raises:
        MirError: The site cannot be built; the old one is still there.
    """
    # MkDocs takes half a second to import, which a project that only wants the pages need not pay.
    from registry.publish import html

    ensure_ours(out, "api/v1/index.json")
    docs = docs or out.resolve().with_name("docs" if out.resolve().name == "html" else f"{out.resolve().name}-docs")
    tree = PageTree(docs)
    settings = html.read_config(
        config or html.default_config(),
        docs_dir=str(docs.resolve()),
        site_dir=str(out.resolve()),
        site_url=material.base_url,
        **({"site_name": material.name} if material.name else {}),
    )
    material = replace(
        material,
        base_url=settings.site_url or "",
        repository=material.repository or settings.repo_url or "",
        name=settings.site_name,
        studies=config is None,
    )
    renderer = Renderer(Links(settings.use_directory_urls), templates)
    with locked(docs):  # builds of one site take turns
        phase(f"writing the pages of {counted(len(material.index.models), 'model')}")
        result = _write(material, tree, renderer)
        if config is None and out.resolve().parent == docs.resolve().parent:
            html.leave_config(settings, docs.resolve())
        phase("making HTML of them, which takes the most time")
        with passed_over():
            warnings = html.build_html(settings, out)
    return replace(result, folder=out, warnings=tuple(warnings))


def pages(material: Material, *, out: Path, directory_urls: bool = True, templates: Path | None = None) -> Built:
    """Write only the pages, for a project that builds them with a site of its own.

    Args:
        material: What they are made from.
        out: Folder of the pages; what an earlier run left there is replaced.
        directory_urls: Whether that project serves `page.md` as `page/`.
        templates: Folder of templates that replace those of the package.

    Raises:
        MirError: The pages cannot be written.
    """
    renderer = Renderer(Links(directory_urls), templates)
    return _write(material, PageTree(out), renderer)


@without_collector()
def _write(material: Material, tree: PageTree, renderer: Renderer) -> Built:
    """Write everything as Markdown; without the cards that this fails on, which are named."""

    def work(index: Index) -> PageContent:
        content = gather(replace(material, index=index))
        tree.begin()
        _write_content(content, tree, renderer)
        return content

    content, faults = sparing("could not be published", work, material.index)
    withheld = tuple(relative(file, material.index.root) for file in content.attachments.withheld)
    return Built(folder=tree.folder, models=len(content.catalog.entries), faults=tuple(faults), withheld=withheld)


def _write_content(content: PageContent, tree: PageTree, renderer: Renderer) -> None:
    """Write everything as Markdown, and the files that come with it."""
    links = renderer.links
    drawn = plot(content, links)
    kept_pages = KeptPages(tree, made_of.of_all(content, links, renderer.templates))
    made_of.learn(content)
    for page in _pages(content, links, drawn):
        if isinstance(page, Page):
            _write_page(page, tree, renderer)
        elif not kept_pages.keeps(page.path, digest := made_of.of_plan(page)):
            paths = tree.putting()
            _write_page(page.make(), tree, renderer)
            kept_pages.wrote(page.path, digest, paths)
    _write_models(content, tree, renderer, kept_pages)
    for path, text in _machine_files(content, links):
        tree.put(path, text)
    if drawn is not None:
        tree.put(home.SCRIPT, drawn.script)
        if not tree.keep(drawn.drawing_path):
            tree.put(drawn.drawing_path, vega.drawing(drawn.drawn))
        if not tree.keep(vega.script_path()):
            tree.put(vega.script_path(), vega.script())
    for path, data in (*_assets(), *content.attachments.files.items()):
        tree.put(path, data)
    tree.finish()


def _write_page(page: Page, tree: PageTree, renderer: Renderer) -> None:
    """Write a page, and what its tables hold beside it."""
    tree.put(page.path, renderer.render(page))
    for table in _tables(page):
        tree.put(table.csv_path, table.csv())
        if table.more_path:
            tree.put(table.more_path, renderer.more_rows(table, page))


def _write_models(content: PageContent, tree: PageTree, renderer: Renderer, kept_pages: KeptPages) -> None:
    """Write the files of each model; those stay that would be made of the same as the last time."""
    content.attachments.asked.update(kept_pages.asked)
    for entry in content.catalog.entries:
        digest = content.digests[entry.slug]
        if not kept_pages.keeps(entry.page, made_of.with_references(digest, content, entry)):
            paths = tree.putting()
            for path, data in _files_of(content, renderer, entry):
                tree.put(path, data)
            # Rendering told anew what its text refers to.
            kept_pages.wrote(entry.page, made_of.with_references(digest, content, entry), paths)
    kept_pages.save(content.attachments.asked)


def _files_of(content: PageContent, renderer: Renderer, entry: CatalogEntry) -> Iterator[tuple[str, str | bytes]]:
    page = models.page_of(content, renderer.links, entry)
    yield page.path, renderer.render(page)
    yield from site_api.files_of(content, renderer.links, entry)
    yield from badge_files.files(entry, content.ranks.get(entry.slug)).items()
    if files := downloads.files_of(entry, content.attachments):
        yield downloads.download_path(entry), downloads.download(files)


def _pages(content: PageContent, links: Links, drawn: Plot | None) -> Iterator[Page | PagePlan]:
    yield from home.pages(content, drawn)
    yield from models.pages(content)
    yield from browse.collections(content)
    yield from browse.tasks(content)
    yield from boards.datasets(content, links)
    yield from browse.papers(content)
    yield from elsewhere.pages(content)
    yield from why.pages(content)
    yield from reference.findings(content)
    yield from reference.rules()
    yield from reference.conventions(content)
    yield from reference.schemas()
    yield from reference.python()


def _tables(page: Page) -> Iterator[HtmlTable]:
    for value in page.context.values():
        if isinstance(value, HtmlTable):
            yield value
        elif isinstance(value, list):
            yield from (
                part for item in value if isinstance(item, tuple) for part in item if isinstance(part, HtmlTable)
            )


def _machine_files(content: PageContent, links: Links) -> Iterator[tuple[str, str]]:
    yield from site_api.files(content, links)
    yield "csv/claims.csv", claims_csv(content)
    yield why.DATA, why.data(content)
    yield search_names.PATH, search_names.script(content, links)
    yield from reference.schema_files()
    yield badge_files.PATH, badge_files.atom(content, links)


def _assets() -> Iterator[tuple[str, bytes]]:
    """The theme's files, and the pages that were written by hand."""
    for folder, target in (("theme", "assets/mir"), ("pages", "guide")):
        source = resource("site") / folder
        for file in sorted(source.rglob("*")):
            if file.is_file():
                yield f"{target}/{file.relative_to(source).as_posix()}", file.read_bytes()
