"""The classes of a table's rows: their names, and their numbers as the model numbers its outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def in_order(names: list[str], categories: Sequence[str] | None) -> tuple[str, ...]:
    """Class names in the model's order where they are the model's, however their case is written."""
    by_name = {fold_class(each): each for each in names}
    if categories is None or set(by_name) != {fold_class(each) for each in categories} or len(by_name) != len(names):
        return tuple(names)
    return tuple(by_name[fold_class(each)] for each in categories)


def aligned(
    labels: npt.NDArray[np.int64], names: tuple[str, ...], categories: Sequence[str] | None
) -> tuple[npt.NDArray[np.int64], tuple[str, ...], bool]:
    """Labels numbered as the model numbers its outputs, where both give their classes the same names."""
    wanted = in_order(list(names), categories)
    if wanted == names or len(set(names)) != len(names):
        return labels, names, False
    number = np.array([wanted.index(each) for each in names], np.int64)
    return number[labels], wanted, True


def fold_class(name: str) -> str:
    """A class's name as it is compared."""
    return name.strip().casefold().replace("_", " ").replace("-", " ")
