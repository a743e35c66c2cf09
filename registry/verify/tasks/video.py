"""One class for each video, from several clips of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from registry.types import Claim, DatasetError, Model
from registry.verify.tasks.classification import Classification
from registry.verify.tasks.outputs import logits_of

if TYPE_CHECKING:
    from registry.verify.datasets import Dataset
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

_TASK = re.compile(r"\A(?>.*?(?:action|activity|video)).*(?:recogni|classif)", re.DOTALL)
_DATASET = re.compile(r"kinetics|hmdb|ucf-?101|something-?something")


class VideoClassification(Classification):
    """See `Task`. The probabilities of a video's clips are added, as torchvision's reference does."""

    name = "video-classification"
    answers = "labelled clips"

    def takes(self, claim: Claim) -> bool:
        """See `Task`."""
        dataset = "" if claim.dataset is None else claim.dataset.name
        of_video = _TASK.search((claim.task or "").casefold()) or _DATASET.search(dataset.casefold())
        return bool(of_video) and super().takes(claim)

    def inputs(self, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
        """See `Task`."""
        from registry.verify.preprocessing import of_card
        from registry.verify.tasks.video_inputs import Clips, clips_of_card

        sampling = clips_of_card(model, target.clips, given)
        if sampling is None:
            raise DatasetError(
                "neither the weights nor the card say which frames of a video the model takes; add Frame Rate, Frames "
                "and Clips to the card"
            )
        return Clips(preprocessing=of_card(model, target.preprocessing, given), sampling=sampling)

    def predictions(self, outputs: Any, references: Any, indices: Sequence[int], dataset: Dataset) -> Mapping[str, Any]:
        """See `Task`."""
        logits = logits_of(outputs).flatten(1).float()
        videos = logits.softmax(1).reshape(len(indices), -1, logits.shape[1]).sum(1)
        return super().predictions(videos, references, indices, dataset)
