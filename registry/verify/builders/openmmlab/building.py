"""Build a model of a zoo from the `model` of a config, which is untrusted."""

from __future__ import annotations

import importlib
import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from registry.types import BuildError
from registry.verify.builders.openmmlab.shim import PACKAGES, import_beside, import_zoo
from registry.verify.target import Interpolation, Preprocessing

if TYPE_CHECKING:
    from torch import nn

_SIZED = {"cifar": 32, "mnist": 28}
"""Sides of pictures of data sets that no pipeline resizes, by a word in the data set's type."""


def steps(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The steps of the test pipeline, the validation's where there is none for tests."""
    for name in ("test_dataloader", "val_dataloader"):
        pipeline = _dataset(config, name).get("pipeline")
        if isinstance(pipeline, list):
            return [step for step in pipeline if isinstance(step, Mapping)]
    pipeline = config.get("test_pipeline")
    return [step for step in pipeline if isinstance(step, Mapping)] if isinstance(pipeline, list) else []


def input_size(config: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """(channels, height, width) that the pipeline makes, else that the backbone is built for; `None` where unknown."""
    for settings in (*reversed(steps(config)), *_backbones(config)):
        for key in ("crop_size", "scale", "img_size", "img_scale", "size"):
            side = (
                _pair(settings.get(key)) if str(settings.get("type", "")) not in ("ResizeEdge", "Normalize") else None
            )
            if side is not None:
                return (3, *side)
    data = " ".join(str(_dataset(config, name).get("type", "")) for name in ("test_dataloader", "val_dataloader"))
    data_side = next((length for word, length in _SIZED.items() if word in data.casefold()), None)
    return None if data_side is None else (3, data_side, data_side)


def preprocessing(config: Mapping[str, Any]) -> Preprocessing | None:
    """The pipeline of a classifier as ours: resized, cropped in the middle, normalised; `None` for any other.

    Pipelines that resize by OpenCV are taken without the filter that Pillow has; OpenCV rounds to whole bytes, which
    this does not, so that single pixels differ by one step of 256.
    """
    resize: int | tuple[int, int] | None = None
    crop: int | tuple[int, int] | None = None
    interpolation, backend = "bilinear", "cv2"
    for step in steps(config):
        match str(step.get("type")).rpartition(".")[2]:
            case "ResizeEdge" | "Resize" as kind:
                if step.get("keep_ratio") or (kind == "ResizeEdge" and step.get("edge", "short") != "short"):
                    return None
                scale = step.get("scale")
                pair = _pair(scale)
                if pair is None:
                    return None
                resize = scale if kind == "ResizeEdge" and isinstance(scale, int) else pair
                interpolation = str(step.get("interpolation", "bilinear"))
                backend = str(step.get("backend", "cv2"))
            case "CenterCrop":
                side = _pair(step.get("crop_size"))
                if side is None or step.get("efficientnet_style"):
                    return None
                crop = side[0] if side[0] == side[1] else side
            case "LoadImageFromFile" | "PackInputs" | "PackClsInputs":
                continue
            case _:
                return None
    model = config.get("model")
    own = model.get("data_preprocessor") if isinstance(model, Mapping) else None
    normal = own if isinstance(own, Mapping) else config.get("data_preprocessor")
    if not isinstance(normal, Mapping) or "mean" not in normal or "std" not in normal:
        return None
    if not re.fullmatch("nearest|bilinear|bicubic|lanczos", interpolation):
        return None
    return Preprocessing(
        resize=resize,
        crop=crop,
        interpolation=cast("Interpolation", interpolation),
        antialias=backend == "pillow",
        mean=tuple(float(mean) for mean in normal["mean"]),
        std=tuple(float(deviation) for deviation in normal["std"]),
        scale=1.0,
        channels="RGB" if normal.get("to_rgb") else "BGR",
    )


def _dataset(config: Mapping[str, Any], loader: str) -> Mapping[str, Any]:
    section = config.get(loader)
    section = section.get("dataset") if isinstance(section, Mapping) else None
    return section if isinstance(section, Mapping) else {}


def _backbones(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    model = config.get("model")
    backbone = model.get("backbone") if isinstance(model, Mapping) else None
    if isinstance(backbone, Mapping):
        yield backbone


def _pair(value: Any) -> tuple[int, int] | None:
    """A size as (height, width); OpenMMLab writes pairs the other way round."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(side, int) for side in value):
        return (value[1], value[0])
    return None


_SCOPED = re.compile(r"(?:(\w+)\.)?([\w-]+)")
_UNKNOWN = re.compile(r"(?<![\w.-])([\w.-]+) is not in the (\w+)::")
"""What mmengine says of a type that it does not find."""

_FETCHES = ("init_cfg", "pretrained", "checkpoint", "load_from")
"""Keys that name weights to start from, which a model that is counted or loaded does not need."""


def build(
    package: str, config: Mapping[str, Any], *, imports: Sequence[str] = (), folder: str = "", lacking: str = ""
) -> nn.Module:
    """The model, without weights and without any download.

    Args:
        package: The zoo's module, such as `mmpretrain`.
        config: The config's `model`.
        imports: Modules of the card's own that are imported first, which is to run them.
        folder: Where they lie.
        lacking: What to add where the zoo lacks a type; empty where there is nothing to add.

    Raises:
        BuildError: The zoo is not installed, or the config names something that it does not have.
    """
    import_zoo(package)
    if imports:
        import_beside(imports, folder)
    try:
        return _build(package, _without_weights(config))
    except BuildError as error:
        raise BuildError(f"{error.message}; {lacking}" if lacking else error.message) from error


def _build(package: str, config: Mapping[str, Any]) -> nn.Module:
    _check_types(package, config)
    from mmengine.config import ConfigDict
    from mmengine.registry import DefaultScope

    models = importlib.import_module(f"{package}.registry").MODELS
    with _quiet(), _no_download(), DefaultScope.overwrite_default_scope(package):
        try:
            model: nn.Module = models.build(ConfigDict(config))
        except OSError as error:
            if "huggingface.co" not in str(error):
                raise
            raise BuildError("it fetches a part of it from the Hugging Face Hub as it is built") from error
        except KeyError as error:
            unknown = _UNKNOWN.search(str(error))
            if unknown is None:
                raise
            raise BuildError(f"{PACKAGES.get(unknown[2], unknown[2])} has no '{unknown[1]}'") from error
    return model


def features_only(model: Any) -> nn.Module:
    """Let a model run without its head, as the zoo's own script counts it."""
    model.forward = model.extract_feat
    return model  # type: ignore[no-any-return]


def without_later(model: Any) -> nn.Module:
    """The features of a vision transformer whose averaged patches are not normalised, as before it had that norm.

    Raises:
        BuildError: It has none.
    """
    from torch.nn import Identity

    if not hasattr(model.backbone, "ln2"):
        raise BuildError("it has no backbone.ln2 to do without")
    model.backbone.ln2 = Identity()
    return features_only(model)


def _without_weights(value: Any) -> Any:
    if isinstance(value, Mapping):
        # A few layers have to be told that there is nothing to start from.
        entries = {key: _without_weights(member) for key, member in value.items() if not _fetches(key, member)}
        return {**entries, "pretrained": None} if _fetches("pretrained", value.get("pretrained")) else entries
    return [_without_weights(member) for member in value] if isinstance(value, list) else value


def _fetches(key: Any, value: Any) -> bool:
    if key == "init_cfg":
        entries = value if isinstance(value, list) else [value]
        return any(isinstance(entry, Mapping) and entry.get("type") == "Pretrained" for entry in entries)
    return key in _FETCHES and isinstance(value, str | bool)


def _check_types(package: str, config: Any) -> None:
    """Refuse a type that is not registered: mmengine would import whatever the text names.

    A plain word that no module has for its name can be none of that: layers have such types of their own, as the paths
    of SlowFast do.

    Raises:
        BuildError: There is one.
    """
    for scope, name in _types(package, config):
        match = _SCOPED.fullmatch(name)
        scope = (match[1] or scope) if match else ""
        if not match or scope not in (*PACKAGES, "mmengine", "mmcv"):
            raise BuildError(f"the config's type '{name}' is no name in a registry of {PACKAGES[package]}")
        if scope in PACKAGES:
            import_zoo(scope)
        registered = match[2] in _registered(scope) | _registered("mmengine") or _defines(scope, match[2])
        if not registered and (match[1] or find_spec(name) is not None):
            raise BuildError(f"{PACKAGES.get(scope, scope)} has no '{match[2]}'")


def _types(scope: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every `type`, with the zoo in whose registries mmengine looks it up: that of the nearest `_scope_` above it."""
    if isinstance(value, Mapping):
        scope = str(value.get("_scope_", scope))
        name = value.get("type")
        if isinstance(name, str):
            yield scope, name
        elif name is not None:
            raise BuildError(f"the config's type {name!r} is no text")
        for member in value.values():
            yield from _types(scope, member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _types(scope, member)


def _registered(scope: str) -> set[str]:
    """Every name in the registries of a package."""
    from mmengine.registry import Registry

    module = importlib.import_module("mmengine.registry" if scope == "mmcv" else f"{scope}.registry")
    names = {name for content in vars(module).values() if isinstance(content, Registry) for name in content.module_dict}
    # Layers that are looked up there and not in a registry, such as RoIAlign.
    return names | set(importlib.import_module("mmcv.ops").__all__)


def _defines(scope: str, name: str) -> bool:
    """Whether a package has a class of that name that its own layers make without a registry, such as AvgConsensus."""
    inside = (module for module_name, module in list(sys.modules.items()) if module_name.startswith(f"{scope}.models"))
    return any(isinstance(vars(module).get(name), type) for module in inside if module is not None)


@contextmanager
def _no_download() -> Iterator[None]:
    """Keep constructors from fetching checkpoints, as those of distillers do, and tokenizers, as those of GLIP do."""
    from huggingface_hub import constants
    from mmengine.runner.checkpoint import CheckpointLoader

    def refuse(*_: Any, **__: Any) -> Any:
        raise BuildError("it loads a checkpoint as it is built")

    original = CheckpointLoader.__dict__["load_checkpoint"]
    offline = constants.HF_HUB_OFFLINE
    CheckpointLoader.load_checkpoint = classmethod(refuse)
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        CheckpointLoader.load_checkpoint = original
        constants.HF_HUB_OFFLINE = offline


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the zoos' remarks out of the output."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
