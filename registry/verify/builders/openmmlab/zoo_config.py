"""Read a config of OpenMMLab without running it.

Such a config is a Python file: assignments of plain values, `_base_` with the files that it builds on, and references
to their values. That much is read from its syntax tree here, by mmengine's rules
(https://github.com/open-mmlab/mmengine/blob/v0.10.7/mmengine/config/config.py). A file that does anything else, such as
an import or a call, is refused with the line: to read it would be to run it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from registry.types import BuildError
from registry.verify.builders.openmmlab.config_values import LARGEST, CodeError, Values
from registry.verify.builders.openmmlab.shim import PACKAGES

_DEEPEST = 12
"""Configs that build on each other."""

_DELETE = "_delete_"


def read_config(path: Path, root: Path) -> dict[str, Any]:
    """The values of a config, those of its bases merged in.

    Args:
        path: The file.
        root: The folder that nothing may be read outside of.

    Raises:
        CodeError: It does more than hold values.
        BuildError: It cannot be read.
    """
    return _read(path, root.resolve(), 0)


def configs_of(package: str) -> Path:
    """The folder of an installed zoo's configs.

    Raises:
        BuildError: It is not installed, or has none.
    """
    spec = find_spec(package) if package.isidentifier() else None
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / ".mim" / "configs"
        if folder.is_dir():
            return folder.resolve()
    name = PACKAGES.get(package, package)
    raise BuildError(f"{name} is not installed with its configs; install it with: pip install {name}")


def _read(path: Path, root: Path, depth: int) -> dict[str, Any]:
    real = path.resolve()
    if not real.is_relative_to(root):
        raise BuildError(f"the config {path.name} lies outside of {root.name}")
    if depth > _DEEPEST:
        raise BuildError(f"the config {path.name} builds on more than {_DEEPEST} others")
    try:
        if real.stat().st_size > LARGEST:
            raise BuildError(f"the config {path.name} is too large")
        tree = ast.parse(real.read_text(encoding="utf-8"))
    except OSError as error:
        raise BuildError(f"the config {path.name} cannot be read: {error.strerror}") from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BuildError(f"the config {path.name} is no Python: {error}") from error
    base: dict[str, Any] = {}
    for text in _bases(tree):
        package, other, rest = text.rpartition("::")
        above = configs_of(package) if other else root
        base.update(_read((above / rest) if other else real.parent / text, above, depth + 1))
    try:
        own = Values(base).read(tree)
    except BuildError as error:
        raise type(error)(f"the config {path.name} {error.message}") from error
    except RecursionError as error:
        raise BuildError(f"the config {path.name} is nested too deeply") from error
    except Exception as error:
        # Arithmetic of the config's own values: a division by zero, a key that is not there.
        raise BuildError(f"the config {path.name} cannot be read: {type(error).__name__}: {error}") from error
    return merge(own, base)


def merge(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """A config over its base: mappings are merged unless one says `_delete_`, all else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and not value.get(_DELETE):
            merged[key] = merge(value, below)
        else:
            merged[key] = _without_marks(value)
    return merged


def _without_marks(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_marks(each) for key, each in value.items() if key != _DELETE}
    return value


def _bases(tree: ast.Module) -> list[str]:
    for node in tree.body:
        names = [each.id for each in node.targets if isinstance(each, ast.Name)] if isinstance(node, ast.Assign) else []
        if "_base_" in names and isinstance(node, ast.Assign):
            try:
                found = ast.literal_eval(node.value)
            except ValueError:
                raise CodeError("computes what it builds on") from None
            return [str(text) for text in ([found] if isinstance(found, str) else found)]
    return []
