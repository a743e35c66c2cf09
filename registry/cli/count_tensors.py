"""`mir count` of weights: what the headers of safetensors say, without any code of the model."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.cli.configuration import caller_config
from registry.loader.project import is_on_hub
from registry.read.tensor_header import NAMES, HeaderError, Tensors, count_tensors, local_tensors, read_local
from registry.report.printable import plain
from registry.types import UsageError, WeightsError

if TYPE_CHECKING:
    from registry.download.policy import Policy

_SUFFIXES = (".safetensors", ".safetensors.index.json")


def is_weights(text: str) -> bool:
    """Whether an argument names weights, and not a model of a library."""
    return is_on_hub(text) or text.endswith(_SUFFIXES) or Path(text).is_dir()


def print_weights(text: str, *, form: str) -> None:
    """Count and print.

    Raises:
        UsageError: There are no such weights, or no way to them.
    """
    try:
        file, found = _count(text)
    except HeaderError as error:
        raise UsageError(str(error)) from error
    except WeightsError as error:
        raise UsageError(error.message) from error
    if form == "json":
        counted = {"file": file, "parameters": found.parameters, "by_type": dict(found.by_type)}
        counted |= {"buffers": found.buffers, "tensors": found.tensors, "files": found.files, "packed": found.packed}
        click.echo(json.dumps(counted, indent=2))
        return
    click.echo(plain(f"{file}: {found.tensors} tensors in {found.files} file{'' if found.files == 1 else 's'}"))
    rows = [("parameters", found.parameters), *((f"  {kind}", count) for kind, count in found.by_type.items())]
    if found.buffers:
        rows.append(("buffers, not counted", found.buffers))
    for label, count in rows:
        click.echo(plain(f"{label:<24}{count:>24}"))
    if found.packed:
        click.echo("Integers hold several weights each where a model is quantized, so that it has more parameters.")


def _count(text: str) -> tuple[str, Tensors]:
    path = Path(text)
    if path.is_dir():
        file = local_tensors(path)
        if file is None:
            raise UsageError(f"{path} holds none of {', '.join(NAMES)}")
        return file, count_tensors(file, read_local)
    if "://" not in text:
        return text, count_tensors(text, read_local)
    from registry.download.hub_address import repository_of
    from registry.download.policy import Policy
    from registry.download.ranges import read_range

    policy = Policy.of(caller_config())
    if text.endswith(_SUFFIXES):
        return text, count_tensors(text, partial(read_range, policy=policy))
    repository = repository_of(text)
    if repository is None or repository.name is None:
        raise UsageError(f"'{text}' names no model; write hf://owner/model[@revision]")
    return _of_repository(f"hf://{repository}@{repository.revision}", policy)


def _of_repository(address: str, policy: Policy) -> tuple[str, Tensors]:
    from registry.download.http import GoneError
    from registry.download.ranges import read_range

    read = partial(read_range, policy=policy)
    for name in NAMES:
        try:
            return f"{address}/{name}", count_tensors(f"{address}/{name}", read)
        except GoneError:
            continue
    raise UsageError(f"{address} has none of {', '.join(NAMES)}")
