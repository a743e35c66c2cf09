"""Weights that are here and are not what the card says: that is a mistake in the card or worse, not a lack of ours."""

from __future__ import annotations

from registry.types import WeightsError


class RefusedError(WeightsError):
    """The file has another digest, would run code, is damaged, or does not fit the model."""


class AlteredError(RefusedError):
    """The file has another digest than the card, its own name or earlier evidence says."""
