"""`mir count`: parameters and FLOPs of a model by the name of its builder, under every convention."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from registry.types import Unverifiable, UsageError

USUAL = ("MACs", "torch", "fvcore 0.1.5", "thop 0.0.31")
"""The conventions that are printed where not all are asked for: most published numbers are one of these."""


@click.command("count", epilog="Exit codes: 0 counted, 2 the model is unknown, cannot be built, or does not run.")
@click.argument("builder", metavar="LIBRARY:MODEL")
@click.option("--input", "size", metavar="CxHxW", help="Input without the batch, such as 3x224x224; the library's own.")
@click.option("--by-layer", is_flag=True, help="Print every layer too.")
@click.option("--all-conventions", is_flag=True, help="Print every convention, not only the usual ones.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How the result is printed; JSON always holds every convention and layer.",
)
def command(builder: str, size: str | None, by_layer: bool, all_conventions: bool, form: str) -> int:
    """Count LIBRARY:MODEL, such as torchvision:resnet50 or timm:vit_base_patch16_224.

    Nothing is downloaded or computed: the model is built without weights and run without arithmetic.
    """
    from registry.report.counts import print_counts
    from registry.verify.builders import target
    from registry.verify.counts.model import count_module
    from registry.verify.trace import build

    try:
        found = target(builder)
        shape = _shape(size) if size else found.input_size or (3, 224, 224)
        model = build(found.build)
        counted = count_module(model, shape, inputs=found.inputs, run=not found.uncountable).as_dict()
    except Unverifiable as error:
        raise UsageError(error.message) from error
    counted = {"builder": f"{found.library}:{found.name}", **counted}
    counted["versions"] = {**counted["versions"], found.library: found.version}
    if form == "json":
        click.echo(json.dumps(counted, indent=2))
    else:
        names: Sequence[str] = [name for name in counted["counts"] if all_conventions or name in USUAL]
        print_counts(counted, conventions=names, by_layer=by_layer)
        if found.uncountable:
            click.echo(f"FLOPs are not counted: {found.uncountable}")
    return 0


def _shape(text: str) -> tuple[int, ...]:
    parts = text.lower().split("x")
    if not all(part.isdecimal() and 0 < int(part) <= 1_000_000 for part in parts) or len(parts) > 5:
        raise UsageError(f"--input {text}: it must be the input's shape without the batch, such as 3x224x224")
    return tuple(map(int, parts))
