"""What torchvision's detectors compute, with a fixed number of boxes in place of those that a picture would give.

The trunk computes the same for every picture of one size. What the heads compute follows from how many boxes the
proposals leave (P) and how many detections get a mask or keypoints (D):

    trunk + P x box head + D x mask or keypoint head

torchvision counted noise (https://github.com/pytorch/vision/pull/6936), in which a trained model finds 1000 boxes or
none, and none, one or 100 detections. A one-stage detector needs neither number.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from registry.verify.target import ModelVariant

if TYPE_CHECKING:
    from torch import nn

REGIONS = ((1000, 0), (0, 0), (1000, 1), (1000, 100))
"""Boxes and detections that published counts were made with, the most frequent first."""

SIDES = {"ssd300_vgg16": 300, "ssdlite320_mobilenet_v3_large": 320, "fasterrcnn_mobilenet_v3_large_320_fpn": 320}
"""Sides of the noise that torchvision counted on, in pixels; 800 for the others."""


def picture_size(builder: str) -> tuple[int, int, int]:
    """(channels, height, width) of the picture that torchvision counted a detector on."""
    side = SIDES.get(builder, 800)
    return (3, side, side)


def variants(builder: str) -> tuple[ModelVariant, ...]:
    """The ways to count a detector: by its numbers of boxes and detections, or the one way of a one-stage one."""
    if "rcnn" not in builder:
        return (ModelVariant(name="", change=fix_regions),)
    heads = "mask" in builder or "keypoint" in builder
    pairs = REGIONS if heads else [pair for pair in REGIONS if pair[1] == 0]
    return tuple(
        ModelVariant(
            name=f"{boxes} boxes, {detections} detection{'s' * (detections != 1)}" if heads else f"{boxes} boxes",
            change=partial(fix_regions, boxes=boxes, detections=detections),
        )
        for boxes, detections in pairs
    )


def fix_regions(model: Any, boxes: int = 0, detections: int = 0) -> nn.Module:
    """Let a detector run without values: nothing is chosen by score, the heads get empty features of so many boxes.

    Args:
        model: A detector of torchvision; it is changed in place.
        boxes: Regions that go through the box head.
        detections: Regions that go through the mask or keypoint head.
    """
    model.transform.postprocess = _first
    if not hasattr(model, "roi_heads"):
        model.postprocess_detections = _nothing
        return model  # type: ignore[no-any-return]
    model.rpn.filter_proposals = _no_proposals
    model.roi_heads.forward = partial(_run_heads, model.roi_heads, boxes, detections)
    return model  # type: ignore[no-any-return]


def _run_heads(heads: Any, boxes: int, detections: int, features: Mapping[str, torch.Tensor], *_: Any) -> Any:
    if boxes:
        heads.box_predictor(heads.box_head(_regions(features, heads.box_roi_pool, boxes)))
    for kind in ("mask", "keypoint"):
        pool = getattr(heads, f"{kind}_roi_pool", None)
        if pool is not None and detections:
            regions = _regions(features, pool, detections)
            getattr(heads, f"{kind}_predictor")(getattr(heads, f"{kind}_head")(regions))
    return [], {}


def _regions(features: Mapping[str, torch.Tensor], pool: Any, count: int) -> torch.Tensor:
    """The features that the pool would cut out; it computes no products."""
    some = next(iter(features.values()))
    return some.new_empty((count, some.shape[1], *pool.output_size))


def _first(result: Any, *_: Any) -> Any:
    return result


def _nothing(*_: Any) -> list[Any]:
    return []


def _no_proposals(*_: Any) -> Any:
    return [], []
