"""Cards as the loader would hand them over, for tests that need no file."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.types import Field, Location, Model


@pytest.fixture
def card() -> Callable[..., Model]:
    """Makes a model from its name, its metadata, and its other fields as keywords."""
    return make_card


def make_card(name: str = "", /, *, metadata: dict[str, Any] | None = None, **fields: Any) -> Model:
    """One model of a card; the text of a value is what Python prints."""
    at = Location(file="card.md")

    def named(values: dict[str, Any]) -> dict[str, Field]:
        return {key: Field(name=key, value=value, text=str(value)) for key, value in values.items()}

    return Model(
        name=name,
        location=at,
        file="card.md",
        base="/cards",
        dialect="model-index",
        fields=named(fields),
        metadata=named(metadata or {}),
    )
