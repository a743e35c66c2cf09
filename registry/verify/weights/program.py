"""Open a program of torch.export as a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from registry.download.policy import Policy
from registry.verify.arguments import TensorSpec
from registry.verify.weights.checkpoint import sniff
from registry.verify.weights.refused import RefusedError


class Program(nn.Module):
    """An exported program in a module's clothes: always in evaluation, and fed in batches of the size it was made for.

    Attributes:
        size: Samples that it takes at once; `None` where any number will do.
        inputs: What it takes, as it was exported; a length that is free is 1.
    """

    def __init__(self, program: torch.export.ExportedProgram) -> None:
        super().__init__()
        self.program = program.module()
        first = program.graph_signature.user_inputs[0]
        node = next(each for each in program.graph.nodes if each.op == "placeholder" and each.name == first)
        length = node.meta["val"].shape[0]
        self.size = length if isinstance(length, int) else None
        nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
        self.inputs = tuple(_spec(nodes[name].meta["val"]) for name in program.graph_signature.user_inputs)

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
