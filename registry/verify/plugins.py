"""Tasks, data sets and builders of other installed packages, found by entry points.

A plug-in is somebody else's code. One that cannot be imported is the reason why its own models are not verified, and
nothing else stops; it is imported once, only where something needs it, and in a worker before it is in this process.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, get_args

from registry.evidence.digests import of_json
from registry.types import Model, Unverifiable
from registry.verify.engines import error_text, in_worker, is_worker
from registry.verify.own_code import code_digest

Group = Literal["mir.tasks", "mir.datasets", "mir.builders"]
_GROUPS = get_args(Group)
_MOST_FILES = 2000
"""Files of a plug-in's package that its digest is of."""


class PluginError(Unverifiable):
    """A plug-in cannot be imported, or is not what its group asks for."""


@cache
def installed(group: Group) -> Mapping[str, EntryPoint]:
    """The entry points of a group by their names, in the order of the names."""
    return {entry.name: entry for entry in sorted(entry_points(group=group), key=lambda entry: entry.name)}


def load(group: Group, name: str) -> Any:
    """What an entry point names.

    Raises:
        PluginError: It cannot be imported; the message says why.
    """
    plugin = _load(group, name)
    if isinstance(plugin, PluginError):
        raise PluginError(plugin.message)
    return plugin


def release(group: Group, name: str) -> dict[str, str]:
    """The name and version of the package that an entry point comes with; empty where it has none."""
    package = installed(group)[name].dist
    return {package.name: package.version} if package is not None else {}


def releases(entries: Iterable[str]) -> dict[str, str]:
    """Name and version of the packages that some entry points come with, as `versions` in a record.

    Args:
        entries: Groups and names: `mir.tasks:mean-class-accuracy`. Those that are not installed are left out.
    """
    versions: dict[str, str] = {}
    for entry in entries:
        group, _, name = entry.partition(":")
        if group in _GROUPS and name in installed(group):
            versions |= release(group, name)  # type: ignore[arg-type]
    return versions


def plugins_digest(entries: Iterable[str]) -> dict[str, str]:
    """The digest of some entry points as `plug-ins`: packages, versions and sources; empty where one is not here."""
    sorted_entries = sorted(set(entries))
    if not sorted_entries:
        return {}
    code = {}
    for entry_text in sorted_entries:
        group, _, name = entry_text.partition(":")
        if group not in _GROUPS or name not in installed(group):
            return {}
        entry = installed(group)[name]
        code[entry_text] = [entry.value, _sources_digest(entry.module.partition(".")[0])]
    return {"plug-ins": of_json({"code": code, "packages": releases(sorted_entries)})}


def builder_digest(model: Model) -> dict[str, str]:
    """The digest of the plug-in, as `plug-ins`, or of the file beside the card, as `builder`, that makes a model."""
    library = str(model.get("Builder") or "").partition(":")[0]
    return plugins_digest([f"mir.builders:{library}"]) if library in installed("mir.builders") else code_digest(model)


@cache
def _sources_digest(package: str) -> str:
    """Digest of a package's or module's Python files, which are not imported for it; empty where it has none."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        return ""
    folders = list(spec.submodule_search_locations or ())
    files = [file for folder in folders for file in sorted(Path(folder).rglob("*.py"))[:_MOST_FILES]]
    if not folders and spec.origin:
        files = [Path(spec.origin)]
    whole = hashlib.sha256()
    for file in files:
        try:
            data = file.read_bytes()
        except OSError:
            continue
        whole.update(f"{file.name}\0{len(data)}\0".encode() + data)
    return whole.hexdigest()


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
        failure = None if is_worker() else in_worker(_try, (group, name, entry.value))
        if failure is None:
            return entry.load()
        why = failure.reason
    except (Exception, SystemExit) as error:  # noqa: BLE001
        why = error_text(error)
    package = f" of {entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
    return PluginError(f"the plug-in '{name}'{package} cannot be imported: {why}")


def _try(entry: tuple[str, str, str]) -> None:
    group, name, value = entry
    prepare_imports()
    EntryPoint(group=group, name=name, value=value).load()
