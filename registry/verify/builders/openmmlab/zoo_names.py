"""The models of an installed zoo by their names and aliases, as its metafiles give them and `mim` resolves them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from registry.types import BuildError
from registry.verify.builders.openmmlab.shim import PACKAGES
from registry.verify.builders.openmmlab.zoo_config import configs_of

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
        name: Its name.
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
    found: dict[str, ZooModel] = {}
    for entry in _entries(folder):
        weights = entry.get("Weights")
        model = ZooModel(
            name=str(entry["Name"]),
            config=_inside(str(entry.get("Config") or "")),
            weights=weights if isinstance(weights, str) else "",
        )
        aliases = entry.get("Alias") or []
        for name in (model.name, *(aliases if isinstance(aliases, list) else [aliases])):
            found.setdefault(str(name).casefold(), model)
    return found


def zoo_with(name: str, config: str) -> str:
    """The installed zoo whose metafiles give a model of that name that config, else empty."""
    for package in PACKAGES if name and config else ():
        try:
            known = model_named(package, name)
        except BuildError:
            continue
        if known is not None and known.config == _inside(config):
            return package
    return ""


def config_file(package: str, said: str) -> Path:
    """The config that a text means: a path below `configs/`, a file's name, or a model's name.

    Raises:
        BuildError: The installed zoo has none.
    """
    folder = configs_of(package)
    direct = (folder / _inside(said)).resolve()
    if direct.is_file() and direct.is_relative_to(folder):
        return direct
    stem = said.rpartition("/")[2].removesuffix(".py")
    by_stem = _stems(package).get(stem)
    if by_stem is not None:
        return by_stem
    model = model_named(package, stem)
    if model is not None and (folder / model.config).is_file():
        return folder / model.config
    lacks = f"the installed {PACKAGES.get(package, package)} has no"
    if model is not None and model.config:
        raise BuildError(f"{lacks} config '{model.config}', which its metafile gives '{said}'")
    raise BuildError(f"{lacks} config and no model '{said}'")


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
            held = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        except (yaml.YAMLError, OSError, UnicodeDecodeError):
            continue
        models = held.get("Models") if isinstance(held, dict) else held
        for entry in models if isinstance(models, list) else []:
            if isinstance(entry, dict) and entry.get("Name"):
                yield entry
