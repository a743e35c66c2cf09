from __future__ import annotations

import numpy as np
import pytest

from registry.verify.accuracy.permutation import ties, trivial
from registry.verify.predictions import KeptPredictions


def kept(labels: list[int], top: list[list[int]], scores: list[list[float]]) -> KeptPredictions:
    return KeptPredictions(
        task="classification",
        model="m",
        dataset="d",
        samples=np.array([str(number) for number in range(len(labels))]),
        arrays={"labels": np.array(labels), "top": np.array(top), "scores": np.array(scores, "float32")},
    )


def test_answers_that_hang_on_a_tie_count_both_ways() -> None:
    predictions = kept(
        [0, 1, 1, 0, 2],
        [[0, 1], [0, 1], [1, 0], [-1, -1], [0, 1]],
        [[1.0, 1.0], [1.0, 1.0], [2.0, 1.0], [0.0, 0.0], [1.0, 1.0]],
    )
    # The first may lose, the second and the last may win: of the last's class no score was kept, and all are equal.
    assert ties(predictions, "top-1-accuracy") == (1, 2)
    assert ties(predictions, "top-1-error") == (2, 1)
    assert ties(predictions, "top-2-accuracy") == (0, 0)


@pytest.mark.parametrize(
    ("subject", "classes", "is_trivial"),
    [("top-5-accuracy", 5, True), ("top-5-accuracy", 3, True), ("top-5-accuracy", 6, False), ("accuracy", 1, False)],
)
def test_five_best_of_five_classes_say_nothing(subject: str, classes: int, is_trivial: bool) -> None:
    assert bool(trivial(subject, classes)) is is_trivial
