"""Logs of inspect-ai: `.json`, or `.eval`, a zip whose `header.json` holds the same without the samples.

    {version, status, eval: {task, model, dataset: {name, samples}, config: {limit}, revision: {commit}, packages},
     results: {completed_samples, scores: [{scorer, metrics: {NAME: {value}}}]}}

Source: `inspect_ai/log/_log.py` and `_recorders/eval.py`, version 0.3.150.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.harness.log import HarnessLog, HarnessLogError, HarnessResult
from registry.harness.log_file import LogSource
from registry.harness.values import arguments, count, date, entries, mapping, number, text

NAME = "inspect-ai"
_SHOTS = ("fewshot", "num_fewshot", "n_shot", "shots")


def read(source: LogSource) -> HarnessLog | None:
    """The log in a file, `None` where it is of another form.

    Raises:
        HarnessLogError: Its run did not end well.
    """
    data = mapping(source.value)
    run = mapping(data.get("eval"))
    if not {"status", "eval"} <= data.keys() or not {"task", "model"} <= run.keys():
        return None
    if data["status"] != "success":
        raise HarnessLogError(f"its run of {text(run['task'])} did not end well: its status is {text(data['status'])}")
    results = mapping(data.get("results"))
    packages = arguments(run.get("packages"))
    return HarnessLog(
        harness=NAME,
        version=packages.get("inspect_ai", ""),
        results=tuple(_scores(results, run)),
        model=text(run["model"]),
        revision=text(mapping(run.get("model_args")).get("revision")),
        commit=text(mapping(run.get("revision")).get("commit")),
        date=date(run.get("created")),
        environment={name: version for name, version in packages.items() if name != "inspect_ai" and version},
    )


def _scores(results: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[HarnessResult]:
    dataset, settings = mapping(run.get("dataset")), mapping(run.get("task_args"))
    shots = next((examples for name in _SHOTS if (examples := count(settings.get(name))) is not None), None)
    done, whole = count(results.get("completed_samples")), count(dataset.get("samples"))
    epochs = count(mapping(run.get("config")).get("epochs")) or 1
    samples = None if done is None else done // epochs
    limited = mapping(run.get("config")).get("limit") is not None
    for score in map(mapping, entries(results.get("scores"))):
        metrics = mapping(score.get("metrics"))
        for name, metric in metrics.items():
            value = number(mapping(metric).get("value"))
            if value is None or name in ("stderr", "std", "var", "bootstrap_stderr"):
                continue
            yield HarnessResult(
                task=text(run["task"]).rpartition("/")[2],
                metric=str(name),
                filter=text(score.get("reducer")) or text(score.get("scorer")),
                value=value,
                stderr=number(mapping(metrics.get("stderr")).get("value")),
                samples=samples,
                all_samples=(whole if whole != samples else 0) if limited else None,
                dataset=text(dataset.get("name")) or text(dataset.get("location")),
                few_shot=shots,
                task_version=text(run.get("task_version")),
            )
