"""Models of a package that offers its own builders: this one, and any that has an entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from registry.types import BuildError, UsageError
from registry.verify.arguments import Arguments, read_inputs
from registry.verify.builders.library import Clues
from registry.verify.plugins import installed, load
from registry.verify.target import Preprocessing, Target

if TYPE_CHECKING:
    from torch import nn

GROUP: Final = "mir.builders"
"""Entry point group by which an installed package offers its own builders: each entry point names a mapping from
model names to `registry.verify.builders.Builder`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Builder:
    """How to make one model.

    Attributes:
        build: Makes it, without weights and without a download: a class, a function, or anything else to call.
        input_size: (channels, height, width) that it runs at.
        inputs: What it is called with where that is anything but one such picture: a mapping of names to shapes and
            types, `{"input_ids": ((1, 128), "int64")}`, or a list of them; see `registry.verify.arguments`.
        arguments: Further arguments by name, such as `{"use_cache": False}`.
        preprocessing: How a picture becomes its input.
        categories: Class names in the order of its outputs.
        listed: Whether it takes a list of pictures, as detectors do.
    """

    build: Callable[[], nn.Module]
    input_size: tuple[int, ...] | None = None
    inputs: Any = None
    arguments: Mapping[str, Any] | None = None
    preprocessing: Preprocessing | None = None
    categories: tuple[str, ...] | None = None
    listed: bool = False


@dataclass(frozen=True, kw_only=True)
class Package:
    """The builders of one package, by model name."""

    name: str
    version: str
    builders: Mapping[str, Builder]
    links: tuple[str, ...] = ()

    def target(self, name: str, how: str) -> Target:
        """The model called `name`; see `Library.target`."""
        if name not in self.builders:
            raise BuildError(f"{self.name} has no model '{name}'; it has {', '.join(sorted(self.builders))}")
        builder = self.builders[name]
        return Target(
            library=self.name,
            name=name,
            version=self.version,
            how=how,
            # To other processes only the name goes: what a stranger's package calls need not pickle.
            build=partial(_build, self.name, name) if self.name in installed(GROUP) else builder.build,
            input_size=builder.input_size,
            arguments=_arguments(builder),
            preprocessing=builder.preprocessing,
            categories=builder.categories,
            listed=builder.listed,
        )

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:  # noqa: ARG002
        """Nothing: a model of such a package is named by `Builder` alone."""
        return None


def _build(package: str, name: str) -> nn.Module:
    builders: Mapping[str, Builder] = load(GROUP, package)
    return builders[name].build()


def _arguments(builder: Builder) -> Arguments | None:
    inputs = builder.inputs
    if inputs is None:
        if not builder.arguments:
            return None
        inputs = builder.input_size or (3, 224, 224)
    try:
        return read_inputs(inputs, builder.arguments)
    except (UsageError, TypeError, ValueError) as error:
        raise BuildError(f"the builder's inputs cannot be read: {error}") from error
