"""Packages that are functions too: `registry.verify(...)` calls what the package `registry.verify` is there for.

Importing a submodule makes it an attribute of its package, so that no function can have the name beside it. The
language's own way out is a module with a class of its own, see "Customizing module attribute access" in its reference.
"""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class CallableModule(ModuleType):
    """A module that calls one of its functions, which is imported no sooner."""

    _called: str

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the function."""
        return self.function(*arguments, **keywords)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.function)

    @property
    def function(self) -> Any:
        """What a call of the module calls."""
        module, _, name = self._called.rpartition(".")
        return getattr(import_module(module), name)


def make_callable(module: str, function: str) -> None:
    """Let a call of a module be a call of a function below it, given by its full name."""
    package: Any = sys.modules[module]
    package.__class__ = CallableModule
    package._called = function
