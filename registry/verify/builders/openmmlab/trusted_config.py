"""Run a config that holds code, for a card that the user trusts; called in a worker."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from registry.verify.builders.openmmlab.shim import PACKAGES, import_zoo

_HARMLESS = frozenset({*PACKAGES, "mmcv", "mmengine"})
"""Packages whose import registers what is known anyway."""


def run_config(named: tuple[str, str]) -> dict[str, Any]:
    """The values of a config as mmengine reads it, with its classes by the names that they are registered by.

    Args:
        named: The zoo's module, and the config's file.

    Raises:
        BuildError: The zoo is not installed.
        Exception: Whatever the config's code raises.
    """
    package, file = named
    import_zoo(package)
    config: Any = importlib.import_module("mmengine.config").Config
    with _beside(str(Path(file).parent)):
        try:
            found = config.fromfile(file, import_custom_modules=False).to_dict()
        except Exception as error:
            # Where a config imports anything, mmengine only names what it imports, and cannot call it.
            with suppress(Exception):
                return _plain(config.fromfile(file, import_custom_modules=False, lazy_import=False).to_dict())
            raise error
    return _plain(found)


def _plain(found: Any) -> dict[str, Any]:
    values = json.loads(json.dumps(found, default=_name))
    made: dict[str, Any] = _registered_names(values)
    return made


def strange_imports(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Modules of the card's own that a config wants imported before its model is built (`custom_imports`)."""
    said = config.get("custom_imports")
    names = said.get("imports") if isinstance(said, Mapping) else None
    listed = [names] if isinstance(names, str) else names if isinstance(names, list) else []
    return tuple(name for name in listed if isinstance(name, str) and name.partition(".")[0] not in _HARMLESS)


def import_beside(imports: Sequence[str], folder: str) -> None:
    """Import a config's own modules, which lie beside it."""
    with _beside(folder):
        for name in imports:
            importlib.import_module(name)


class _beside:  # noqa: N801 - a context, used as one
    """A folder that modules are found in meanwhile."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        sys.path.insert(0, self.folder)

    def __exit__(self, *_: object) -> None:
        sys.path.remove(self.folder)


def _name(value: Any) -> str:
    """What a value that is no plain data is called."""
    named = getattr(value, "__qualname__", None)
    return f"{value.__module__}.{named}" if isinstance(named, str) else str(value)


def _registered_names(value: Any) -> Any:
    """Types by the name in their zoo's registry, where a config names the class itself (`mmpretrain.models.ResNet`)."""
    if isinstance(value, list):
        return [_registered_names(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _registered_names(each) for key, each in value.items()}
    said = found.get("type")
    if isinstance(said, str) and said.count(".") > 1:
        package, _, rest = said.partition(".")
        name = rest.rpartition(".")[2]
        found["type"] = f"{package}.{name}" if package in PACKAGES else name
    return found
