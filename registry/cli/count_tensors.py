"""`mir count` of weights: what the headers of safetensors say, without any code of the model."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from registry.cli.configuration import caller_config
from registry.cli.output_files import print_json
from registry.loader.project import is_on_hub
from registry.numbers import counted
from registry.read.tensor_header import NAMES, HeaderError, Tensors, count_tensors, local_tensors, read_local
from registry.report.output import plain
from registry.types import UsageError, WeightsError

if TYPE_CHECKING:
    from registry.download.hub_address import Repository
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
        file, header = _count(text)
    except HeaderError as error:
        raise UsageError(str(error)) from error
    except WeightsError as error:
        raise UsageError(error.message) from error
    if form == "json":
        result = {"file": file, "parameters": header.parameters, "by_type": dict(header.by_type)}
        result |= {name: getattr(header, name) for name in ("buffers", "tensors", "files", "packed")}
        print_json(result)
        return
    click.echo(plain(f"{file}: {counted(header.tensors, 'tensor')} in {counted(header.files, 'file')}"))
    rows = [("parameters", header.parameters), *((f"  {kind}", count) for kind, count in header.by_type.items())]
    if header.buffers:
        rows.append(("buffers, not counted", header.buffers))
    for label, count in rows:
        click.echo(plain(f"{label:<24}{count:>24}"))
    if header.packed:
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
    from registry.download.hub_repositories import is_offline
    from registry.download.policy import Policy
    from registry.download.ranges import read_range

    if is_offline():
        raise UsageError(f"'{text}' is on the Hub, and HF_HUB_OFFLINE says that nobody is asked")
    policy = Policy.of(caller_config())
    if text.endswith(_SUFFIXES):
        return text, count_tensors(text, partial(read_range, policy=policy))
    repository = repository_of(text)
    if repository is None or repository.name is None:
        raise UsageError(f"'{text}' names no model; write hf://owner/model[@revision]")
    if repository.kind != "models":
        raise UsageError(f"'{text}' is no model; write hf://owner/model[@revision]")
    return _of_repository(repository, policy)


def _of_repository(repository: Repository, policy: Policy) -> tuple[str, Tensors]:
    from registry.download.http import GoneError
    from registry.download.hub_files import file_on_hub, listed
    from registry.download.ranges import read_range

    files = listed(repository, policy).files
    name = next((name for name in NAMES if name in files), None)
    if name is None:
        alone = [file for file in files if file.endswith(_SUFFIXES[0])]
        if len(alone) != 1:
            more = f"; it has {', '.join(sorted(alone)[:3])}: name one" if alone else ""
            raise UsageError(f"{repository.address} has none of {', '.join(NAMES)}{more}")
        (name,) = alone
    file = file_on_hub(str(repository), repository.revision, name)
    try:
        return file, count_tensors(file, partial(read_range, policy=policy))
    except GoneError as error:
        raise UsageError(f"{error.message}, though {name} names it") from error
