"""Models of a package that offers its own builders: this one, and any that has an entry point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.types import BuildError
from registry.verify.builders.library import Clues
from registry.verify.target import Preprocessing, Target

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, kw_only=True, slots=True)
class Builder:
    """How to make one model.

    Attributes:
        build: Makes it, without weights and without a download: a class or a module-level function, so that it can
            go to another process.
        input_size: (channels, height, width) that it runs at.
        preprocessing: How a picture becomes its input.
        categories: Class names in the order of its outputs.
    """

    build: Callable[[], nn.Module]
    input_size: tuple[int, ...] | None = None
    preprocessing: Preprocessing | None = None
    categories: tuple[str, ...] | None = None


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
            build=builder.build,
            input_size=builder.input_size,
            preprocessing=builder.preprocessing,
            categories=builder.categories,
        )

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:  # noqa: ARG002
        """Nothing: a model of such a package is named by `Builder` alone."""
        return None
