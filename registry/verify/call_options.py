"""What `verify` can be asked, and the refusal of what it cannot: a slip must not be an option less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_args

from registry.lazy_regex import lazy_regex
from registry.types import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from registry.config import Config
    from registry.storage import Place

EngineName = Literal["local", "process", "ray"]
Precision = Literal["fp32", "tf32", "bf16", "fp16"]
HarnessName = Literal["lm-eval", "mteb"]

_DEVICE = lazy_regex(r"auto|cpu|cuda(:\d{1,3})?(,cuda:\d{1,3})*")
_LEAST = {"batch_size": 1, "jobs": 1, "seconds": 1, "workers": 0}


class EvaluationArguments(TypedDict, total=False):
    """How models are run on data; see `verify`."""

    device: str
    precision: Precision
    batch_size: int | None
    workers: int | None
    quick: bool
    diagnose: bool
    compiled: bool
    trust: bool
    seconds: float | None


class VerifyArguments(EvaluationArguments, total=False):
    """What `verify` is asked; see there."""

    models: Sequence[str]
    only: Sequence[str]
    data: Mapping[str, str | Path]
    fetch_data: bool
    evidence: Place | str | None
    preprocessing: Mapping[str, str]
    predictions: bool
    force: bool
    ask_sizes: bool
    harnesses: Sequence[HarnessName]
    jobs: int | None
    config: Config | None


def check_call(options: Mapping[str, Any], engine: str | None = None, address: str | None = None) -> None:
    """Refuse options that there are not, and values that they cannot have.

    Raises:
        TypeError: There is no such option.
        UsageError: It cannot have this value.
    """
    for name in options:
        if name not in VerifyArguments.__optional_keys__:
            raise TypeError(f"verify() got an unexpected keyword argument '{name}'")
    device = str(options.get("device", "auto"))
    if not _DEVICE.fullmatch(device):
        raise UsageError(f"--device {device}: it must be auto, cpu, cuda or cuda:N")
    if address is not None and engine != "ray":
        raise UsageError("--address is for --engine ray")
    chosen = [("engine", engine, EngineName), ("precision", options.get("precision"), Precision)]
    chosen += [("harnesses", name, HarnessName) for name in names_in(options.get("harnesses", ()))]
    for name, value, choices in chosen:
        if value is not None and value not in get_args(choices):
            raise UsageError(f"{name}: '{value}' is not one of {', '.join(get_args(choices))}")
    for name, least in _LEAST.items():
        value = options.get(name)
        if value is not None and value < least:
            raise UsageError(f"{name} must be {least} or more, and is {value}")


def names_in(names: str | Sequence[str]) -> Sequence[str]:
    """Several names, or the one that a text is."""
    return [names] if isinstance(names, str) else names
