"""COCO's summary of results, by faster-coco-eval, and COCO's masks."""

from __future__ import annotations

import contextlib
import copy
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from registry.types import PredictionsError

Of = Literal["box", "mask", "keypoint"]

_BOXES = (
    "ap",
    "ap-50",
    "ap-75",
    "ap-small",
    "ap-medium",
    "ap-large",
    "",
    "",
    "ar",
    "ar-small",
    "ar-medium",
    "ar-large",
)
_KEYPOINTS = ("ap", "ap-50", "ap-75", "ap-medium", "ap-large", "ar", "ar-50", "ar-75", "ar-medium", "ar-large")


class AnnotatedShape(NamedTuple):
    """What COCO knows of one of the things that it compares.

    Attributes:
        document: The kept predictions that hold it.
        annotation: The key of an object's annotation, without which it cannot be compared.
        iou_type: COCO's own word.
        statistics: COCO's summary, in its order; recall is that of 100 detections a picture, of 20 for keypoints.
    """

    document: str
    annotation: str
    iou_type: str
    statistics: tuple[str, ...]


COMPARED: dict[Of, AnnotatedShape] = {
    "box": AnnotatedShape("boxes", "bbox", "bbox", _BOXES),
    "mask": AnnotatedShape("masks", "segmentation", "segm", _BOXES),
    "keypoint": AnnotatedShape("keypoints", "keypoints", "keypoints", _KEYPOINTS),
}

GROUPS = 10
"""Parts of the pictures that are left out in turn, so that the spread of a metric is seen."""


def library() -> Any:
    """The package faster-coco-eval.

    Raises:
        PredictionsError: It is not installed.
    """
    try:
        import faster_coco_eval
    except ModuleNotFoundError as error:
        raise PredictionsError(
            "COCO's metrics need faster-coco-eval: pip install 'model-index-registry[detection]'"
        ) from error
    return faster_coco_eval


def summaries(references: Mapping[str, Any], results: Sequence[Any], of: Of) -> list[list[float]]:
    """COCO's summary of all pictures, and of those left where each group of pictures is left out.

    Args:
        references: A COCO annotation file.
        results: COCO results of these pictures.
        of: What is compared.

    Returns:
        Numbers in the order of `AnnotatedShape.statistics`; -1 where nothing counts. The first list is that of all
        pictures, and there are no others where there are fewer pictures than groups.
    """
    pictures = [picture["id"] for picture in references["images"]]
    groups = [pictures[at::GROUPS] for at in range(GROUPS)] if len(pictures) >= GROUPS else []
    coco = library()
    with contextlib.redirect_stdout(io.StringIO()):
        right = coco.COCO(copy.deepcopy(dict(references)))  # the library writes into what it is given
        detections = right.loadRes([dict(result) for result in results])
        return [_summary(right, detections, of, sorted(set(pictures) - set(group))) for group in ([], *groups)]


def _summary(right: Any, detections: Any, of: Of, pictures: Sequence[Any]) -> list[float]:
    """The summary of some pictures."""
    evaluation = library().COCOeval_faster(
        right, detections, iouType=COMPARED[of].iou_type, print_function=_say_nothing
    )
    evaluation.params.imgIds = list(pictures)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return [float(number) for number in evaluation.stats[: len(COMPARED[of].statistics)]]


def encoded(mask: Any) -> dict[str, Any]:
    """A mask of probabilities (1, height, width) or (height, width) as COCO's run lengths, cut at one half."""
    rows = np.asfortranarray((np.asarray(mask).reshape(mask.shape[-2:]) > 0.5).astype(np.uint8))
    runs = library().mask.encode(rows)
    return {"size": [int(side) for side in runs["size"]], "counts": _text(runs["counts"])}


def decoded(segmentation: Any, height: int, width: int) -> Any:
    """The pixels (height, width) of an annotation's polygons or run lengths."""
    mask = library().mask
    if isinstance(segmentation, list):
        runs = mask.frPyObjects(segmentation, height, width)
        return np.asarray(mask.decode(runs)).reshape(height, width, -1).any(axis=2)
    if isinstance(segmentation.get("counts"), list):
        segmentation = mask.frPyObjects(segmentation, height, width)
    return np.asarray(mask.decode(segmentation)).astype(bool)


def _text(counts: Any) -> str:
    return counts.decode("ascii") if isinstance(counts, bytes) else str(counts)


def _say_nothing(*_: Any) -> None:
    return None
