"""Under what a number was measured, where a card says it among its metrics: `Iter: 400000`, `sigma: 15`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from registry.lazy_regex import lazy_regex
from registry.types import Metric

_NAMES = frozenset(
    {
        "backbone", "batch", "batch size", "bit", "bits", "bit depth", "cfg", "cfg scale", "checkpoint", "clip",
        "clips", "crop", "crop size", "crops", "degradation", "disc step", "dist step", "epoch", "epochs", "factor",
        "fold", "frame", "frames", "guidance", "guidance scale", "image size", "images per prompt", "input",
        "input size", "iou threshold", "iter", "iteration", "iterations", "iters", "kernel", "language", "level",
        "lr schd", "max iter", "method", "mode", "model", "network", "noise", "noise level", "num frames",
        "num images", "num images per prompt", "num steps", "prompt", "protocol", "quality", "resolution",
        "sampling steps", "scale", "scales", "schedule", "score threshold", "seed", "setting", "shot", "shots",
        "sigma", "size", "split", "stage", "step", "steps", "subset", "temperature", "test size", "threshold",
        "total iter", "total iterations", "total iters", "total steps", "upscale", "upscale factor", "view", "views",
        "way", "ways", "\u03c3",
    }
)  # fmt: skip
_SIGNS = frozenset("<$\\*`{}^")
_MARKUP = lazy_regex(r"<[^<>]{1,20}>|[$\\*`{}^]+")


@lru_cache(maxsize=4096)
def is_condition(name: str) -> bool:
    r"""Whether a name under `Metrics` says how was measured, and not what.

    >>> is_condition("Total Iters\\*"), is_condition("$\\sigma$"), is_condition("Size / Num images per prompt")
    (True, True, True)
    >>> is_condition("PSNR"), is_condition("Precision10k")
    (False, False)
    """
    text = name if _SIGNS.isdisjoint(name) else _MARKUP.sub(" ", name)
    plain = " ".join(text.replace("_", " ").replace("-", " ").split()).casefold()
    parts = [part.strip() for part in plain.split("/")]
    return all(part in _NAMES for part in parts) if any(parts) else False


def conditions(metrics: Iterable[Metric]) -> tuple[tuple[str, str], ...]:
    """Names and printed values of the conditions among the metrics of a result, in the order of their names."""
    found = {
        (" ".join((*metric.within, metric.name)), metric.text or str(metric.value))
        for metric in metrics
        if not is_measured(metric)
    }
    return tuple(sorted(found)) if found else ()


def is_measured(metric: Metric) -> bool:
    """Whether a metric is a number that was measured, and no condition of the others."""
    if is_condition(metric.name):
        return False
    return not metric.within or not any(map(is_condition, metric.within))
