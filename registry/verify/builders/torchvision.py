"""torchvision's models, found by its weights enums.

Its builders download a backbone unless `weights_backbone=None`, and shape the model by the weights: the number of
classes, an auxiliary head, a vision transformer's picture size. Built here is the model as those weights shape it,
except that the auxiliary heads of GoogLeNet stay, so that counts with and without them can be told apart.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

from registry.types import BuildError
from registry.verify.builders import torchvision_detection
from registry.verify.builders.package import Clues, file_name, installed_version, stem, unknown_name, weights_at
from registry.verify.target import ClipSampling, Interpolation, Preprocessing, Target
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
            raise BuildError(f"{builder} has no weights '{tag}'; it has {', '.join(entry.name for entry in weights)}")
        return _target(builder, chosen or (_default(weights) if weights else None), how)

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model of the card's weights, else of its ID; see `Library.find`."""
        by_weights = _by_weights(clues.weights, hinted=hinted)
        if by_weights is not None:
            return by_weights
        if not hinted:
            return None
        for label, identifier in (("ID", clues.id), ("name", clues.name)):
            builder = {_fold(name): name for name in _builders()}.get(_fold(identifier)) if identifier else None
            if builder is not None:
                return self.target(builder, f"by its {label} '{identifier}'")
        return None


def _by_weights(url: str, *, hinted: bool) -> Target | None:
    files = _weights_files()
    file = file_name(url)
    if not file or not (hinted or _HOST in url):
        return None
    if file in files:
        return _target(*files[file], "by its weights' URL")
    name, digest = stem(file)
    again = next((published for published in files if stem(published)[0] == name), None)
    if again is None or not digest:
        return None
    return _target(*files[again], f"by its weights' file {file}, which torchvision now publishes as {again}")


@cache
def _weights_files() -> dict[str, tuple[str, Any]]:
    """(builder, weights) by the weights' file name; file names are unique in torchvision."""
    models = _models()
    return {
        file_name(weights.url): (name, weights) for name in _builders() for weights in models.get_model_weights(name)
    }


@cache
def _builders() -> tuple[str, ...]:
    return tuple(_models().list_models())


def _models() -> Any:
    installed_version("torchvision")
    return import_torchvision().models


def _default(weights: list[Any]) -> Any:
    """The first weights for the smallest input: a card without a link means the original, and its builder's default."""
    return min(weights, key=lambda candidate: candidate.meta.get("min_size", (1, 1)))


@cache
def _target(builder: str, weights: Any, how: str) -> Target:
    meta: dict[str, Any] = weights.meta if weights is not None else {}
    preprocessing = _preprocessing(weights.transforms()) if weights is not None else None
    part = _part(builder)
    shape = _shape(builder, weights.name if weights is not None else "", meta)
    return Target(
        library="torchvision",
        name=builder if weights is None else f"{builder}.{weights.name}",
        version=installed_version("torchvision"),
        how=how,
        build=partial(build, builder, **shape),
        input_size=_input_size(builder, part, preprocessing),
        inputs=2 if part == "optical_flow" else 1,
        listed=part == "detection",
        conventions=("MACs",),
        variants=torchvision_detection.variants(builder) if part == "detection" else (),
        weights=None if weights is None else weights_at(weights.url),
        preprocessing=preprocessing,
        categories=tuple(meta["categories"]) if meta.get("categories") else None,
        clips=_clips(meta) if part == "video" else None,
        runs=partial(build, builder, quantize=True, **shape) if "unquantized" in meta else None,
        only_on="cpu" if "unquantized" in meta else "",
    )


def _clips(meta: dict[str, Any]) -> ClipSampling | None:
    """How the weights' accuracy was estimated, which torchvision says in words alone."""
    settings = dict(re.findall(r"(frame_rate|clips_per_video|clip_len)=([0-9.]*[0-9])", meta.get("_docs", "")))
    if settings.keys() != {"frame_rate", "clips_per_video", "clip_len"}:
        return None
    rate, clips, frames = float(settings["frame_rate"]), int(settings["clips_per_video"]), int(settings["clip_len"])
    return ClipSampling(rate=rate, clips=clips, frames=frames)


def _part(builder: str) -> str:
    """The part of torchvision that a builder stands in, such as `detection`; empty for classification."""
    module: str = _models().get_model_builder(builder).__module__
    return module.removeprefix("torchvision.models").rpartition(".")[0].removeprefix(".")


def _input_size(builder: str, part: str, preprocessing: Preprocessing | None) -> tuple[int, ...] | None:
    """What torchvision counts a model on: what the weights' transform makes, 16 frames of it, or 512x512 for flow."""
    if part == "detection":
        return torchvision_detection.picture_size(builder)
    if part == "optical_flow":
        return (3, 512, 512)
    if preprocessing is None:
        return None
    side = preprocessing.resize if preprocessing.crop is None else preprocessing.crop
    if not isinstance(side, int):
        return None
    return (3, 16, side, side) if part == "video" else (3, side, side)


def _shape(builder: str, tag: str, meta: dict[str, Any]) -> dict[str, Any]:
    """The builder's arguments that these weights ask for."""
    if tag and _part(builder) == "detection":
        # Only with weights does a detector's backbone get frozen batch norms, which have no parameters.
        return {"weights": tag}
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


def build(builder: str, weights: str | None = None, **shape: Any) -> nn.Module:
    """Call a builder of torchvision so that it downloads nothing and does not draw its initial weights.

    Args:
        builder: Its name.
        weights: Name of the weights whose shape the builder itself is to make, where it must.
        shape: Further arguments.
    """
    function = _models().get_model_builder(builder)
    if weights is not None:
        with _no_download():
            return cast("nn.Module", function(weights=_models().get_model_weights(builder)[weights]))
    arguments: dict[str, Any] = {"weights": None, **shape}
    if "weights_backbone" in inspect.signature(function).parameters:
        arguments["weights_backbone"] = None
    if re.fullmatch(r"(quantized_)?(googlenet|inception_v3)", builder):
        arguments["init_weights"] = False
    return cast("nn.Module", function(**arguments))


@contextmanager
def _no_download() -> Iterator[None]:
    """Let a builder that is given weights shape its model by them, and neither fetch nor load them."""
    from torch import nn
    from torchvision.models import WeightsEnum

    fetch, load = WeightsEnum.get_state_dict, nn.Module.load_state_dict
    WeightsEnum.get_state_dict = lambda *_, **__: {}
    nn.Module.load_state_dict = lambda *_, **__: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        WeightsEnum.get_state_dict, nn.Module.load_state_dict = fetch, load  # type: ignore[method-assign]


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
        # The transform of videos has no such setting: it never filters.
        antialias=bool(getattr(transform, "antialias", type(transform).__name__ != "VideoClassification")),
        mean=tuple(transform.mean),
        std=tuple(transform.std),
    )


def _size(size: Any) -> int | tuple[int, int]:
    values = [size] if isinstance(size, int) else list(size)
    return values[0] if len(set(values)) == 1 else (values[0], values[1])


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


LIBRARY = Torchvision()
