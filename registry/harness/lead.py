"""Which harness measures what a card claims, by the names of its data set, task and metric."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from registry.harness.harness_names import (
    aliases,
    few_shot_in,
    folded,
    lm_eval_aliases,
    metric,
    tasks,
    unowned,
    without_subset,
)
from registry.types import Claim, DatasetRef

LM_EVAL, MTEB, INSPECT = "lm-eval", "mteb", "inspect-ai"
OWN = frozenset({LM_EVAL, MTEB, INSPECT})
"""Harnesses whose results no task of mir measures: prompts and samples are theirs."""

RUN: Mapping[str, str] = {LM_EVAL: "pip install lm-eval", MTEB: "pip install mteb"}
"""Harnesses that `mir verify --with` runs, and how each is installed."""

_SHOTS = ("num_few_shot", "num_fewshot", "few_shot", "fewshot", "n_shot", "shots", "num_shots")
_WHOLE = frozenset({"", "all", "default"})
"""Configurations that mean all of a data set."""

_OWN_TEXT = frozenset({"perplexity", "loss", "bleu", "rouge", "meteor"})
"""Metrics of generated text that are no benchmark's of lm-eval: they are taken on the author's own data."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The harness that measures a claim.

    Attributes:
        task: Its name for what is asked of the model; empty where the harness goes by the data alone.
        few_shot: How many examples stand in the prompt, where the card says it.
    """

    harness: str
    task: str = ""
    few_shot: int | None = None

    @property
    def needs(self) -> str:
        """The option with which mir runs the harness itself; empty where it does not."""
        return f"--with {self.harness}" if self.harness in RUN else ""

    @property
    def reason(self) -> str:
        """What it takes to measure the claim, in one clause."""
        if self.harness in RUN:
            return f"needs {self.harness}: {RUN[self.harness]}; mir verify --with {self.harness} CARD"
        about = aliases()["frameworks"][self.harness]
        reads = (
            "; then mir evidence import LOG --cards CARD" if about.get("reads") else ", whose output mir cannot read"
        )
        return f"needs {self.harness}: {about['install']}; {about['command']}{reads}"


def lead(claim: Claim) -> Lead | None:
    """The harness that measures a claim, `None` where none is known."""
    if claim.dataset is None:
        return None
    dataset = claim.dataset
    return _lead(
        dataset.name,
        dataset.type or "",
        dataset.config or "",
        claim.task or "",
        claim.label.partition(":")[0],
        claim.subject,
        few_shot(dataset),
    )


def few_shot(dataset: DatasetRef) -> int | None:
    """How many examples the prompt has, as the arguments of a data set or its name say."""
    args: Any = dataset.args
    if isinstance(args, dict):
        for name in _SHOTS:
            value = args.get(name)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1000:
                return value
            if isinstance(value, str) and value.isdecimal() and len(value) < 4:
                return int(value)
    return few_shot_in(dataset.name)


@lru_cache(maxsize=65536)
def _lead(name: str, kind: str, config: str, task: str, label: str, subject: str, shots: int | None) -> Lead | None:
    if of_mteb := _of_mteb(name, kind):
        return Lead(MTEB, of_mteb)
    measured, task_name = metric(label), folded(task)
    if shots is not None or task_name in _lm_eval_tasks():
        harness_task = "" if measured in _OWN_TEXT and shots is None else _of_lm_eval(name, kind, config)
        if harness_task:
            return Lead(LM_EVAL, harness_task, shots)
    if label == "value" and task:  # a score of `.eval_results`, whose data set is a benchmark of the Hub
        harness_task = _of_lm_eval(name, kind, task)
        return Lead(LM_EVAL, harness_task, shots) if harness_task else Lead(INSPECT, task)
    for framework, about in aliases()["frameworks"].items():
        if _is_of(about, (name, kind), task_name, {measured, metric(subject)}):
            return Lead(framework)
    return None


def _of_mteb(name: str, kind: str) -> str:
    """The task of mteb that a data set is, empty where it is none."""
    catalogue = tasks(MTEB)
    prefixed = name.startswith(("MTEB ", "MTEB:"))
    title = without_subset(name.removeprefix("MTEB").lstrip(" :")) if prefixed else without_subset(name)
    task = catalogue.names.get(folded(title), "")
    if prefixed:
        return task or title
    owner = kind.partition("/")[0].casefold()
    if owner in ("mteb", "c-mteb"):
        return task or catalogue.datasets.get(folded(unowned(kind)), {}).get("", "") or unowned(kind)
    return ""


def _of_lm_eval(name: str, kind: str, config: str) -> str:
    """The task or group of lm-eval that measures a data set, empty where none does."""
    catalogue = tasks(LM_EVAL)
    part = "" if config.casefold() in _WHOLE else folded(config)
    for dataset in _names(name, kind):
        configurations = catalogue.datasets.get(dataset, {})
        if part and part in configurations:
            return configurations[part]
        if dataset in lm_eval_aliases():
            return lm_eval_aliases()[dataset]
        if dataset in catalogue.names:
            return catalogue.names[dataset]
        if "" in configurations:
            return configurations[""]
        if len(configurations) == 1:
            return next(iter(configurations.values()))
    return ""


def _names(name: str, kind: str) -> Iterator[str]:
    for title in (kind, name):
        if title:
            yield folded(unowned(title))
            yield folded(unowned(without_subset(title)))


def _lm_eval_tasks() -> frozenset[str]:
    return _folded_all(tuple(aliases()["tasks"][LM_EVAL]))


@lru_cache(maxsize=64)
def _folded_all(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, names))


def _is_of(about: Mapping[str, Any], dataset: tuple[str, str], task: str, measured: set[str]) -> bool:
    """Whether a claim is one of a framework: of its tasks or data sets, where it names some, and of its metrics."""
    pattern = about.get("metrics")
    if pattern is None or not any(re.fullmatch(pattern, name) for name in measured):
        return False
    if "tasks" in about and task not in _folded_all(tuple(about["tasks"])):
        return False
    if "datasets" not in about:
        return True
    here = {folded(unowned(name)) for name in dataset if name}
    return task in _lm_eval_tasks() and any(part in name for name in here for part in map(folded, about["datasets"]))
