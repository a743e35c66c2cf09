"""Boxes, masks and keypoints of objects: COCO's average precision and recall.

The metrics are COCO's own (https://cocodataset.org/#detection-eval), by faster-coco-eval.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from registry.types import Claim, DatasetError, Model, PredictionsError
from registry.verify.predictions import KeptPredictions
from registry.verify.statistics import jackknife
from registry.verify.tasks.coco_summary import COMPARED, Of, encoded, summaries
from registry.verify.tasks.task import Score, Task

if TYPE_CHECKING:
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

_SUBJECT = re.compile(r"(?:(?P<of>box|mask|keypoint)-)?(?P<metric>(?:ap|ar)(?:-(?:50|75|small|medium|large))?|map)")

_TASKS: tuple[tuple[str, Of], ...] = (
    (r"instance.segmentation|mask", "mask"),
    (r"pose|keypoint", "keypoint"),
    (r"detection", "box"),
)
"""What AP is of where a metric's name does not say it, by the card's task."""

_KEYS = ("boxes", "labels", "scores", "masks", "keypoints")


class Detection(Task):
    """See `Task`. Keeps COCO's results, in the form that its tools read, and the annotations they are held against.

    `boxes`, `masks` and `keypoints` are lists of COCO results, empty where the model gives none; `references` is the
    COCO annotation file, cut to the pictures that were evaluated.
    """

    name = "detection"
    answers = "objects"
    documents = ("boxes", "masks", "keypoints", "references")
    blank: ClassVar = {"boxes": (), "masks": (), "keypoints": ()}

    def takes(self, claim: Claim) -> bool:
        match = _SUBJECT.fullmatch(claim.subject)
        return match is not None and (match["of"] is not None or _of_task(claim) is not None)

    def subject(self, claim: Claim) -> str:
        """See `Task`: with what AP is of, such as `box-ap-50`."""
        match = _SUBJECT.fullmatch(claim.subject)
        if match is None:
            return claim.subject
        metric = "ap" if match["metric"] == "map" else match["metric"]
        return f"{match['of'] or _of_task(claim)}-{metric}"

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """See `Task`: pictures of their own size from 0 to 1, which detectors resize and normalise themselves."""
        from registry.verify.tasks.flow_inputs import WholePictures

        return WholePictures()

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Any) -> Mapping[str, Any]:
        if not isinstance(outputs, list | tuple) or not all(isinstance(output, Mapping) for output in outputs):
            raise DatasetError("the model gives no list of boxes, labels and scores for each picture")
        detections = [
            {name: output[name].detach().cpu().numpy() for name in _KEYS if name in output} for output in outputs
        ]
        rows: dict[str, list[Any]] = {name: [] for name in ("boxes", "masks", "keypoints")}
        for index, objects in zip(indices, detections, strict=True):
            if not {"boxes", "labels", "scores"} <= objects.keys():
                raise DatasetError("the model gives no boxes, labels and scores")
            ids = [dataset.category(int(label)) for label in objects["labels"]]
            about = [
                {"image_id": dataset.ids[index], "category_id": number, "score": float(score)}
                for number, score in zip(ids, objects["scores"], strict=True)
            ]
            rows["boxes"].append(
                [
                    {**result, "bbox": [float(x), float(y), float(right) - float(x), float(bottom) - float(y)]}
                    for result, (x, y, right, bottom) in zip(about, objects["boxes"], strict=True)
                ]
            )
            rows["masks"].append(
                [
                    {**result, "segmentation": encoded(mask)}
                    for result, mask in zip(about, objects.get("masks", ()), strict=False)
                ]
            )
            rows["keypoints"].append(
                [
                    {**result, "keypoints": [float(number) for number in points.reshape(-1)]}
                    for result, points in zip(about, objects.get("keypoints", ()), strict=False)
                ]
            )
        return rows

    def document(self, name: str, entries: Sequence[Any]) -> Any:
        """See `Task`: one list of results, as COCO's files are."""
        return [result for entry in entries for result in entry]

    def references(self, dataset: Any, indices: Any) -> Mapping[str, Any]:
        return {"references": dataset.annotations([int(index) for index in indices])}

    def metrics(self, kept: KeptPredictions) -> tuple[str, ...]:
        kinds = [of for of, compared in COMPARED.items() if kept.documents.get(compared.document)]
        return tuple(f"{of}-{metric}" for of in kinds for metric in ("ap", "ap-50", "ap-75", "ar"))

    def score(self, kept: KeptPredictions, subject: str) -> Score:
        """See `Task`. The interval is a jackknife over ten groups of pictures, or the value alone for fewer."""
        self.check(kept)
        match = _SUBJECT.fullmatch(subject)
        if match is None or match["of"] is None:
            raise PredictionsError(f"{subject} cannot be computed from detected objects")
        of = cast("Of", match["of"])
        compared, names = COMPARED[of], COMPARED[of].statistics
        if match["metric"] not in names:
            raise PredictionsError(f"COCO's summary of {of} results has no {match['metric']}")
        references, results = kept.documents["references"], kept.documents[compared.document]
        if kept.documents["boxes"] and not results:
            raise PredictionsError(f"the model gives no {of} for its objects")
        without = next(
            (annotation["id"] for annotation in references["annotations"] if not annotation.get(compared.annotation)),
            None,
        )
        if without is not None:
            needed = f"{compared.annotation}, which {subject} needs"
            raise PredictionsError(f"the object {without} of the annotations has no {needed}")
        values = [summary[names.index(match["metric"])] for summary in summaries(references, results, of)]
        if values[0] < 0:
            raise PredictionsError(f"no object of the data set counts for {subject}")
        details: dict[str, Any] = {"objects": len(references["annotations"])}
        if kept.classes == ("person",):
            details["classes"] = "person only"
        return Score(
            value=values[0],
            samples=len(kept.samples),
            interval=jackknife(values[0], [value for value in values[1:] if value >= 0]),
            details=details,
        )


def _of_task(claim: Claim) -> Of | None:
    task = (claim.task or "").casefold()
    return next((of for pattern, of in _TASKS if re.search(pattern, task)), None)
