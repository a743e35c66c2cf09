"""What OpenMMLab's `tools/test.py` writes: a line of JSON, `work_dirs/CONFIG/TIME/TIME.json`.

    {"coco/bbox_mAP": 0.398, "data_time": 0.149, "time": 0.196}                     MMEngine
    {"config": "configs/...py", "metric": {"bbox_mAP": 0.398, "bbox_mAP_copypaste": text}}   before it, eval_TIME.json
    {"mode": "val", "epoch": 12, "iter": 625, "lr": 0.0, "bbox_mAP": 0.398}             a line of TIME.log.json

Of several lines, the last that holds an evaluation is meant. Source: MMEngine 0.10.7 (`LoggerHook.after_test_epoch`),
mmdetection 2.28 (`tools/test.py`), mmcv 1.7 (`JsonLoggerHook`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from registry.harness.log import HarnessLog, HarnessResult
from registry.harness.log_file import LogSource
from registry.harness.values import mapping, number, text

NAME = "OpenMMLab"
_METRIC = re.compile(
    r"(?:[\w.-]+/)+[\w@.:-]+|(?:bbox|segm|keypoints)_\w+|accuracy_top-\d|top\d_acc|mean_class_accuracy"
    r"|aAcc|mIoU|mAcc|mDice|mFscore|AP|AR|mAP|PCK|EPE"
)
_COSTS = frozenset(
    {"data_time", "time", "epoch", "iter", "step", "lr", "base_lr", "memory", "mode", "loss", "eta_seconds"}
)
_PERCENT = re.compile(r"(?:.*/)?(?:accuracy[_/]top-?\d|aAcc|m(?:IoU|Acc|Dice|Fscore|Precision|Recall))")
"""Metrics that mmpretrain and mmsegmentation give in percentage points."""


def read(source: LogSource) -> HarnessLog | None:
    """The log in a file, `None` where it is of another form."""
    evaluations = [evaluation for line in source.lines() if (evaluation := _evaluation(mapping(line)))]
    if not evaluations:
        return None
    scores, version = evaluations[-1], ""
    first = mapping(next(iter(source.lines()), None))
    if match := re.search(r"\b(?:MMEngine|MMCV): ?(\d[\w.]{0,20})", text(first.get("env_info"))):
        version = match[1]
    notes = (f"the last of {len(evaluations)} evaluations in it",) if len(evaluations) > 1 else ()
    return HarnessLog(
        harness=NAME, version=version, results=tuple(_results(scores)), model=_config(source, first), notes=notes
    )


def _evaluation(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """The scores of a line that holds an evaluation, else nothing."""
    if isinstance(line.get("metric"), dict) and "config" in line:
        return mapping(line["metric"])
    metrics = [name for name, value in line.items() if number(value) is not None and name not in _COSTS]
    nested = any(isinstance(value, dict | list) for value in line.values())
    if not metrics or nested or line.get("mode", "val") not in ("val", "test"):
        return {}
    return line if all(map(_METRIC.fullmatch, metrics)) else {}


def _results(scores: Mapping[str, Any]) -> Iterator[HarnessResult]:
    for name, value in scores.items():
        score = number(value)
        if score is None or name in _COSTS or score == -1:  # COCO's mark for a size of which there are no objects
            continue
        yield HarnessResult(metric=str(name), value=score, percent=_PERCENT.fullmatch(str(name)) is not None)


def _config(source: LogSource, first: Mapping[str, Any]) -> str:
    """The configuration, by which a model of OpenMMLab is known: from the log, else from the folder of its run."""
    config = text(first.get("config"))
    if config:
        return config.rpartition("/")[2].removesuffix(".py")
    folders = source.path.absolute().parent.parts
    while folders and re.fullmatch(r"\d{8}_\d{6}|vis_data", folders[-1]):
        folders = folders[:-1]
    return folders[-1] if "work_dirs" in folders[:-1] else ""
