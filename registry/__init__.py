"""Every number on a model card is a claim: `mir` checks it, verifies it and publishes it.

The functions below are imported when they are first used, so that `import registry` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.api import check, count, diff, frame, load, search, show, sql, table

__version__ = "0.1.0"
__all__ = ["__version__", "check", "count", "diff", "frame", "load", "search", "show", "sql", "table"]

_FUNCTIONS = ("check", "count", "diff", "frame", "load", "search", "show", "sql", "table")


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return getattr(import_module("registry.api"), name)
    raise AttributeError(f"module 'registry' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_FUNCTIONS})
