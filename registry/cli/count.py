"""`mir count`: parameters and FLOPs of a model by the name of its builder, under every convention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from registry.cli.kept_count import KeptCount
from registry.cli.output_files import print_json, standard_output_is_ours
from registry.cli.shared_options import format_option
from registry.types import BuildError, Quantity, QuantityError, Unverifiable, UsageError
from registry.vocabulary.slips import KnownNames

if TYPE_CHECKING:
    from registry.verify.arguments import Arguments
    from registry.verify.target import Target

USUAL = ("MACs", "torch", "fvcore 0.1.5", "fvcore 0.1.5, attention counted", "thop 0.0.31")
"""The conventions that are printed where not all are asked for: most published numbers are one of these."""

_WHOLE = 1000
"""Deeper than any tree of layers."""


@click.command(
    "count",
    epilog="Exit codes: 0 counted, 1 nothing counts the number of --explain, 2 the model is unknown, cannot be built, "
    "or does not run.",
)
@click.argument("builder", metavar="LIBRARY:MODEL")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="SHAPE",
    help="Input without the batch, such as 3x224x224, or in full with a name or a type, such as "
    "input_ids=1x128:int64; once for each input. The library's own where none is given.",
)
@click.option(
    "--argument", "others", multiple=True, metavar="NAME=VALUE", help="Further argument, such as use_cache=false."
)
@click.option("--explain", "number", metavar="NUMBER", help="Print which ways to count give this number, such as 8.2G.")
@click.option(
    "--depth", type=click.IntRange(min=0), help="How deep the tree of layers goes; about 30 lines by default."
)
@click.option("--by-layer", is_flag=True, help="Print the whole tree.")
@click.option("--all-conventions", is_flag=True, help="Print every convention and setting, not only the usual ones.")
@click.option("--no-cache", is_flag=True, help="Count again, and keep no result.")
@format_option("text", "json", help="Format of the output; JSON has every convention and layer.")
def command(
    builder: str,
    inputs: tuple[str, ...],
    others: tuple[str, ...],
    number: str | None,
    depth: int | None,
    by_layer: bool,
    all_conventions: bool,
    no_cache: bool,
    form: str,
) -> int:
    """Count LIBRARY:MODEL, such as torchvision:resnet50 or timm:vit_base_patch16_224.

    Nothing is downloaded: the model is built without weights, and only shapes are computed. A model that needs values
    runs on the CPU with random ones, for at most a minute, and the result says so.

    A file of your own is named ./train.py:Net: that file is run, and the class or function Net in it makes the model.

    The parameters of weights are counted without any code: name a file of safetensors, an index of several, a folder
    with them, or a model on the Hub as hf://owner/model[@revision], of which a few kilobytes are read.

    Models of transformers are named by their architecture, transformers:gpt2, or by a config.json or a folder with one.
    """
    from registry.cli.count_tensors import is_weights, print_weights

    # Headers are read without torch.
    if is_weights(builder):
        if number is not None:
            raise UsageError("--explain needs a model that can be built; weights have parameters only")
        print_weights(builder, form=form)
        return 0
    reported = None if number is None else _number(number)
    cache = None if no_cache else KeptCount.of(builder, inputs, others)
    cached = None if cache is None else cache.counted()
    counted, ways = cached or _count(builder, inputs, others)
    if cache is not None and cached is None:
        cache.keep(counted, ways)
    from registry.report.count_report import print_counts, print_explanation
    from registry.verify.counts.explanation import explain

    explained = None if reported is None else explain(counted, reported)
    usual = {*USUAL, *(f"{name}, {way}" for name in ("MACs", "torch") for way in ways)}
    names: Sequence[str] = [name for name in counted["counts"] if all_conventions or name in usual]
    if form == "json":
        explanation = {} if explained is None else {"explained": explained.as_dict()}
        print_json({**counted, **explanation})
    elif explained is not None:
        print_explanation(explained.as_dict(), counted, conventions=names)
    else:
        print_counts(counted, conventions=names, depth=_WHOLE if by_layer else depth)
    return int(explained is not None and not explained.fits)


def _count(builder: str, inputs: tuple[str, ...], others: tuple[str, ...]) -> tuple[dict[str, Any], list[str]]:
    """What is counted of a model, and the names of its own ways to count it.

    Raises:
        UsageError: The model is unknown, cannot be built, or does not run.
    """
    from registry.verify.builders import TRUSTED
    from registry.verify.builders.file import file_target
    from registry.verify.counts.model import count_target
    from registry.verify.engines import Failure, in_worker
    from registry.verify.engines.engine import call
    from registry.verify.own_code import is_file

    try:
        if is_file(builder) and not builder.endswith(":"):
            if Path(builder.rpartition(":")[0]).is_file():
                click.echo(f"running {builder.rpartition(':')[0]} to build the model", err=True)
            with standard_output_is_ours():
                target = file_target(builder)
        elif (config := _config(builder)) is not None:
            target = config
        else:
            target = _named(builder)
        arguments = _arguments(target, inputs, others)
        with standard_output_is_ours():
            # The caller's own file runs here, as he asks; an installed package, as a card could name it, beside.
            strange = target.library not in TRUSTED and not is_file(builder)
            counted: Any = (in_worker if strange else call)(count_target, (target, arguments))
        if isinstance(counted, Failure):
            raise UsageError(f"{counted.reason}{_advice(inputs, counted.reason)}")
    except Unverifiable as error:
        raise UsageError(error.message) from error
    versions = {**counted["versions"], target.library: target.version}
    counted = {"builder": f"{target.library}:{target.name}", **counted, "versions": versions}
    return counted, [change.name for change in target.variants]


def _number(text: str) -> Quantity:
    try:
        number = Quantity.parse(text, "count")
    except QuantityError as error:
        raise UsageError(f"--explain: {error}; write a number such as 8.2G or 4.11 GMACs") from error
    if number.value <= 0:
        raise UsageError(f"--explain: '{text}' is not above zero; write a number such as 8.2G or 4.11 GMACs")
    return number


def _named(builder: str) -> Target:
    """The model of a library, or a sentence that says what else may be meant."""
    from registry.verify.builders import libraries, library, target
    from registry.verify.builders.file import names_in

    name, colon, model = builder.partition(":")
    file = name if name.endswith(".py") else f"{name}.py"
    if Path(file).is_file():
        own = [model] if colon and model else names_in(Path(file))
        if own:
            raise UsageError(f"'{builder}' is a file of your own; mir count ./{file}:{own[0]} runs it and counts that")
    if not colon:
        for library_name in ("torchvision", "timm"):
            with suppress(BuildError):
                library(library_name).target(builder, "")
                raise UsageError(f"'{builder}' names no library; did you mean {library_name}:{builder}?")
    elif name not in libraries() or name == "torch.export":
        names = [library_name for library_name in libraries() if library_name != "torch.export"]
        close = KnownNames(names).closest(name)
        hint = f"did you mean {close}:{model}?" if close else f"there are {', '.join(names)}."
        raise UsageError(f"no builder library is called '{name}'; {hint} A file is named ./FILE.py:NAME")
    return target(builder)


_CHANNELS = re.compile(r"expected input\[[^\]]*\] to have (\d+) channels")


def _advice(inputs: Sequence[str], message: str) -> str:
    """What to try where a model does not run on an input that looks like a slip."""
    if "does not run on" not in message:
        return ""
    if not inputs:
        return "; name the shape that it takes, such as --input 3x32x32"
    sides = inputs[0].split("x")
    if len(inputs) == 1 and len(sides) == 1 and sides[0].isdigit():
        return f"; did you mean --input 3x{sides[0]}x{sides[0]}?"
    if len(inputs) == 1 and len(sides) == 4 and sides[0] == "1" and ":" not in inputs[0]:
        return f"; the batch is added, did you mean --input {'x'.join(sides[1:])}?"
    if len(inputs) == 1 and len(sides) == 3 and (channels := _CHANNELS.search(message)):
        return f"; did you mean --input {'x'.join([channels[1], *sides[1:]])}?"
    return ""


def _config(builder: str) -> Target | None:
    """The model of a configuration's file or folder, which only the caller may name."""
    library, _, name = builder.partition(":")
    if library not in ("transformers", "sentence-transformers", "peft"):
        return None
    from registry.verify.builders import adapters, sentence_transformers
    from registry.verify.builders.transformers import config_target, is_config

    folder = Path(name)
    if (folder / adapters.FILE).is_file():
        return adapters.folder_target(folder)
    if (folder / sentence_transformers.FILE).is_file():
        return sentence_transformers.folder_target(folder)
    return config_target(folder) if is_config(name) else None


