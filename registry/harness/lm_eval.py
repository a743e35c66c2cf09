"""Results of lm-evaluation-harness: `results_*.json`, of today's form and of that before version 0.4.

    results: {TASK: {"METRIC,FILTER": number, "METRIC_stderr,FILTER": number, "alias": text}}      0.4 and later
    results: {TASK: {METRIC: number, METRIC_stderr: number}}                                       before, as lmms-eval

Beside them `configs` (the data set and splits of each task), `versions`, `n-shot`, `n-samples`, `group_subtasks` and
`config` (the model and `limit`). What was logged of each sample stands in `samples_TASK_*.jsonl` beside the file: from
it come the number of samples where the results do not say it, and the mean again of metrics that are one.
Source: `lm_eval/evaluator_utils.py` and `lm_eval/loggers/evaluation_tracker.py`, versions 0.3.0, 0.4.2 and 0.4.13.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.harness.log import HarnessLog, HarnessResult
from registry.harness.log_file import LogSource
from registry.harness.values import arguments, count, date, entries, mapping, number, text

NAME = "lm-eval"

_BESIDE = frozenset({"alias", "name", "sample_len", "samples", "num_samples", "effective_num_docs", "num_docs"})


def read(source: LogSource) -> HarnessLog | None:
    """The log in a file, `None` where it is of another form."""
    data = mapping(source.value)
    results, versions = data.get("results"), data.get("versions")
    if not isinstance(results, dict) or not isinstance(versions, dict):
        return None
    config = mapping(data.get("config") or data.get("config_general"))
    model_arguments = arguments(config.get("model_args"))
    model = text(data.get("model_name")) or model_arguments.get("pretrained", "") or text(config.get("model"))
    harness_results = tuple(
        result for task in results for result in _of_task(str(task), mapping(results[task]), data, config, source)
    )
    libraries = {"transformers": text(data.get("transformers_version")), "dtype": text(config.get("model_dtype"))}
    return HarnessLog(
        harness=NAME,
        version=text(data.get("lm_eval_version")),
        results=harness_results,
        model=model,
        revision=text(config.get("model_sha")) or model_arguments.get("revision", ""),
        commit=text(data.get("git_hash") or data.get("upper_git_hash")),
        date=date(data.get("date")),
        environment={name: version for name, version in libraries.items() if version},
    )


def _of_task(
    task: str, scores: Mapping[str, Any], data: Mapping[str, Any], config: Mapping[str, Any], source: LogSource
) -> Iterator[HarnessResult]:
    task_config = mapping(mapping(data.get("configs")).get(task))
    subtasks = entries(mapping(data.get("group_subtasks")).get(task))
    shot_settings = (
        mapping(data.get("n-shot")).get(task),
        *(settings.get("num_fewshot") for settings in (task_config, config, data)),
    )
    shots = next((examples for setting in shot_settings if (examples := count(setting)) is not None), None)
    sizes = mapping(mapping(data.get("n-samples")).get(task))
    effective, original = count(sizes.get("effective")), count(sizes.get("original"))
    logged = source.samples(task)
    if effective is None:
        effective = count(scores.get("sample_len")) or (None if logged is None else logged.count)
    limited = number(config.get("limit")) is not None
    if original is None and limited:
        original = 0  # not all, and nobody says how many there are
    about: dict[str, Any] = {
        "task": task,
        "dataset": text(task_config.get("dataset_path")),
        "config": text(task_config.get("dataset_name")),
        "split": text(task_config.get("test_split") or task_config.get("validation_split")),
        "revision": text(mapping(task_config.get("dataset_kwargs")).get("revision")),
        "few_shot": shots,
        "samples": effective,
        "all_samples": original if original != effective else None,
        "task_version": text(mapping(data.get("versions")).get(task)),
        "parts": len(subtasks),
    }
    of_metrics = map(mapping, entries(task_config.get("metric_list")))
    means = {text(entry.get("metric")) for entry in of_metrics if entry.get("aggregation") == "mean"}
    for key, value in scores.items():
        metric, _, filtered = str(key).partition(",")
        score = number(value)
        if score is None or metric in _BESIDE or metric.endswith("_stderr"):
            continue
        other = f"{metric}_stderr,{filtered}" if filtered else f"{metric}_stderr"
        mean = None if logged is None or metric not in means else logged.means.get((metric, filtered))
        yield HarnessResult(
            metric=metric, value=score, filter=filtered, stderr=number(scores.get(other)), sample_mean=mean, **about
        )
