"""`mir site`: build the site, serve it, or write just its pages."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.unread import tell_unread
from registry.config import find_config
from registry.types import UsageError

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(name="site")
def command() -> None:
    """Build a site from cards and evidence."""


@command.command()
@click.option("--cards", type=click.Path(path_type=Path), default=Path("models"), show_default=True, help="The cards.")
@click.option("--out", type=_FOLDER, default=Path("build/html"), show_default=True, help="Folder of the site.")
@click.option("--evidence", type=_FOLDER, help="Folder of the evidence; evidence/ beside the cards by default.")
@click.option("--base-url", metavar="URL", help="Address that the site will have; feed, sitemap and badges name it.")
@click.option("--templates", type=_FOLDER, help="Folder of templates that replace those of mir.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="A mkdocs.yml in place of mir's own.")
def build(
    cards: Path, out: Path, evidence: Path | None, base_url: str | None, templates: Path | None, config: Path | None
) -> None:
    """Build the site: cards and evidence to HTML."""
    from registry import publish
    from registry.checks import check
    from registry.evidence import Store
    from registry.evidence.folder import evidence_folder
    from registry.loader import load
    from registry.vocabulary import Vocabulary

    if base_url is not None and not base_url.startswith(("https://", "http://")):
        raise UsageError(f"--base-url '{base_url}' must begin with https:// or http://")
    settings = find_config(cards)
    index = load([cards], dialect=settings.dialect)
    tell_unread(index)
    if not index.models:
        raise UsageError(f"no model is described in '{cards}', so that there is nothing to build")
    built = publish.build(
        index,
        check(index, config=settings),
        Store(evidence or evidence_folder(cards, settings)).all(),
        out=out,
        docs=_docs(out.resolve()),
        base_url=base_url,
        templates=templates,
        config=config,
        vocabulary=Vocabulary.load(*(str(settings.folder / file) for file in settings.vocabulary)),
    )
    for warning in built.warnings:
        click.echo(f"mir: warning: {warning}", err=True)
    click.echo(f"{built.models} models: open {built.folder / 'index.html'}")


def _docs(out: Path) -> Path:
    """The folder of the Markdown: `docs` beside `html`, and `NAME-docs` beside any other name."""
    return out.with_name("docs" if out.name == "html" else f"{out.name}-docs")
