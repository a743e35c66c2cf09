"""What transformers' Trainer leaves: `all_results.json`, `eval_results.json`, `trainer_state.json`.

    {eval_accuracy: number, eval_loss: number, eval_samples: count, eval_runtime: seconds, test_...}     results
    {global_step, log_history: [{step, loss}, {step, eval_loss, eval_accuracy}], best_model_checkpoint}  state

Neither names the model or the data. Of a state, the last evaluation is the model's.
Source: `transformers/trainer.py` (`save_metrics`) and `trainer_callback.py` (`TrainerState`), version 5.24.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from registry.harness.log import HarnessLog, HarnessResult
from registry.harness.log_file import LogSource
from registry.harness.values import count, entries, mapping, number, text

NAME = "transformers Trainer"
_PREFIX = re.compile(r"(eval|test|predict)_(.+)")
_COSTS = re.compile(r".*(?:runtime|_per_second|samples|epoch|step|total_flos|mem_\w{1,40}|jit_compilation_time|memory)")
_SPLITS = {"test": "test", "predict": "test"}


def read(source: LogSource) -> HarnessLog | None:
    """The log in a file, `None` where it is of another form."""
    data = mapping(source.value)
    notes: tuple[str, ...] = ()
    if isinstance(data.get("log_history"), list) and "global_step" in data:
        evaluations = [entry for entry in map(mapping, entries(data["log_history"])) if _is_evaluation(entry)]
        scores: Mapping[str, Any] = evaluations[-1] if evaluations else {}
        at = number(scores.get("step"))
        notes = () if at is None else (f"the last evaluation of the run's {len(evaluations)}, at step {at:g}",)
    elif _is_evaluation(data) and not any(isinstance(value, dict | list) for value in data.values()):
        scores = data
    else:
        return None
    return HarnessLog(
        harness=NAME,
        version=text(data.get("transformers_version")),
        results=tuple(_results(scores)),
        model="",
        notes=notes,
    )


def _is_evaluation(scores: Mapping[str, Any]) -> bool:
    names = [name for name in scores if _PREFIX.fullmatch(str(name))]
    return bool(names) and any(re.fullmatch(r".*(_runtime|_loss|_samples|_per_second)", name) for name in names)


def _results(scores: Mapping[str, Any]) -> Iterator[HarnessResult]:
    for name, value in scores.items():
        match, score = _PREFIX.fullmatch(str(name)), number(value)
        if score is None or _COSTS.fullmatch(str(name)):
            continue
        if match is None and name != "perplexity":
            continue
        prefix = match[1] if match else "eval"
        metric = str(name)[len(prefix) + 1 :] if match else str(name)
        yield HarnessResult(
            metric=metric,
            value=score,
            samples=count(scores.get(f"{prefix}_samples")),
            split=_SPLITS.get(prefix, ""),
        )
