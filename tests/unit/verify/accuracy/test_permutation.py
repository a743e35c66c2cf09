"""A one-to-one confusion of classes is told from a model that merely errs."""

from __future__ import annotations

import numpy as np
import pytest

from registry.verify.accuracy.permutation import renumbering


def answers(order: list[int], accuracy: float, size: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Sorted labels, and answers under an order, of which some are wrong at random."""
    random, classes = np.random.default_rng(seed), len(order)
    labels = np.repeat(np.arange(classes), size)
    outputs = np.array(order)[labels]
    wrong = random.random(len(labels)) > accuracy
    return labels, np.where(wrong, random.integers(0, classes, len(labels)), outputs)


@pytest.mark.parametrize("order", [[1, 2, 3, 4, 0], [4, 3, 2, 1, 0], [0, 1, 3, 2, 4]])
def test_another_order_is_found(order: list[int]) -> None:
    numbering = renumbering(*answers(order, 0.9), 5, 5)
    assert numbering is not None
    assert numbering.order == tuple(order)
    assert numbering.right > 0.8 * numbering.samples > numbering.before


@pytest.mark.parametrize("accuracy", [1.0, 0.7, 0.4, 0.2, 0.0])
def test_a_model_that_errs_at_random_is_not_renumbered(accuracy: float) -> None:
    numberings = [renumbering(*answers([0, 1, 2, 3, 4], accuracy, seed=seed), 5, 5) for seed in range(200)]
    assert sum(numbering is not None for numbering in numberings) <= (2 if accuracy > 0.2 else 12)


def test_samples_without_an_answer_count_for_none() -> None:
    labels, outputs = answers([1, 0], 1.0)
    outputs[::4] = -1
    renumbered = renumbering(labels, outputs, 2, 2)
    assert renumbered is not None
    assert renumbered.order == (1, 0)
    assert renumbering(labels[:2], outputs[:2], 2, 2) is None
