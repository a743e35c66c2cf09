"""Detection beside torchvision's reference loop: the same numbers, and the ratio of processor time.

    python tests/bench/bench_tasks.py

The pictures are the canvases of `digits-detector`. The reference reads each picture, asks the model, and gives
pycocotools what torchvision's `references/detection` gives it.
"""

from __future__ import annotations

import contextlib
import io
import time
from pathlib import Path

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from safetensors.torch import load_file

from registry.verify.builders.digits_detector import DigitsDetector
from registry.verify.datasets.canvases import load
from registry.verify.evaluation.feed import Feeding
from registry.verify.evaluation.gatherer import Gatherer
from registry.verify.evaluation.runner import Runner
from registry.verify.evaluation.session import Contestant, run
from registry.verify.tasks import Detection
from registry.verify.tasks.flow_inputs import WholePictures

WEIGHTS = Path(__file__).parents[2] / "models" / "digits-detector.safetensors"


def ours(model: torch.nn.Module) -> float:
    canvases = load()
    contestant = Contestant(
        runner=Runner(model, WholePictures(), [torch.device("cpu")]), gatherer=Gatherer(Detection(), canvases)
    )
    run(canvases, [contestant], Feeding())
    assert not contestant.failure
    return contestant.gatherer.score("box-ap").value


@torch.inference_mode()
def reference(model: torch.nn.Module) -> float:
    canvases = load()
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = canvases.annotations(range(len(canvases.names)))
        truth.createIndex()
        results = []
        for number in canvases.ids:
            picture = torch.from_numpy(np.array(canvases.sample(number).convert("RGB"))).movedim(-1, 0).float() / 255
            (output,) = model([picture])
            boxes = output["boxes"].clone()
            boxes[:, 2:] -= boxes[:, :2]
            results += [
                {"image_id": number, "category_id": label, "bbox": box, "score": score}
                for box, label, score in zip(
                    boxes.tolist(), output["labels"].tolist(), output["scores"].tolist(), strict=True
                )
            ]
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0])


def main() -> None:
    """Measure both, alternating, and print the ratio."""
    model = DigitsDetector().eval()
    model.load_state_dict(load_file(WEIGHTS))
    times: dict[str, list[float]] = {"ours": [], "reference": []}
    values: dict[str, float] = {}
    for _ in range(5):
        for name, function in (("ours", ours), ("reference", reference)):
            start = time.process_time()
            values[name] = function(model)
            times[name].append(time.process_time() - start)
    least = {name: min(series) for name, series in times.items()}
    assert abs(values["ours"] - values["reference"]) < 1e-6, values
    print(f"box AP {values['ours']:.6f} by both")
    print(f"{least['ours']:.2f} s and {least['reference']:.2f} s: {least['ours'] / least['reference']:.2f} times")


if __name__ == "__main__":
    main()
