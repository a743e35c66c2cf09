"""Read a config of OpenMMLab without running it.

Such a config is a Python file: assignments of plain values, `_base_` with the files that it builds on, and references
to their values. That much is read from its syntax tree here, by mmengine's rules
(https://github.com/open-mmlab/mmengine/blob/v0.10.7/mmengine/config/config.py). A file that does anything else, such as
an import or a call, is refused with the line: to read it would be to run it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from registry.types import BuildError
from registry.verify.builders.openmmlab.config_values import LARGEST, CodeError, Values
from registry.verify.builders.openmmlab.shim import PACKAGES

_DEEPEST = 12
"""Configs that build on each other."""

_DELETE = "_delete_"


def read_config(path: Path, root: Path) -> dict[str, Any]:
    """The values of a config, those of its bases merged in.

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
        return {key: _without_marks(member) for key, member in value.items() if key != _DELETE}
    return value


def _bases(tree: ast.Module) -> list[str]:
    for node in tree.body:
        names = (
            [target.id for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(node, ast.Assign)
            else []
        )
        if "_base_" in names and isinstance(node, ast.Assign):
            try:
                bases = ast.literal_eval(node.value)
            except ValueError:
                raise CodeError("computes what it builds on") from None
            return [str(text) for text in ([bases] if isinstance(bases, str) else bases)]
    return []


REPOSITORIES = {
    "mmpretrain": "mmpretrain",
    "mmclassification": "mmpretrain",
    "mmselfsup": "mmpretrain",
    "mmsegmentation": "mmseg",
    "mmdetection": "mmdet",
    "mmpose": "mmpose",
    "mmaction2": "mmaction",
}
"""Zoos by the name of their repository, today's and that of before."""

_REPOSITORY = re.compile(r"open-?mmlab(?:\.com)?/(?:tree/|v2\.0/)*(\w+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ZooModel:
    """One entry of a metafile.

    Attributes:
        config: Its config, from the folder of all configs.
        weights: URL of its weights; empty where there are none.
    """

    name: str
    config: str
    weights: str


def zoo_of(*texts: str) -> str:
    """The zoo that one of the links leads to, else empty.

    >>> zoo_of("https://github.com/open-mmlab/mmclassification/blob/master/mmcls/models/backbones/vgg.py")
    'mmpretrain'
    """
    for text in texts:
        for match in _REPOSITORY.finditer(text):
            package = REPOSITORIES.get(match[1].casefold())
            if package:
                return package
    return ""


def model_named(package: str, name: str) -> ZooModel | None:
    """The model of an installed zoo that has a name, however its letters are written; `None` where there is none.

    Raises:
        BuildError: The zoo is not installed with its metafiles.
    """
    return models_of(package).get(name.casefold())


@cache
def models_of(package: str) -> dict[str, ZooModel]:
    """Every model of an installed zoo, by each of its names in lower case.

    Raises:
        BuildError: The zoo is not installed with its metafiles.
    """
    folder = configs_of(package)
    models: dict[str, ZooModel] = {}
    for entry in _entries(folder):
        weights = entry.get("Weights")
        model = ZooModel(
            name=str(entry["Name"]),
            config=_inside(str(entry.get("Config") or "")),
            weights=weights if isinstance(weights, str) else "",
        )
        aliases = entry.get("Alias") or []
        for name in (model.name, *(aliases if isinstance(aliases, list) else [aliases])):
            models.setdefault(str(name).casefold(), model)
    return models


def zoo_with(name: str, config: str) -> str:
    """The installed zoo whose metafiles give a model of that name that config, else empty."""
    for package in PACKAGES if name and config else ():
        try:
            model = model_named(package, name)
        except BuildError:
            continue
        if model is not None and model.config == _inside(config):
            return package
    return ""


def config_file(package: str, wording: str) -> Path:
    """The config that a text means: a path below `configs/`, a file's name, or a model's name.

    Raises:
        BuildError: The installed zoo has none.
    """
    folder = configs_of(package)
    direct = (folder / _inside(wording)).resolve()
    if direct.is_file() and direct.is_relative_to(folder):
        return direct
    stem = wording.rpartition("/")[2].removesuffix(".py")
    by_stem = _stems(package).get(stem)
    if by_stem is not None:
        return by_stem
    model = model_named(package, stem)
    if model is not None and (folder / model.config).is_file():
        return folder / model.config
    lacks = f"the installed {PACKAGES.get(package, package)} has no"
    if model is not None and model.config:
        raise BuildError(f"{lacks} config '{model.config}', which its metafile gives '{wording}'")
    raise BuildError(f"{lacks} config and no model '{wording}'")


@cache
def _stems(package: str) -> dict[str, Path]:
    files = sorted(configs_of(package).rglob("*.py"))
    return {file.stem: file for file in files if "_base_" not in file.parts}


def _inside(config: str) -> str:
    """A config's path from the folder of all configs."""
    _, configs, rest = config.partition("configs/")
    return rest if configs else config


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in sorted({*folder.rglob("metafile.y*ml"), *folder.rglob("*metafile*.y*ml"), *folder.rglob("*.yml")}):
        try:
            content = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        except (yaml.YAMLError, OSError, UnicodeDecodeError):
            continue
        models = content.get("Models") if isinstance(content, dict) else content
        for entry in models if isinstance(models, list) else []:
            if isinstance(entry, dict) and entry.get("Name"):
                yield entry
