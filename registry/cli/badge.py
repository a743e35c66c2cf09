"""`mir badge`: a model's badge for its README."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.chosen_cards import chosen_cards
from registry.cli.output_files import put
from registry.cli.query_options import cards_argument, model_names, opened
from registry.cli.shared_options import PATH, format_option
from registry.types import UsageError


@click.command("badge")
@click.argument("model", shell_complete=model_names)
@cards_argument
@click.option("--claim", metavar="NAME", help="Only this claim, such as top1 or flops; all claims by default.")
@format_option("svg", "json", help="Format of the output: a picture, or the JSON of shields.io's endpoint badge.")
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Write it to FILE instead of printing it.")
def command(model: str, cards: tuple[Path, ...], claim: str | None, form: str, output: Path | None) -> int:
    """Make the badge of MODEL: how many of its claims are reproduced, or one claim with its verdict."""
    from registry.evidence.badges import of_claim, of_claims
    from registry.query.model_claims import show

    chosen = chosen_cards(cards)
    claims = show(opened(chosen).tables, model)[0]["claims"]
    badge = of_claims(claim_row["verdict"] for claim_row in claims)
    if claim is not None:
        subject = chosen.config.load_vocabulary().subject(claim)
        about = next((claim_row for claim_row in claims if claim_row["subject"] == subject), None)
        if about is None:
            subjects = ", ".join(dict.fromkeys(claim_row["subject"] for claim_row in claims)) or "nothing"
            raise UsageError(f"the card of {model} has no claim '{claim}'; it claims {subjects}")
        badge = of_claim(about["label"], about["reported"], about["verdict"])
    put(badge.svg() if form == "svg" else badge.json(), output)
    return 0
