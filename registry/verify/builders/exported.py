"""Programs of torch.export: the file (`.pt2`) holds the model's code and its weights, so nothing is built here.

Such a file is code, and torch reads parts of it by pickle. It is opened only for a card that the user trusts.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from registry.types import BuildError
from registry.verify.arguments import Arguments
from registry.verify.builders.package import Clues, installed_version
from registry.verify.target import Target, WeightsRef

if TYPE_CHECKING:
    from torch import nn

    from registry.verify.weights.fit import Program

NAME = "torch.export"


class Exported:
    """torch.export as a library of models: `torch.export:net.pt2` names a file beside the card."""

    name = NAME
    links: tuple[str, ...] = ()

    def target(self, name: str, how: str) -> Target:
        """The program in the file called `name`, or in the card's `Weights`; see `Library.target`."""
        version = installed_version("torch")
        return Target(library=NAME, name=name, version=version, how=how, build=no_code, weights=WeightsRef(url=name))

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:  # noqa: ARG002
        """Nothing: a program is named by `Builder` alone."""
        return None


def with_file(target: Target, file: Path) -> Target:
    """A program whose file is here and trusted: it is counted on the input that it was exported with.

    Raises:
        WeightsError: The file holds no program that can be opened.
    """
    program = open_program(file)
    return replace(target, build=partial(open_program, file), arguments=Arguments(positional=program.inputs))


def open_program(file: Path) -> Program:
    """The program as a model with its weights; see `registry.verify.weights.fit`."""
    import torch

    from registry.verify.weights import Policy, read_program

    with torch.device("cpu"):  # its weights are mapped from the file, which is nowhere else
        return read_program(file, policy=Policy(trust=True))


def no_code() -> nn.Module:
    """There is no model without its file.

    Raises:
        BuildError: Always.
    """
    raise BuildError(
        "a torch.export program is its own code, and mir knows its structure only by running the file; --trust does "
        "that, where the file lies beside the card"
    )


LIBRARY = Exported()
