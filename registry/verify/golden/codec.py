"""Golden traces as JSON and back, without torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from registry.verify.parameters import ParameterCount, ParameterLayer
from registry.verify.trace.data import FunctionCall, Module, ModuleCall, Operator, Parameter, Trace

FILE = Path(__file__).with_name("traces.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Golden:
    """What one small network leaves behind.

    Attributes:
        trace: Its trace, without the versions of the libraries that made it.
        parameters: Its parameters.
    """

    trace: Trace
    parameters: ParameterCount


def dumped(golden: Mapping[str, Golden]) -> str:
    """Golden traces as text."""
    plain = {
        name: {"trace": asdict(replace(each.trace, versions={})), "parameters": asdict(each.parameters)}
        for name, each in golden.items()
    }
    return json.dumps(plain, separators=(",", ":"), sort_keys=True) + "\n"


def loaded(text: str) -> dict[str, Golden]:
    """Golden traces from text."""
    return {
        name: Golden(trace=_trace(each["trace"]), parameters=_parameters(each["parameters"]))
        for name, each in json.loads(text).items()
    }


def _trace(plain: Mapping[str, Any]) -> Trace:
    whole = {name: _frozen(value) for name, value in plain.items()}
    return Trace(
        **{
            **whole,
            "modules": tuple(
                Module(
                    **{
                        **each,
                        "parameters": tuple(Parameter(*own) for own in each["parameters"]),
                        "buffers": tuple(Parameter(*own) for own in each["buffers"]),
                    }
                )
                for each in whole["modules"]
            ),
            "calls": tuple(ModuleCall(*each) for each in whole["calls"]),
            "functions": tuple(FunctionCall(*each) for each in whole["functions"]),
            "operators": tuple(Operator(*each) for each in whole["operators"]),
        }
    )


def _parameters(plain: Mapping[str, Any]) -> ParameterCount:
    return ParameterCount(**{**plain, "layers": tuple(ParameterLayer(**each) for each in plain["layers"])})


def _frozen(value: Any) -> Any:
    """The same with tuples for lists, as traces have them."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return {name: _frozen(each) for name, each in value.items()} if isinstance(value, dict) else value
