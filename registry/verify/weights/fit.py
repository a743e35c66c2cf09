"""Put weights into a model, all of them and nothing else."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from registry.download.policy import Policy
from registry.verify.arguments import TensorSpec
from registry.verify.weights.checkpoint import sniff
from registry.verify.weights.digest import RefusedError
from registry.verify.weights.unwrap import STEP_COUNTER

_SHOWN = 5
_NUMBER = re.compile(r"(?<![^.])\d+(?![^.])")
"""A part of a name that is a number: a layer's index."""


def fit(model: nn.Module, tensors: Mapping[str, torch.Tensor], versions: Mapping[str, Any] | None = None) -> None:
    """Load the weights in place, strictly.

    Args:
        model: The model.
        tensors: Its weights by name.
        versions: What the file says of the layers' own versions, which quantized layers are read by.

    Raises:
        RefusedError: Names are missing, unexpected or of another shape; the message lists them. The model is then
            loaded in part and of no use.
    """
    expected = model.state_dict()
    misshapen = [
        f"{name} is {_shape(tensors[name])} and should be {_shape(tensor)}"
        for name, tensor in expected.items()
        if isinstance(tensor, torch.Tensor)
        and isinstance(tensors.get(name), torch.Tensor)
        and tensors[name].shape != tensor.shape
    ]
    if misshapen:
        missing, unexpected = sorted(expected.keys() - tensors.keys()), sorted(tensors.keys() - expected.keys())
    else:
        try:
            state: Any = OrderedDict(tensors)
            if versions is not None:
                state._metadata = versions
            result = model.load_state_dict(state, strict=False)
        except (KeyError, RuntimeError, TypeError) as error:
            raise RefusedError(f"the weights do not fit the model: {' '.join(str(error).split())[:300]}") from error
        missing, unexpected = list(result.missing_keys), list(result.unexpected_keys)
    missing = [name for name in missing if not name.endswith(STEP_COUNTER)]
    problem = misfit(missing, unexpected, misshapen)
    if problem:
        raise RefusedError(problem)


def misfit(missing: Sequence[str], unexpected: Sequence[str], misshapen: Sequence[str]) -> str:
    """Which weights do not fit a model, as one sentence; empty where all do."""
    problems = [
        _listed(problem, names)
        for problem, names in (("missing", missing), ("unexpected", unexpected), ("of another shape", misshapen))
        if names
    ]
    return f"the weights do not fit the model: {'; '.join(problems)}" if problems else ""


def _listed(problem: str, names: Sequence[str]) -> str:
    """How many names, and which: where they are many, those that differ by their numbers only are shown as one."""
    if len(names) <= _SHOWN:
        return f"{len(names)} {problem}: {', '.join(names)}"
    patterns = Counter(_NUMBER.sub("*", name) for name in names).most_common(_SHOWN)
    left = len(names) - sum(count for _, count in patterns)
    examples = ", ".join(f"{pattern} ({count})" if count > 1 else pattern for pattern, count in patterns)
    return f"{len(names)} {problem}: {examples}" + (f" and {left} more" if left else "")


def _shape(tensor: torch.Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "a single number"


class Program(nn.Module):
    """An exported program as a module: always in evaluation mode, and fed in batches of the size it was made for.

    Attributes:
        size: Samples that it takes at once; `None` where any number will do.
        inputs: What it takes, as it was exported; a length that is free is 1.
    """

    def __init__(self, program: torch.export.ExportedProgram) -> None:
        super().__init__()
        self.program = program.module()
        values = {node.name: node.meta.get("val") for node in program.graph.nodes if node.op == "placeholder"}
        inputs: list[Any] = [values[name] for name in program.graph_signature.user_inputs]
        length = inputs[0].shape[0]
        self.size = length if isinstance(length, int) else None
        self.inputs = tuple(map(_spec, inputs))

    def train(self, mode: bool = True) -> Program:  # noqa: ARG002 - nn.Module's signature
        """Nothing changes: what the program does in training was left out when it was exported."""
        return self

    def forward(self, pictures: torch.Tensor, *others: Any) -> Any:
        """The program's answers; a batch that does not fit is split, and its end filled up and cut off again."""
        if others:
            return self.program(pictures, *others)
        if self.size is None or len(pictures) == self.size:
            return self.program(pictures)
        parts = pictures.split(self.size)
        answers = [self.program(_filled(part, self.size)) for part in parts]
        return torch.cat([answer[: len(part)] for answer, part in zip(answers, parts, strict=True)])


def read_program(path: Path, *, policy: Policy) -> Program:
    """Open a `.pt2` file of a trusted card.

    Raises:
        RefusedError: The card is not trusted, or the file holds no such program.
    """
    if sniff(path) != "torch-export":
        raise RefusedError(f"{path.name} is no torch.export program")
    if not policy.trust:
        raise RefusedError(f"{path.name} is a torch.export program, which is code; --trust runs it")
    try:
        with path.open("rb") as file:
            return Program(torch.export.load(cast("Any", file)))
    except Exception as error:
        # The file holds pickles and graphs of any version of torch: reading one can raise anything.
        raise RefusedError(f"{path.name} cannot be opened: {' '.join(str(error).split())[:200]}") from error


def _spec(value: Any) -> Any:
    if not isinstance(value, torch.Tensor):
        return value
    shape = tuple(side if isinstance(side, int) else 1 for side in value.shape)
    return TensorSpec(shape, str(value.dtype).removeprefix("torch."))


def _filled(part: torch.Tensor, size: int) -> torch.Tensor:
    return torch.cat([part, part.new_zeros(size - len(part), *part.shape[1:])])
