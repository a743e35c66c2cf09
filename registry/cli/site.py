"""`mir site`: build the site, serve it, or write just its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from registry.card_config import CardConfigs
from registry.checks.catalogue import selector
from registry.checks.secrets import SECRET_RULE
from registry.cli.configuration import caller_config, dialect_of, named_config
from registry.cli.load_errors import tell_unread
from registry.cli.places import PLACE
from registry.config import Config
from registry.report.plain import plain
from registry.storage import Place
from registry.types import Index, MirError, SecretError, UsageError

if TYPE_CHECKING:
    from registry.publish import Built, Material

_FOLDER = click.Path(path_type=Path, file_okay=False)
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _options(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    """Several options as one decorator, in the order in which help shows them."""

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_CARDS: Callable[[Any], Any] = _options(
    click.option("--cards", type=click.Path(path_type=Path), default=Path("models"), show_default=True, help="Cards."),
    click.option(
        "--evidence", type=PLACE, help="Folder or URL of the evidence; evidence/ beside the cards without it."
    ),
    click.option("--templates", type=_FOLDER, help="Folder of templates that replace those of mir."),
)
_BASE_URL = click.option(
    "--base-url", metavar="URL", help="Address that the site will have; feed, sitemap and badges name it."
)
_DEFAULT_OUT = Path("build/html")
_OUT = click.option("--out", type=_FOLDER, default=_DEFAULT_OUT, show_default=True, help="Folder of the site.")
_CONFIG = click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="A mkdocs.yml in place of mir's own."
)


@click.group(name="site")
def command() -> None:
    """Build a site from cards and evidence."""


@command.command()
@_CARDS
@_OUT
@_BASE_URL
@_CONFIG
def build(
    cards: Path, evidence: Place | None, templates: Path | None, out: Path, base_url: str | None, config: Path | None
) -> int:
    """Build the site: cards and evidence to HTML."""
    return _build(cards, evidence, templates, out, base_url, config)


@command.command()
@_CARDS
@_OUT
@_CONFIG
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
def serve(
    cards: Path, evidence: Place | None, templates: Path | None, out: Path, config: Path | None, port: int
) -> None:
    """Serve the site on this machine, and build it again when a card, evidence or a template changes."""
    from registry.publish.serve import serve as run

    def again() -> None:
        try:
            _build(cards, evidence, templates, out, None, config)
        except MirError as error:
            # The site that stands goes on being served until the mistake is mended.
            click.echo(plain(f"mir: error: {error}"), err=True)

    _build(cards, evidence, templates, out, None, config)
    watched = [path for path in (cards, evidence, templates, config) if isinstance(path, Path)]
    run(out, again, watched, port, lambda url: click.echo(f"serving {url} until Ctrl+C"))


@command.command()
@_CARDS
@click.option("--out", type=_FOLDER, required=True, help="Folder of the pages, below the docs_dir of your project.")
@click.option(
    "--directory-urls/--no-directory-urls",
    default=True,
    show_default=True,
    help="Whether your project serves page.md as page/, which is MkDocs' default, or as page.html.",
)
@_BASE_URL
def pages(
    cards: Path,
    evidence: Place | None,
    templates: Path | None,
    out: Path,
    directory_urls: bool,
    base_url: str | None,
) -> int:
    """Write only the pages, as Markdown, for a project that has a site of its own."""
    from registry import publish

    written = publish.pages(
        _material(cards, evidence, base_url), out=out, directory_urls=directory_urls, templates=templates
    )
    click.echo(f"{written.models} models: the pages are in {out}")
    return _tell(written)


def _build(
    cards: Path, evidence: Place | None, templates: Path | None, out: Path, base_url: str | None, config: Path | None
) -> int:
    from registry import publish

    if out == _DEFAULT_OUT and not out.resolve().is_relative_to(Path.cwd().resolve()):
        raise UsageError(f"{out} leads out of this folder through a link; name it with --out if that is meant")
    built = publish.build(
        _material(cards, evidence, base_url), out=out, docs=_docs(out.resolve()), templates=templates, config=config
    )
    click.echo(f"{built.models} models: open {built.folder / 'index.html'}")
    return _tell(built)


def _tell(built: Built) -> int:
    """Say what went wrong with single cards; the exit code."""
    for warning in built.warnings:
        click.echo(plain(f"mir: warning: {warning}"), err=True)
    for each in built.faults:
        click.echo(plain(f"{each.location}: {each.rule} {each.message}"), err=True)
    for file in built.withheld:
        click.echo(plain(f"{file}: it holds what looks like a secret, and is not published"), err=True)
    return int(bool(built.faults or built.withheld))


def _material(cards: Path, evidence: Place | None, base_url: str | None) -> Material:
    """Read everything that goes into a site."""
    from registry.checks import check
    from registry.evidence import Store
    from registry.evidence.folder import evidence_folder
    from registry.loader import LeftOut, load
    from registry.publish import Material

    if base_url is not None and not base_url.startswith(("https://", "http://")):
        raise UsageError(f"--base-url '{base_url}' must begin with https:// or http://")
    settings = caller_config()
    index = load([cards], dialect=dialect_of([cards], settings), left_out=LeftOut.of(settings))
    tell_unread(index)
    if not index.models:
        raise UsageError(f"no model is described in '{cards}', so that there is nothing to build")
    _stop_at_secrets(index, settings)
    return Material(
        index=index,
        findings=check(index, config=settings, beside=None if named_config() else CardConfigs(settings)),
        evidence=Store(evidence or evidence_folder(cards, settings)).records(),
        vocabulary=settings.load_vocabulary(),
        base_url=base_url,
    )


def _stop_at_secrets(index: Index, settings: Config) -> None:
    """End the command where a card holds a secret that the configuration of whoever runs it does not let pass.

    Comments in the cards, and configurations beside them, are by those who wrote the secret.

    Raises:
        SecretError: A card holds one.
    """
    from registry.checks import check
    from registry.report import Report
    from registry.report.baseline import read_baseline, without_accepted

    if not selector(settings.select, settings.ignore)(SECRET_RULE):
        return
    found = check(index, config=replace(settings, select=(SECRET_RULE,), ignore=()), comments=False)
    report = Report(findings=[finding for finding in found if finding.rule == SECRET_RULE], index=index)
    if settings.baseline is not None:
        report = without_accepted(report, read_baseline(settings.folder / settings.baseline), lambda _: False)
    for finding in report.findings:
        click.echo(plain(f"{finding.location}: {finding.rule} {finding.message}"), err=True)
    if report.findings:
        raise SecretError(
            "nothing is published: cards hold what looks like a secret; `ignore`, `per-file-ignores` or a baseline of "
            f"the folder that mir runs in lets {SECRET_RULE} pass"
        )


def _docs(out: Path) -> Path:
    """The folder of the Markdown: `docs` beside `html`, and `NAME-docs` beside any other name."""
    return out.with_name("docs" if out.name == "html" else f"{out.name}-docs")
