"""Results of mteb: one file for each task, `results/OWNER__MODEL/REVISION/TASK.json`.

    {task_name, dataset_revision, mteb_version, scores: {SPLIT: [{hf_subset, languages, main_score, METRIC: number}]}}
    {mteb_dataset_name, dataset_revision, mteb_version, SPLIT: {SUBSET: {METRIC: number}} or {METRIC: number}}

The second form is that before version 1.11, whose metrics of one kind stand in a mapping (`cos_sim: {spearman: ...}`).
The model is named by `model_meta.json` beside, else by the folders. Source: `mteb/results/task_result.py`, 2.26.24.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.harness.log import HarnessLog, HarnessResult
from registry.harness.log_file import LogSource
from registry.harness.values import date, entries, mapping, number, text

NAME = "mteb"
_NO_METRICS = frozenset({"evaluation_time", "kg_co2_emissions"})
_UNKNOWN = frozenset({"no_revision_available", "no_model_name_available", "no_model_name/available"})


def read(source: LogSource) -> HarnessLog | None:
    """The log in a file, `None` where it is of another form."""
    data = mapping(source.value)
    task = text(data.get("task_name") or data.get("mteb_dataset_name"))
    scores = data.get("scores")
    if "mteb_version" not in data or (not task and not isinstance(scores, dict)):
        return None
    task = task or source.path.stem
    about = {"task": task, "revision": text(data.get("dataset_revision"))}
    results = tuple(_today(scores, about) if isinstance(scores, dict) else _before(data, about))
    model, revision = _model(source)
    return HarnessLog(
        harness=NAME,
        version=text(data.get("mteb_version")),
        results=results,
        model=model,
        revision=revision,
        date=date(data.get("date")),
    )


def _today(scores: Mapping[str, Any], about: Mapping[str, str]) -> Iterator[HarnessResult]:
    for split, subsets in scores.items():
        for subset in map(mapping, entries(subsets)):
            yield from _metrics(subset, {**about, "split": str(split), "config": text(subset.get("hf_subset"))})


def _before(data: Mapping[str, Any], about: Mapping[str, str]) -> Iterator[HarnessResult]:
    for split, scores in data.items():
        if not isinstance(scores, dict):
            continue
        inner = {name: value for name, value in scores.items() if isinstance(value, dict)}
        # Of one language, metrics stand here; of several, a mapping for each, which holds more than one metric family.
        several = inner and not any(
            number(value) is not None for name, value in scores.items() if name not in _NO_METRICS
        )
        if several and not all(_is_family(name) for name in inner):
            for subset, metrics in inner.items():
                yield from _metrics(metrics, {**about, "split": str(split), "config": str(subset)})
        else:
            yield from _metrics(scores, {**about, "split": str(split), "config": "default"})


def _is_family(name: str) -> bool:
    return name in ("cos_sim", "cosine", "dot", "euclidean", "manhattan", "max", "similarity")


def _metrics(scores: Mapping[str, Any], about: Mapping[str, Any], family: str = "") -> Iterator[HarnessResult]:
    for name, value in scores.items():
        metric = f"{family}{name}"
        score = number(value)
        if score is not None and name not in _NO_METRICS and not name.endswith("_stderr"):
            stderr = number(scores.get(f"{name}_stderr"))
            yield HarnessResult(metric=metric, value=score, stderr=stderr, percent=False, **about)
        elif isinstance(value, dict) and not family:
            yield from _metrics(value, about, f"{metric}_")


def _model(source: LogSource) -> tuple[str, str]:
    """The model and its revision, each empty where nothing says it."""
    meta = mapping(source.beside("model_meta.json"))
    folders = source.path.absolute().parts
    name, revision = text(meta.get("name")), text(meta.get("revision"))
    if (not name or name in _UNKNOWN) and len(folders) > 2:
        owner, double, model = folders[-3].partition("__")
        name = f"{owner}/{model}" if double and owner and model else ""
    if not revision and len(folders) > 1 and "__" in folders[-3:][0]:
        revision = folders[-2]
    return ("" if name in _UNKNOWN else name), ("" if revision in _UNKNOWN else revision)
