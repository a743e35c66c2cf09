"""What counting comes to on the golden traces, as a digest for each way to count."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from registry.evidence import digests
from registry.types import Measurement
from registry.verify.conventions import Variant, variants
from registry.verify.counts.filesize import bounds
from registry.verify.parameters import ParameterCount, ParameterLayer
from registry.verify.parameters import variants as ways_to_count
from registry.verify.trace.data import LAYOUT, FunctionCall, Module, ModuleCall, Operator, Parameter, Trace

FILE = Path(__file__).with_name("traces.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Golden:
    """What one small network leaves behind."""

    trace: Trace
    parameters: ParameterCount


def dumped(golden: Mapping[str, Golden]) -> str:
    """Golden traces as text."""
    plain = {
        name: {"trace": asdict(replace(network.trace, versions={})), "parameters": asdict(network.parameters)}
        for name, network in golden.items()
    }
    return json.dumps(plain, separators=(",", ":"), sort_keys=True) + "\n"


def loaded(text: str) -> dict[str, Golden]:
    """Golden traces from text."""
    return {
        name: Golden(trace=_trace(network["trace"]), parameters=_parameters(network["parameters"]))
        for name, network in json.loads(text).items()
    }


def _trace(plain: Mapping[str, Any]) -> Trace:
    whole = {name: _frozen(value) for name, value in plain.items()}
    return Trace(
        **{
            **whole,
            "modules": tuple(
                Module(
                    **{
                        **module,
                        "parameters": tuple(Parameter(*own) for own in module["parameters"]),
                        "buffers": tuple(Parameter(*own) for own in module["buffers"]),
                    }
                )
                for module in whole["modules"]
            ),
            "calls": tuple(ModuleCall(*call) for call in whole["calls"]),
            "functions": tuple(FunctionCall(*function) for function in whole["functions"]),
            "operators": tuple(Operator(*operator) for operator in whole["operators"]),
        }
    )


def _parameters(plain: Mapping[str, Any]) -> ParameterCount:
    return ParameterCount(**{**plain, "layers": tuple(ParameterLayer(**layer) for layer in plain["layers"])})


def _frozen(value: Any) -> Any:
    """The same with tuples for lists, as traces have them."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return {name: _frozen(member) for name, member in value.items()} if isinstance(value, dict) else value


_FACTOR = re.compile(r"(?<!\d)\d+ x ")


def counting_digest(measurement: Measurement) -> str:
    """Digest of what decides a count: what the conventions that were tried for it count in the golden traces.

    Of parameters, and of files' sizes, it is what the golden parameters add up to.
    """
    attempts = measurement.details.get("tried")
    labels = [measurement.convention or "", *(attempts if isinstance(attempts, Mapping) else ())]
    conventions = frozenset(convention for label in labels if (convention := _convention(str(label))))
    return _digest(conventions) if conventions else digests.of_json([_traces(), _added_up()])


@cache
def _digest(conventions: frozenset[str]) -> str:
    """Digest of what some conventions count."""
    return digests.of_json([LAYOUT, _traces(), {label: _counted(label) for label in sorted(conventions)}])


@lru_cache(1 << 12)
def _convention(label: str) -> str:
    """Label of the convention of a rule, such as `2 x thop 0.0.31, without head, 224x224`; empty where it has none."""
    rule = f"{_FACTOR.sub('', label, count=1)}, "
    return max(
        (name for name in _by_label() if rule.startswith(f"{name}, ")),
        key=len,
        default="",
    )


@cache
def _by_label() -> Mapping[str, Variant]:
    return {variant.label: variant for variant in variants()}


@cache
def _golden() -> Mapping[str, Golden]:
    return loaded(FILE.read_text(encoding="utf-8"))


@cache
def _traces() -> str:
    return digests.of_bytes(FILE.read_bytes())


@cache
def _counted(label: str) -> Any:
    """What one convention counts in every golden trace."""
    variant = _by_label()[label]
    counts = {name: variant(network.trace) for name, network in _golden().items()}
    return {
        "unit": variant.convention.unit,
        **{name: [count.total, dict(count.by_layer), dict(count.uncounted)] for name, count in counts.items()},
    }


@cache
def _added_up() -> Any:
    """The ways to count the golden parameters, and the bounds of their files."""
    parameters = {name: network.parameters for name, network in _golden().items()}
    return {name: [ways_to_count(count), bounds(count).least, bounds(count).most] for name, count in parameters.items()}
