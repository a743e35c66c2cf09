"""Tasks, data sets and builders of other installed packages, found by entry points.

A plug-in is somebody else's code. One that cannot be imported is the reason why its own models are not verified, and
nothing else stops; it is imported once, only where something needs it, and in a worker before it is in this process.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from registry.types import Unverifiable
from registry.verify.engines import in_worker, is_worker, said

Group = Literal["mir.tasks", "mir.datasets", "mir.builders"]


class PluginError(Unverifiable):
    """A plug-in cannot be imported, or is not what its group asks for."""


@cache
def installed(group: Group) -> Mapping[str, EntryPoint]:
    """The entry points of a group by their names, in the order of the names."""
    return {each.name: each for each in sorted(entry_points(group=group), key=lambda each: each.name)}


def load(group: Group, name: str) -> Any:
    """What an entry point names.

    Raises:
        PluginError: It cannot be imported; the message says why.
    """
    found = _load(group, name)
    if isinstance(found, PluginError):
        raise PluginError(found.message)
    return found


def release(group: Group, name: str) -> dict[str, str]:
    """The name and version of the package that an entry point comes with; empty where it has none."""
    package = installed(group)[name].dist
    return {package.name: package.version} if package is not None else {}


def prepare_imports() -> None:
    """Make plug-ins importable in this process: torchvision, which one may import, needs operators to be declared."""
    if importlib.util.find_spec("torch") is not None and importlib.util.find_spec("torchvision") is not None:
        from registry.verify.torchvision_ops import declare_operators

        declare_operators()


def first_line(error: BaseException) -> str:
    """An error as one line."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


@cache
def _load(group: Group, name: str) -> Any:
    entry = installed(group)[name]
    prepare_imports()
    try:
        # It is tried elsewhere first: a module may hang, end its process or fill the memory as it is imported.
        tried = None if is_worker() else in_worker(_try, (group, name, entry.value))
        if tried is None:
            return entry.load()
        why = tried.reason
    except (Exception, SystemExit) as error:  # noqa: BLE001
        why = said(error)
    package = f" of {entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
    return PluginError(f"the plug-in '{name}'{package} cannot be imported: {why}")


def _try(entry: tuple[str, str, str]) -> None:
    group, name, value = entry
    prepare_imports()
    EntryPoint(group=group, name=name, value=value).load()
