"""`mir verify`: measure what cards claim, and write evidence."""

from __future__ import annotations

from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry.cli.chosen_cards import chosen_cards
from registry.cli.configuration import config_option, offline_option
from registry.cli.messages import tell, tell_unread
from registry.cli.output_files import standard_output_is_ours
from registry.cli.settled import Settled, overheard, print_at_a_glance
from registry.cli.shared_options import PATH, PLACE, format_option, pair
from registry.cli.signals import exit_code
from registry.download.hub_address import at_hub
from registry.gc import without_collector
from registry.numbers import counted
from registry.storage import Place
from registry.types import Evidence
from registry.verify.call_options import check_call

if TYPE_CHECKING:
    from registry.verify.engines import Name
    from registry.verify.verification import Verification

_TRIES = frozenset(
    [
        "ask_sizes",
        "batch_size",
        "compiled",
        "diagnose",
        "fetch_data",
        "force",
        "harnesses",
        "predictions",
        "quick",
        "trust",
        "workers",
    ]
)
"""What asks for more than what is settled."""


@click.command(
    "verify",
    epilog="Exit codes: 0 no claim is refuted, 1 a claim is refuted or could not be measured for an error, or a card "
    "cannot be read, 2 wrong usage or an error of mir's own.",
)
@click.argument("paths", nargs=-1, type=PATH, metavar="[CARDS]...")
@click.option("--only", metavar="SUBJECT,...", help="Only these: parameters, flops, file-size, top-1-accuracy, ...")
@click.option("--model", "names", metavar="NAME", multiple=True, help="Only this model; may be repeated.")
@click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="auto|cpu|cuda[:N]",
    help="Where models run; several as cuda:0,cuda:1.",
)
@click.option(
    "--data",
    metavar="NAME=FOLDER",
    multiple=True,
    help="Where a dataset is, such as imagenet=/data/imagenet or sst2=hf://datasets/nyu-mll/glue.",
)
@click.option(
    "--fetch-data",
    is_flag=True,
    help="Fetch the data sets that a card names by their id on the Hub: only the split that it reports.",
)
@click.option(
    "--evidence",
    "folder",
    type=PLACE,
    help="Folder of the evidence, or a URL such as s3://bucket/evidence; the nearest evidence/ at or above the cards "
    "by default.",
)
@click.option(
    "--ask-sizes",
    is_flag=True,
    help="Ask the hosts of the weights how large the files are, and for the headers of safetensors.",
)
@click.option(
    "--with",
    "harnesses",
    multiple=True,
    type=click.Choice(["lm-eval", "mteb"]),
    help="Run this installed harness for the claims that need it; may be repeated.",
)
@click.option("--force", is_flag=True, help="Measure again, even where the evidence is fresh.")
@format_option("text", "table", "json", help="Format of the output; table has every claim.")
@click.option(
    "--engine",
    type=click.Choice(["local", "process", "ray"]),
    help="Where models run: in this process, in other processes, or on a Ray cluster. By default, models are counted "
    "in other processes and evaluated in this one; only code of torchvision, timm and mir itself runs in this one.",
)
@click.option(
    "--address",
    metavar="auto|HOST:PORT|ray://HOST:PORT",
    help="With --engine ray: the cluster; without it, a cluster of this machine is started for the run.",
)
@click.option(
    "--time-limit",
    "seconds",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Time that a job may take in a worker; by default 120 to count a model, 3600 for each that is evaluated.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that count models; one for each core by default.")
@click.option(
    "--precision",
    type=click.Choice(["fp32", "tf32", "bf16", "fp16"]),
    default="fp32",
    show_default=True,
    help="Arithmetic of the models; with another than fp32 the claim stays unverifiable.",
)
@click.option("--batch-size", type=click.IntRange(min=1), help="Samples in one batch; chosen automatically by default.")
@click.option("--workers", type=click.IntRange(min=0), help="Processes that decode pictures.")
@click.option(
    "--compile",
    "compiled",
    is_flag=True,
    help="Run models through torch.compile, or without it where that fails.",
)
@click.option("--quick", is_flag=True, help="Draw samples at random and stop as soon as a claim is decided.")
@click.option("--diagnose", is_flag=True, help="Look for the reason where a claim is refuted.")
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Preprocessing that replaces the card's, such as 'Interpolation=bicubic'.",
)
@click.option("--predictions", is_flag=True, help="Keep the answer to each sample beside the evidence.")
@click.option("--plan", "planned", is_flag=True, help="Print what a run would do and cost; measure nothing.")
@click.option("-v", "--verbose", is_flag=True, help="List every claim, also of many models.")
@config_option
@offline_option
@click.option(
    "--trust",
    is_flag=True,
    help="Run code that comes with a card: its weights, and files that its Builder names. For cards that you trust.",
)
def command(
    paths: tuple[Path, ...],
    only: str | None,
    names: tuple[str, ...],
    device: str,
    data: tuple[str, ...],
    folder: Place | None,
    form: str,
    engine: Name | None,
    address: str | None,
    jobs: int | None,
    settings: tuple[str, ...],
    planned: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Measure what cards claim, compare, and write evidence.

    CARDS are files, folders, and addresses on the Hub: hf://owner/model[@revision], or hf://owner. Without any,
    `paths` of the configuration or the folder models is read.
    """
    check_call({"device": device}, engine, address)
    cards = chosen_cards(paths)
    plain = not (data or settings or engine or planned or folder or any(map(options.get, _TRIES)))
    settled = Settled(cards=cards, arguments=[only, names, device, form, verbose]) if plain else None
    if settled is not None and (again := settled.said()) is not None:
        click.echo(again[0], nl=False)
        return again[1]
    if settled is not None and form == "text" and not (only or names or verbose):
        code = print_at_a_glance(settled)
        if code is not None:
            return code

    from registry.report.progress import progress
    from registry.report.verdicts import as_json, print_overview
    from registry.verify.engines import open_engine
    from registry.verify.run import SHELTER
    from registry.verify.verification import prepare

    with without_collector():
        index = cards.load()
    verification = prepare(
        index,
        elsewhere=address is not None,
        tell=lambda message: tell(f"mir: {message}"),
        models=names,
        only=only.split(",") if only else (),
        data=dict(pair("--data", text, "imagenet=/data/imagenet") for text in data),
        preprocessing=dict(pair("--set", text, "'Interpolation=bicubic'") for text in settings),
        evidence=cards.evidence(folder),
        config=cards.config,
        device=device,
        jobs=jobs,
        **options,
    )
    if planned:
        from registry.report import plans

        with standard_output_is_ours():
            plan = verification.plan(here=address is None)
        click.echo(plans.as_json(plan), nl=False) if form == "json" else plans.print_plan(plan)
        return int(tell_unread(verification.index) | _tell_unverified(verification))
    settled_claims: list[Evidence] = []
    any_tried = False
    stopped: KeyboardInterrupt | None = None
    opened = nullcontext() if engine is None else open_engine(engine, address=address, workers=jobs)
    try:
        with (
            standard_output_is_ours(),
            opened as place,
            progress(f"verifying {counted(len(verification.models), 'model')}", shown=form != "json") as report,
            closing(verification.settle(place, report)) as run,
        ):
            for verified in run:
                any_tried |= verified.tried
                settled_claims.append(_without_details(verified.evidence))
    except KeyboardInterrupt as stop:
        stopped = stop
    evidence = verification.in_card_order(settled_claims)
    with overheard() as heard:
        click.echo(as_json(evidence), nl=False) if form == "json" else print_overview(
            evidence, whole=verbose or form == "table"
        )
    click.echo(heard.getvalue(), nl=False)
    unread = tell_unread(verification.index) | _tell_unverified(verification)
    if verification.store.sheltered:
        notice = (
            f"{verification.store.sheltered} records that {verification.store.folder} did not take are in {SHELTER}"
        )
        click.echo(
            f"mir: error: {notice}; when it answers: mir evidence copy {SHELTER} {verification.store.folder}", err=True
        )
    if stopped is not None:
        click.echo("mir: interrupted; what is listed is written, and the next run goes on from there", err=True)
        return exit_code(stopped)
    if verification.store.sheltered:
        return 2
    code = int(unread or any(record.verdict in ("refuted", "error") for record in evidence))
    if settled is not None and not (any_tried or unread):
        from registry.verify.own_code import files_beside

        settled.keep(heard.getvalue(), code, verification.index, files_beside(verification.index.models))
    return code


def _without_details(evidence: Evidence) -> Evidence:
    """Evidence without details, which no table prints and of which a hundred thousand models have gigabytes."""
    measurement = evidence.measurement
    return evidence if measurement is None else replace(evidence, measurement=replace(measurement, details={}))


def _tell_unverified(verification: Verification) -> bool:
    """Tell of models and numbers that cannot be verified; say whether a card is at fault for it."""
    nameless = [model for model in verification.index.models if not model.name]
    for model in nameless:
        tell(f"{at_hub(model.location)}: a model without Name is not verified; give it one")
    for claims in verification.models:
        for entry in claims.unreadable:
            tell(f"{at_hub(entry.location)}: {entry.label} of {claims.model.name} is no number that can be verified")
    return bool(nameless)
