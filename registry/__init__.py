"""Every number on a model card is a claim: `mir` checks it, verifies it and publishes it.

The functions below are imported when they are first used, so that `import registry` costs nothing. `registry.verify`
and `registry.convert` are packages too; see `registry.callable_module`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.api import build_site, check, count, diff, frame, load, search, show, sql, table
    from registry.convert.conversion import convert_cards as convert
    from registry.verify.verification import verify

__version__ = "0.1.0"

_FUNCTIONS = ("build_site", "check", "count", "diff", "frame", "load", "search", "show", "sql", "table")
_PACKAGES = ("convert", "verify")

__all__ = [
    "__version__",
    "build_site",
    "check",
    "convert",
    "count",
    "diff",
    "frame",
    "load",
    "search",
    "show",
    "sql",
    "table",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return getattr(import_module("registry.api"), name)
    if name in _PACKAGES:
        return import_module(f"registry.{name}")
    raise AttributeError(f"module 'registry' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *_FUNCTIONS, *_PACKAGES})
