"""What a card's time was measured under, and whether that can be had here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.types import Claim, Unverifiable
from registry.verify.evaluation_digest import Precision

_MODES: dict[str, Precision] = {"fp32": "fp32", "tf32": "tf32", "fp16": "fp16", "bf16": "bf16", "amp": "fp16"}
_MOST_PIXELS = 1 << 24
"""Pixels that a call may have: 256 pictures of 224x224, or one of 4096x4096. A card may name any number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """What a number of a card holds under.

    Attributes:
        hardware: The device as the card names it; empty where it names none.
        batch: Samples in a call; `None` where the card does not say.
        precision: Arithmetic; `None` where the card does not say.
        resolution: Height and width of a picture; `None` where the card does not say.
    """

    hardware: str = ""
    batch: int | None = None
    precision: Precision | None = None
    resolution: tuple[int, int] | None = None

    @classmethod
    def of(cls, claim: Claim) -> Conditions:
        """The conditions of a claim.

        Raises:
            Unverifiable: They cannot be had with PyTorch, or cannot be read.
        """
        said = dict(claim.conditions)
        backend, mode = said.get("backend", "PyTorch"), said.get("mode", "")
        if backend.casefold() not in ("pytorch", "torch"):
            raise Unverifiable(f"the card's {claim.reported} is a time of {backend}, and mir runs PyTorch")
        if mode and mode.casefold() not in _MODES:
            raise Unverifiable(f"the card's {claim.reported} is a time in {mode}; mir knows {', '.join(_MODES)}")
        batch = said.get("batch size")
        if batch is not None and not re.fullmatch(r"[1-9][0-9]{0,4}", batch):
            raise Unverifiable(f"the card's batch size is no number of pictures: {batch[:40]}")
        resolution = _resolution(said.get("resolution", ""))
        height, width = resolution or (224, 224)
        if int(batch or 1) * height * width > _MOST_PIXELS:
            raise Unverifiable(f"{batch or 1} pictures of {height}x{width} are more than mir times at once")
        return cls(
            hardware=said.get("hardware", ""),
            batch=None if batch is None else int(batch),
            precision=_MODES.get(mode.casefold()),
            resolution=resolution,
        )


def _resolution(text: str) -> tuple[int, int] | None:
    """Height and width, of `(800, 1333)`, `224x224` or `224`."""
    sides = [int(side) for side in re.findall(r"[0-9]{1,5}", text)]
    if not text.strip():
        return None
    if len(sides) not in (1, 2) or not all(sides):
        raise Unverifiable(f"the card's resolution is none: {text[:40]}")
    return sides[0], sides[-1]
