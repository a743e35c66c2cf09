"""`mir badge`: a model's badge for its README."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.asked import cards_option, settings
from registry.types import UsageError
from registry.vocabulary import metric_term, slug


@click.command("badge")
@click.argument("model")
@cards_option
@click.option("--claim", metavar="NAME", help="Only this claim, such as top1 or flops; all of them without it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["svg", "json"]),
    default="svg",
    show_default=True,
    help="A drawing, or what shields.io's endpoint badge reads.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it to FILE instead of printing it.")
def command(model: str, cards: tuple[Path, ...], claim: str | None, form: str, out: Path | None) -> int:
    """Make the badge of MODEL: how many of its claims are reproduced, or one claim with its verdict."""
    from registry.evidence import Store
    from registry.evidence.badges import of_claim, of_claims
    from registry.evidence.folder import evidence_folder
    from registry.evidence.standing import Beside
    from registry.files import write_atomic
    from registry.loader import load
    from registry.verify.claims import read_claims

    paths, config = settings(cards)
    found = [each for each in read_claims(load(paths, dialect=config.dialect)) if each.model.name == model]
    if not found:
        raise UsageError(f"no card has a model named '{model}'")
    stores = [Store(folder) for folder in dict.fromkeys(evidence_folder(path, config) for path in paths)]
    beside = Beside(evidence for store in stores for evidence in store.all())
    shown = [beside.shown(each) for each in found[0].claims]
    badge = of_claims(shown)
    if claim is not None:
        term = metric_term(claim)
        subject = term.subject if term else slug(claim)
        about = [each for each in shown if each.claim.subject == subject]
        if not about:
            claimed = ", ".join(dict.fromkeys(each.claim.subject for each in shown)) or "nothing"
            raise UsageError(f"the card of {model} has no claim '{claim}'; it claims {claimed}")
        badge = of_claim(about[0])
    text = badge.svg() if form == "svg" else badge.json()
    if out is None:
        click.echo(text, nl=False)
    else:
        write_atomic(out, text.encode())
    return 0
