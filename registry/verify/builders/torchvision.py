"""torchvision's models, found by its weights enums.

Its builders download a backbone unless `weights_backbone=None`, and shape the model by the weights: the number of
classes, an auxiliary head, a vision transformer's picture size. Built here is the model as those weights shape it,
except that the auxiliary heads of GoogLeNet stay, so that counts with and without them can be told apart.
"""

from __future__ import annotations

import inspect
import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

from registry.types import BuildError
from registry.verify.builders.library import Clues, file_name, installed_version, stem, unknown_name, weights_at
from registry.verify.target import Interpolation, Preprocessing, Target
from registry.verify.torchvision_ops import import_torchvision

if TYPE_CHECKING:
    from torch import nn

_HOST = "download.pytorch.org/models/"


class Torchvision:
    """torchvision as a library of models; a model may carry the name of its weights: `vit_h_14.IMAGENET1K_V1`."""

    name = "torchvision"
    links = ("github.com/pytorch/vision/",)

    def target(self, name: str, how: str) -> Target:
        """The model called `name`; see `Library.target`."""
        builder, _, tag = name.partition(".")
        if builder not in _builders():
            raise unknown_name(self.name, builder, _builders())
        weights = list(_models().get_model_weights(builder))
        chosen = next((entry for entry in weights if entry.name.casefold() == tag.casefold()), None)
        if tag and chosen is None:
            raise BuildError(f"{builder} has no weights '{tag}'; it has {', '.join(each.name for each in weights)}")
        return _target(builder, chosen or (_default(weights) if weights else None), how)

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model of the card's weights, else of its ID; see `Library.find`."""
        by_weights = _by_weights(clues.weights, hinted=hinted)
        if by_weights is not None:
            return by_weights
        if not hinted:
            return None
        for label, said in (("ID", clues.id), ("name", clues.name)):
            builder = {_fold(each): each for each in _builders()}.get(_fold(said)) if said else None
            if builder is not None:
                return self.target(builder, f"by its {label} '{said}'")
        return None


def _by_weights(url: str, *, hinted: bool) -> Target | None:
    files = _weights_files()
    file = file_name(url)
    if not file or not (hinted or _HOST in url):
        return None
    if file in files:
        return _target(*files[file], "by its weights' URL")
    name, digest = stem(file)
    again = next((each for each in files if stem(each)[0] == name), None)
    if again is None or not digest:
        return None
    return _target(*files[again], f"by its weights' file {file}, which torchvision now publishes as {again}")


@cache
def _weights_files() -> dict[str, tuple[str, Any]]:
    """(builder, weights) by the weights' file name; file names are unique in torchvision."""
    models = _models()
    return {file_name(each.url): (name, each) for name in _builders() for each in models.get_model_weights(name)}


@cache
def _builders() -> tuple[str, ...]:
    return tuple(_models().list_models())


def _models() -> Any:
    installed_version("torchvision")
    return import_torchvision().models


def _default(weights: list[Any]) -> Any:
    """The first weights for the smallest input: a card without a link means the original, and its builder's default."""
    return min(weights, key=lambda each: each.meta.get("min_size", (1, 1)))


def _target(builder: str, weights: Any, how: str) -> Target:
    meta: dict[str, Any] = weights.meta if weights is not None else {}
    preprocessing = _preprocessing(weights.transforms()) if weights is not None else None
    side = _side(weights, preprocessing)
    return Target(
        library="torchvision",
        name=builder if weights is None else f"{builder}.{weights.name}",
        version=installed_version("torchvision"),
        how=how,
        build=partial(build, builder, **_shape(builder, meta)),
        input_size=(3, side, side) if side else None,
        weights=None if weights is None else weights_at(weights.url),
        preprocessing=preprocessing,
        categories=tuple(meta["categories"]) if meta.get("categories") else None,
    )


def _side(weights: Any, preprocessing: Preprocessing | None) -> int | None:
    """The side of the square that the weights' transform makes; `None` where it makes none, or a clip of frames."""
    if preprocessing is None or ".video." in type(weights).__module__:
        return None
    side = preprocessing.resize if preprocessing.crop is None else preprocessing.crop
    return side if isinstance(side, int) else None


def _shape(builder: str, meta: dict[str, Any]) -> dict[str, Any]:
    """The builder's arguments that these weights ask for."""
    shape: dict[str, Any] = {}
    if meta.get("categories"):
        shape["num_classes"] = len(meta["categories"])
    if "keypoint_names" in meta:
        shape["num_keypoints"] = len(meta["keypoint_names"])
    if builder.startswith("vit_") and "min_size" in meta:
        shape["image_size"] = meta["min_size"][0]
    if meta and "aux_loss" in inspect.signature(_models().get_model_builder(builder)).parameters:
        shape["aux_loss"] = True
    return shape


def build(builder: str, **shape: Any) -> nn.Module:
    """Call a builder of torchvision so that it downloads nothing and does not draw its initial weights."""
    function = _models().get_model_builder(builder)
    arguments: dict[str, Any] = {"weights": None, **shape}
    if "weights_backbone" in inspect.signature(function).parameters:
        arguments["weights_backbone"] = None
    if re.fullmatch(r"googlenet|inception_v3", builder):
        arguments["init_weights"] = False
    return cast("nn.Module", function(**arguments))


def _preprocessing(transform: Any) -> Preprocessing | None:
    """The weights' transform as plain data; `None` for those that only convert (detection, optical flow)."""
    resize = getattr(transform, "resize_size", None)
    if resize is None:
        return None
    crop = getattr(transform, "crop_size", None)
    return Preprocessing(
        resize=_size(resize),
        crop=None if crop is None else _size(crop),
        interpolation=cast("Interpolation", transform.interpolation.value),
        antialias=bool(getattr(transform, "antialias", True)),
        mean=tuple(transform.mean),
        std=tuple(transform.std),
    )


def _size(size: Any) -> int | tuple[int, int]:
    values = [size] if isinstance(size, int) else list(size)
    return values[0] if len(set(values)) == 1 else (values[0], values[1])


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


LIBRARY = Torchvision()
