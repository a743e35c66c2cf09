"""Which direction of a metric is good is known by the words of its name, where the vocabulary lists it not."""

from __future__ import annotations

import pytest

from registry.types import UNKNOWN_METRIC
from registry.vocabulary import Vocabulary
from registry.vocabulary.directions import unlisted

LOWER = (
    "l1 error", "FID50k-Camera", "FID-Full-50K", "NME test", "MPJPE-all", "N-MPJPE", "BRISQUE (Y)", "PI (Y)", "AbsRel",
    "eval_loss", "evalLoss", "Validation Loss", "minADE_6", "False Positive Rate", "latency_ms", "Perplexity (test)",
    "Time to first token", "Accuracy drop", "mAP loss", "FVD16", "hausdorff_distance", "CGS ↓",
)  # fmt: skip
HIGHER = (
    "mAPH@L2", "Whole AP", "AR@1000", "PCK@0.3", "Mean@0.1", "3DPCK", "APL", "EQ-R", "hmean", "Norm precision", "Dice",
    "MeanDice", "bboxmAP", "SR0.5", "Elb", "Contour Acc", "v_measure", "R@1", "δ1", "tokens per second", "Score ↑",
    "Top 1 Accuracy [w. RGB]", "NRQM (Y)",
)  # fmt: skip
NEITHER = (
    "Private Score", "GPU Info", "Robustness", "MS-SSIM", "Gen Len", "Accuracy std", "Top 1 Accuracy delta", "Mean",
    "Timeliness", "Mapping", "",
)  # fmt: skip


@pytest.mark.parametrize(
    ("names", "better"), [(LOWER, "lower"), (HIGHER, "higher"), (NEITHER, None)], ids=("lower", "higher", "neither")
)
def test_the_words_of_a_name_say_which_direction_is_good(names: tuple[str, ...], better: str | None) -> None:
    assert {name: unlisted(name).better for name in names} == dict.fromkeys(names, better)


def test_a_name_that_says_nothing_is_the_unknown_metric() -> None:
    assert unlisted("Private Score") is UNKNOWN_METRIC


def test_a_mean_is_as_good_as_what_it_stands_among() -> None:
    assert unlisted("Mean", [unlisted("Elb"), unlisted("Mean")]).better == "higher"
    assert unlisted("Average", [unlisted("l1 error")]).better == "lower"
    assert unlisted("Mean", [unlisted("Elb"), unlisted("l1 error")]).better is None


def test_the_words_contradict_no_listed_metric() -> None:
    listed = Vocabulary.load().metrics
    directions = {name: unlisted(name).better for name in listed}
    wrong = {name: better for name, better in directions.items() if better and better != listed[name].better}
    assert wrong == {}
