"""Where what a command made goes: one file or standard output, or a folder of several; and what is said of losses."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry.cli.messages import tell, tell_findings
from registry.download.hub_address import at_hub
from registry.files import write_output
from registry.numbers import counted
from registry.types import UsageError

if TYPE_CHECKING:
    from registry.convert import Converted
    from registry.dialects.writers.notes import Loss


def print_json(data: Any) -> None:
    """Print plain data; what JSON lacks, such as a date, as text."""
    click.echo(json.dumps(data, indent=2, default=str))


def put(content: str | bytes, output: Path | None) -> None:
    """Write what was made to a file, or to standard output where none is named."""
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if output is None:
        click.echo(data, nl=False)
    else:
        write_output(output, data)


def tell_losses(converted: Converted, *, quiet: bool = False, short: bool = False) -> None:
    """Say on standard error what is lost and what is changed, a line each.

    Where it is to be `short`, what is alike in many models is said of the first, with the number of the others.
    """
    tell_findings(converted.faults)
    alike: dict[tuple[str, str, str], list[Loss]] = {}
    for loss in () if quiet else converted.losses:
        key = (loss.what, loss.kind, loss.reason) if short else (str(len(alike)), "", "")
        alike.setdefault(key, []).append(loss)
    for first, *others in alike.values():
        loss_line = str(replace(first, location=at_hub(first.location)))
        line = loss_line if first.location.file else loss_line.partition(": ")[2]  # what no card says has no place
        tell(line + (f" (and {len(others)} more)" if others else ""))
    if converted.losses:
        lost = sum(loss.kind == "lost" for loss in converted.losses)
        click.echo(f"{counted(lost, 'value')} lost, {len(converted.losses) - lost} changed", err=True)


def write(converted: Converted, out: Path | None) -> None:
    """Write the files, into a folder where `out` is one, or has no suffix as a file has.

    Raises:
        UsageError: There are several, and no folder for them.
    """
    outputs = converted.outputs
    if len(outputs) == 1 and (out is None or (out.suffix and not out.is_dir())):
        put(outputs[0].text, out)
        return
    if outputs and out is None:
        raise UsageError(f"{len(outputs)} files would be written; name a folder for them")
    for output in outputs:
        assert out is not None
        put(output.text, out / output.file)
    click.echo(f"{counted(len(outputs), 'file')} written" + (f" to {out}" if outputs else ""), err=True)


@contextlib.contextmanager
def standard_output_is_ours() -> Iterator[None]:
    """Send to standard error whatever is printed to standard output meanwhile, by this process or one that it starts.

    What is printed as this process ends goes there too: by then, what a command has to print is printed.
    """
    before = sys.stdout
    before.flush()
    with contextlib.redirect_stdout(sys.stderr):
        descriptor = os.dup(1)
        os.dup2(2, 1)
        try:
            yield
        finally:
            with contextlib.suppress(OSError, ValueError):  # whoever printed into it may have closed it
                before.flush()
            os.dup2(descriptor, 1)
            os.close(descriptor)
    atexit.register(_lead_away)


def _lead_away() -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
