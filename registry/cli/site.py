"""`mir site`: build the site, serve it, or write just its pages."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry.cli.chosen_cards import ChosenCards, chosen_cards
from registry.cli.configuration import is_first, named_config
from registry.cli.messages import tell, tell_findings, tell_unread, warn
from registry.cli.shared_options import PATH, READ_PLACE
from registry.config import Config
from registry.gc import without_collector
from registry.loader.project import is_on_hub
from registry.numbers import counted
from registry.storage import Place
from registry.types import Finding, Index, MirError, UsageError

if TYPE_CHECKING:
    from registry.publish import Built, Material

_FOLDER = click.Path(path_type=Path, file_okay=False)


def _with_cards(command: Callable[..., Any]) -> Callable[..., Any]:
    """The folder of cards as the last argument, and where else a site comes from; `--cards` was the argument before."""

    @wraps(command)
    def chosen(*arguments: Any, cards: Path | None, former: Path | None, **options: Any) -> Any:
        return command(*arguments, cards=tuple(filter(None, [cards or former])), **options)

    for option in (
        click.option("--templates", type=_FOLDER, help="Folder with your own templates, which replace those of mir."),
        click.option(
            "--evidence",
            type=READ_PLACE,
            help="Folder or URL of the evidence; the nearest evidence/ at or above the cards by default.",
        ),
        click.option("--cards", "former", type=PATH, hidden=True, help="The same as CARDS."),
        click.argument("cards", required=False, type=PATH),
    ):
        chosen = option(chosen)
    return chosen


_BASE_URL = click.option(
    "--base-url", metavar="URL", help="Address that the site will have; feed, sitemap and badges name it."
)
_REPOSITORY = click.option(
    "--repository",
    metavar="URL",
    default="",
    help="Address of the cards' folder in a browser; pages link to lines of cards and to a new issue.",
)
_NAME = click.option("--name", metavar="TEXT", default="", help="What the site is called, such as the name of the zoo.")
_DEFAULT_OUT = Path("build/html")
_OUT = click.option("-o", "--output", type=_FOLDER, default=_DEFAULT_OUT, show_default=True, help="Folder of the site.")
_CONFIG = click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="A mkdocs.yml in place of mir's own."
)


@click.group(name="site")
def command() -> None:
    """Build a site from cards and evidence."""


@command.command()
@_with_cards
@_OUT
@_BASE_URL
@_REPOSITORY
@_NAME
@_CONFIG
def build(
    cards: tuple[Path, ...],
    evidence: Place | None,
    templates: Path | None,
    output: Path,
    base_url: str | None,
    repository: str,
    name: str,
    config: Path | None,
) -> int:
    """Build the site from cards and their evidence.

    CARDS are a file, a folder or an address on the Hub; without any, `paths` of the configuration or the folder models.
    """
    return _build(replace(_material(cards, evidence, base_url, repository), name=name), templates, output, config)


@command.command()
@_with_cards
@_OUT
@_CONFIG
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
def serve(
    cards: tuple[Path, ...],
    evidence: Place | None,
    templates: Path | None,
    output: Path,
    config: Path | None,
    port: int,
) -> None:
    """Serve the site on this machine, and build it again when a card, evidence or a template changes."""
    from registry.publish.serve import serve as run

    def again() -> None:
        try:
            _build(_material(cards, evidence, None), templates, output, config)
        except MirError as error:
            # The site that stands goes on being served until the mistake is mended.
            tell(f"mir: error: {error}")

    _build(_material(cards, evidence, None), templates, output, config)
    watched = [path for path in (*chosen_cards(cards).paths, evidence, templates, config) if isinstance(path, Path)]
    run(output, again, watched, port, lambda url: click.echo(f"serving {url} until Ctrl+C"))


@command.command()
@_with_cards
@click.option(
    "-o", "--output", type=_FOLDER, required=True, help="Folder of the pages, below the docs_dir of your project."
)
@click.option(
    "--directory-urls/--no-directory-urls",
    default=True,
    show_default=True,
    help="Whether your project serves page.md as page/, which is MkDocs' default, or as page.html.",
)
@_BASE_URL
@_REPOSITORY
@_NAME
def pages(
    cards: tuple[Path, ...],
    evidence: Place | None,
    templates: Path | None,
    output: Path,
    directory_urls: bool,
    base_url: str | None,
    repository: str,
    name: str,
) -> int:
    """Write only the pages, as Markdown, for a project that has a site of its own."""
    from registry import publish

    made_from = replace(_material(cards, evidence, base_url, repository), name=name)
    site = publish.pages(made_from, out=output, directory_urls=directory_urls, templates=templates)
    click.echo(f"{counted(site.models, 'model')}: the pages are in {output}")
    return _tell(site)


def _build(material: Material, templates: Path | None, output: Path, config: Path | None) -> int:
    from registry import publish
    from registry.report.progress import begun

    if output == _DEFAULT_OUT and not output.resolve().is_relative_to(Path.cwd().resolve()):
        raise UsageError(f"{output} leads out of this folder through a link; name it with --output if that is meant")
    site = publish.build(material, out=output, templates=templates, config=config, phase=begun)
    click.echo(f"{counted(site.models, 'model')}: open {site.folder / 'index.html'}")
    return _tell(site)


def _tell(site: Built) -> int:
    """Say what went wrong with single cards; the exit code."""
    for warning in site.warnings:
        warn(warning)
    tell_findings(site.faults)
    for file in site.withheld:
        tell(f"{file}: it holds what looks like a secret, and is not published")
    return int(bool(site.faults or site.withheld))


@without_collector()
def _material(cards: tuple[Path, ...], evidence: Place | None, base_url: str | None, repository: str = "") -> Material:
    """Read everything that goes into a site."""
    from registry.publish import material
    from registry.report.progress import begun

    begun("reading and checking the cards")
    chosen = chosen_cards(cards)
    findings = _kept_findings(chosen) if is_first() and not any(map(is_on_hub, cards)) else None
    index = chosen.load()
    tell_unread(index)
    if index.models:
        _stop_at_secrets(index, chosen.config)
    content = material(
        index,
        evidence=chosen.evidence(evidence),
        base_url=base_url,
        repository=repository,
        config=None if named_config() is None else chosen.config,
        findings=findings,
    )
    gc.freeze()  # it lives as long as the command, and a search for cycles would go through all of it
    return content


def _kept_findings(chosen: ChosenCards) -> list[Finding] | None:
    """What `mir check` finds, of which what it kept is not worked out anew; `None` where nothing may be kept."""
    from registry.card_config import CardConfigs
    from registry.checks.check_files import check_files
    from registry.cli.check_run import kept_parts
    from registry.cli.kept_run import KeptRun
    from registry.loader import LeftOut
    from registry.parallel import cores

    run, settings = KeptRun([]), chosen.config
    if not all(map(run.is_trusted_for, (*chosen.paths, Path(), *filter(None, [named_config()])))):
        return None
    with run.inputs.listening():
        _, findings = check_files(
            chosen.paths,
            root=None,
            dialect=settings.dialect,
            left_out=LeftOut.of(settings),
            config=settings,
            beside=CardConfigs(settings) if named_config() is None else None,
            processes=cores(),
            kept=kept_parts(run, settings, chosen.paths, None, settings.dialect),
        )
    return findings


def _stop_at_secrets(index: Index, settings: Config) -> None:
    """End the command where a card holds a secret that the configuration of whoever runs it does not let pass.

    Raises:
        SecretError: A card holds one.
    """
    from registry.publish.content import refuse_secrets, secrets_in
    from registry.report import Report
    from registry.report.baseline import read_baseline, without_accepted

    report = Report(findings=secrets_in(index, settings), index=index)
    if settings.baseline is not None:
        report = without_accepted(report, read_baseline(settings.folder / settings.baseline), lambda _: False)
    tell_findings(report.findings)
    refuse_secrets(report.findings)