def _arguments(target: Target, inputs: tuple[str, ...], others: tuple[str, ...]) -> Arguments:
    """What the options say, else what the library runs the model on."""
    from registry.verify.arguments import Arguments, TensorSpec, parse_input, sample

    further = dict(map(_argument, others))
    if not inputs:
        own = target.arguments or sample(target.input_size or (3, 224, 224), target.inputs, listed=target.listed)
        return Arguments(positional=own.positional, keywords={**own.keywords, **further})
    if target.arguments is not None and len(inputs) == 1 and (shape := re.fullmatch(r"\d{1,9}(x\d{1,9})*", inputs[0])):
        # Of a model that has inputs of its own, it is the size of the first of them.
        own = target.arguments.resized([int(side) for side in shape[0].split("x")])
        return Arguments(positional=own.positional, keywords={**own.keywords, **further})
    read = [parse_input(text) for text in inputs]
    unnamed: list[Any] = [spec for name, spec in read if not name]
    if len(unnamed) == 1:
        unnamed *= target.inputs
    if target.listed:
        unnamed = [[TensorSpec(spec.shape[1:], spec.dtype) for spec in unnamed]]
    return Arguments(positional=tuple(unnamed), keywords={**{name: spec for name, spec in read if name}, **further})


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(f"--argument {text}: it must be a name and a value, such as use_cache=false")
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise UsageError(f"--argument {text}: its value cannot be read") from error
