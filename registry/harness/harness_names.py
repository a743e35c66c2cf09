"""The names by which cards and harnesses know data sets, tasks and metrics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from registry.vocabulary.toml_files import read_table

_HERE = Path(__file__).parent
_SHOTS = re.compile(r"\(?\b(\d{1,3})[\s_-]*shots?\b\)?|\(?\bzero[\s_-]*shot\b\)?", re.IGNORECASE)
_SUBSET = re.compile(r"(?:(?<!\s)\s+)?\([^()]*\)\s*$")


class Tasks(NamedTuple):
    """A harness's tasks.

    Attributes:
        names: Each by its folded name.
        datasets: Tasks by data set, folded without its owner, and configuration, folded; empty where it has none.
        source: Where the list is from, such as `PyPI lm-eval 0.4.13, 2026-11-27`.
    """

    names: Mapping[str, str]
    datasets: Mapping[str, Mapping[str, str]]
    source: str


@lru_cache(maxsize=16384)
def folded(name: str) -> str:
    """A name by its letters and digits alone.

    >>> folded("AI2 Reasoning Challenge (25-Shot)"), folded("allenai/ai2_arc")
    ('ai2reasoningchallenge', 'allenaiai2arc')
    """
    return re.sub(r"[\W_]+", "", _SHOTS.sub(" ", name)).casefold()


def unowned(name: str) -> str:
    """An id of the Hub without its owner: `allenai/ai2_arc` has also been `ai2_arc`."""
    return name.rpartition("/")[2]


@lru_cache(maxsize=4096)
def few_shot_in(name: str) -> int | None:
    """How many examples a data set's printed name says that the prompt has.

    >>> few_shot_in("HellaSwag (10-Shot)"), few_shot_in("MMLU, zero-shot"), few_shot_in("ARC")
    (10, 0, None)
    """
    match = _SHOTS.search(name)
    return None if match is None else int(match[1] or 0)


def without_subset(name: str) -> str:
    """`MTEB STS22 (en)` without its subset."""
    return _SUBSET.sub("", name)


@cache
def tasks(harness: str) -> Tasks:
    """The tasks of `lm-eval` or `mteb`, as `renew_names` found them."""
    table = read_table(_HERE / "names.toml")[harness]
    names: dict[str, str] = {}
    datasets: dict[str, dict[str, str]] = {}
    for line in table["tasks"].split("\n"):
        path, _, rest = line.partition(" ")
        configuration, _, name = rest.partition(" ")
        if not name:
            continue
        names.setdefault(folded(name), name)
        if path != "-":
            key = "" if harness == "mteb" or configuration in ("-", "default") else folded(configuration)
            datasets.setdefault(folded(unowned(path)), {}).setdefault(key, name)
    return Tasks(names, datasets, table["source"])


@cache
def aliases() -> Mapping[str, Any]:
    """What is written by hand: `aliases.toml`."""
    return read_table(_HERE / "aliases.toml")


@cache
def lm_eval_aliases() -> Mapping[str, str]:
    """Tasks of lm-eval by the folded names that cards use for them."""
    return {folded(name): task for name, task in aliases()["lm-eval"].items()}


@lru_cache(maxsize=8192)
def metric(name: str) -> str:
    """The name that stands for a metric and its other spellings.

    >>> metric("acc_norm"), metric("normalized accuracy"), metric("cos_sim_spearman"), metric("NDCG@10")
    ('normalized_accuracy', 'normalized_accuracy', 'cosine_spearman', 'ndcg_at_10')
    >>> metric("coco/bbox_mAP"), metric("spearman_cosine"), metric("accuracy/top1")
    ('box_ap', 'cosine_spearman', 'top_1_accuracy')
    """
    text = name.strip().casefold().replace("cos_sim", "cosine").replace("@", "_at_")
    text = re.sub(r"[\W_]+", "_", text).strip("_")
    swapped = re.fullmatch(r"(pearson|spearman)_(cosine|dot|euclidean|manhattan|max)", text)
    text = f"{swapped[2]}_{swapped[1]}" if swapped else text
    spellings: Mapping[str, str] = aliases()["metrics"]
    return spellings.get(text, text)
