"""OpenMMLab's zoos as one library of models: `openmmlab:mmpretrain/resnet50_8xb32_in1k`.

A model is its config, a Python file that is read here without being run (`config`); its `model` is built by the zoo's
installed package (`building`), which today's torch needs a little help to import (`shim`).
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.evidence import digests
from registry.types import BuildError
from registry.verify.builders.openmmlab.building import build, features_only, input_size, preprocessing, without_later
from registry.verify.builders.openmmlab.config_values import CodeError
from registry.verify.builders.openmmlab.shim import PACKAGES, run_config, strange_imports
from registry.verify.builders.openmmlab.zoo_config import (
    config_file,
    configs_of,
    model_named,
    read_config,
    zoo_of,
    zoo_with,
)
from registry.verify.builders.package import Clues, installed_version, weights_at
from registry.verify.engines import Failure, in_worker
from registry.verify.target import ModelVariant, Target

if TYPE_CHECKING:
    from torch import nn

NAME = "openmmlab"

CONVENTIONS = ("mmengine 0.10.7", "mmcv 1.x")
"""How the zoos' own script counts, today and before 2023."""


def as_built(model: Any) -> Any:
    """The model unchanged."""
    return model


FEATURES = ModelVariant(name="features only", change=features_only)


WHOLE = ModelVariant(name="with its head", change=as_built)

LATER = ("backbone.ln2",)
"""Modules that many of the published counts are without, because the zoo had them later: vision transformers' norm of
the averaged patches."""

EARLIER = ModelVariant(name=f"features only, without {LATER[0]}", change=without_later)


class OpenMMLab:
    """The zoos that mmengine builds; see `registry.verify.builders.package.Library`."""

    name = NAME
    links = ("github.com/open-mmlab/", "download.openmmlab.com/", "github.com/OpenMMLab/")

    def target(self, name: str, how: str) -> Target:
        """The model `zoo/name`, where the name is a config's or a model's."""
        package, slash, model_name = name.partition("/")
        if not slash or package not in PACKAGES:
            raise BuildError(
                f"'openmmlab:{name}' names no zoo; write it and the model, such as openmmlab:mmpretrain/"
                f"resnet50_8xb32_in1k; there are {', '.join(PACKAGES)}"
            )
        file = config_file(package, model_name)
        model = model_named(package, model_name)
        return _target(package, file, configs_of(package), how, model.weights if model else "")

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:  # noqa: ARG002
        """The model of the card's config, in the zoo that its code, its weights or its library name."""
        package = clues.library if clues.library in PACKAGES else ""
        package = package or zoo_of(clues.weights, clues.code) or zoo_with(clues.name, clues.config)
        if not package or not (clues.config or clues.name):
            return None
        beside = _beside(clues)
        if beside is not None:
            file, root = beside
            return _target(package, file, root, f"by its Config {clues.config}, beside the card", clues.weights)
        wording = clues.config or clues.name
        file = config_file(package, wording)
        return _target(
            package, file, configs_of(package), f"by its {'Config' if clues.config else 'name'} {wording}", ""
        )


def _beside(clues: Clues) -> tuple[Path, Path] | None:
    """A config that lies where the card says, and the folder that it may not leave: its `configs`, else its own."""
    if not clues.config or not clues.base or "://" in clues.config:
        return None
    base = Path(clues.base).resolve()
    for folder in (base, *base.parents[:3]):
        file = (folder / clues.config).resolve()
        root = next((parent for parent in file.parents if parent.name == "configs"), file.parent)
        if file.suffix == ".py" and file.is_relative_to(folder) and file.is_file() and file.stat().st_size:
            return file, root
    return None


def _target(package: str, file: Path, root: Path, how: str, weights: str) -> Target:
    run = partial(_by_running, package, str(file), how, weights)
    try:
        config = read_config(file, root)
    except CodeError as error:
        return Target(
            library=NAME,
            name=f"{package}/{file.stem}",
            version=f"{package} {installed_version(PACKAGES[package])}",
            how=how,
            build=partial(_not_run, f"{error.message}; --trust runs it"),
            code=run,
        )
    target = _of_config(package, file.stem, config, how, weights)
    imports = strange_imports(config)
    if not imports:
        return target
    lacking = f"its config imports {', '.join(imports)}, which --trust does"
    return replace(target, build=partial(build, package, _plain(config["model"]), lacking=lacking), same="", code=run)


def _not_run(message: str) -> nn.Module:
    """There is no model without running the config.

    Raises:
        BuildError: Always.
    """
    raise BuildError(message)


def _by_running(package: str, file: str, how: str, weights: str) -> Target:
    """The model of a config that holds code, which mmengine runs in a worker.

    Raises:
        BuildError: It fails.
    """
    config = in_worker(run_config, (package, file))
    if isinstance(config, Failure):
        raise BuildError(f"the config {Path(file).name} fails as it is run: {config.reason}")
    target = _of_config(package, Path(file).stem, config, f"{how}, run by mmengine", weights)
    imports = strange_imports(config)
    construct = partial(build, package, _plain(config["model"]), imports=imports, folder=str(Path(file).parent))
    return replace(target, build=construct, same="") if imports else target


def _of_config(package: str, name: str, config: dict[str, Any], how: str, weights: str) -> Target:
    model = config.get("model")
    if not isinstance(model, dict):
        raise BuildError(f"the config {name}.py describes no model")
    classifier = package == "mmpretrain"
    return Target(
        library=NAME,
        name=f"{package}/{name}",
        version=f"{package} {installed_version(PACKAGES[package])}",
        how=how,
        build=partial(build, package, _plain(model)),
        same=_same(package, model),
        input_size=input_size(config),
        variants=(FEATURES, WHOLE, *((EARLIER,) if _has_later(model) else ())) if classifier else (),
        later=LATER if classifier else (),
        conventions=CONVENTIONS,
        weights=weights_at(weights) if weights else None,
        preprocessing=preprocessing(config) if classifier else None,
    )


def _same(package: str, model: dict[str, Any]) -> str:
    """What says which model is built: the config's `model`, and the versions of the libraries of its layers."""
    versions = [_version(name) for name in (PACKAGES[package], "mmengine", "mmcv", "mmcv-lite")]
    return f"{package} {versions} {digests.of_json(_plain(model))}"


def _version(package: str) -> str:
    try:
        return installed_version(package)
    except BuildError:
        return ""


def _has_later(model: dict[str, Any]) -> bool:
    backbone = model.get("backbone")
    kind = str(backbone.get("type", "")) if isinstance(backbone, dict) else ""
    return "ViT" in kind or kind.endswith("VisionTransformer")


def _plain(model: dict[str, Any]) -> dict[str, Any]:
    """The same data in types that go to another process, and no two names for one list.

    Raises:
        BuildError: It holds something that is no plain value.
    """
    try:
        json.dumps(model)
    except (TypeError, ValueError) as error:
        raise BuildError(f"the config's model holds what is no plain value: {error}") from error
    return model


LIBRARY = OpenMMLab()
