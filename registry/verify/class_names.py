"""What a card calls the outputs of its model, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.types import DatasetError, Model

_LARGEST = 4 << 20


def class_names(model: Model) -> tuple[str, ...] | None:
    """The names in a card's `Classes`: a list, a mapping from numbers, names with commas, or a file beside the card.

    Returns:
        `None` where the card has no such names; a mere number is how many there are.

    Raises:
        DatasetError: The file that it names cannot be read, or a mapping leaves a number out.
    """
    value = model.get("Classes")
    if isinstance(value, Mapping):
        return _from_mapping(value)
    if isinstance(value, list):
        names = tuple(str(name).strip() for name in value)
        return names if len(names) > 1 else None
    if not isinstance(value, str) or value.strip().isdigit() or not value.strip():
        return None
    if "," in value:
        return tuple(name.strip() for name in value.split(","))
    return _from_file(model, value.strip())


def _from_mapping(value: Mapping[Any, Any]) -> tuple[str, ...]:
    numbered = {str(key).strip(): str(name) for key, name in value.items()}
    if set(numbered) != {str(number) for number in range(len(numbered))}:
        raise DatasetError(f"the card's Classes do not name the outputs 0 to {len(numbered) - 1}")
    return tuple(numbered[str(number)] for number in range(len(numbered)))


def _from_file(model: Model, text: str) -> tuple[str, ...]:
    base = Path(model.base).resolve()
    try:
        path = (base / text).resolve()
        if not path.is_relative_to(base):
            raise DatasetError(f"the card's Classes lie outside of its folder: {text[:100]}")
        if not path.is_file() or path.stat().st_size > _LARGEST:
            raise DatasetError(f"there is no file of Classes beside the card: {text[:100]}")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise DatasetError(f"the card's Classes cannot be read from {text[:100]}: {error}") from error
    names = tuple(line.strip() for line in lines if line.strip())
    if len(names) < 2:
        raise DatasetError(f"the card's Classes in {text[:100]} are not one a line")
    return names
