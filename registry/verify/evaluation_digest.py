"""What evidence of an evaluation is bound to besides its weights and data. Needs no torch."""

from __future__ import annotations

from typing import Literal, get_args

from registry.evidence import digests
from registry.types import Evidence, Model, is_true

Precision = Literal["fp32", "tf32", "bf16", "fp16"]


def evaluation_digest(precision: str, *, drawn: bool = False, average: bool = False) -> str:
    """Neither `--quick` nor half precision settles a full run's claim, nor one of the weights that of their average.

    Args:
        precision: The arithmetic.
        drawn: Whether samples were drawn until the claim was decided.
        average: Whether the card asks for the moving average of the weights.
    """
    about = {"samples": "drawn" if drawn else "all", "precision": precision}
    return digests.of_json(about | ({"weights": "average"} if average else {}))


def asks_average(model: Model) -> bool:
    """Whether a card's numbers are those of the moving average: `EMA: true` in it, its `Metadata` or its `Weights`."""
    return is_true(model.get("EMA")) or any(each.ema for each in model.weights[:1])


def other_average(evidence: Evidence, model: Model) -> str:
    """Why evidence is of the weights where the card asks for their average, or the other way round; empty else."""
    known, asked = evidence.digests.get("evaluation"), asks_average(model)
    other = {
        evaluation_digest(precision, drawn=drawn, average=not asked)
        for precision in get_args(Precision)
        for drawn in (False, True)
    }
    if known not in other:
        return ""
    now, then = ("the moving average of the weights (EMA)", "the weights themselves")
    return f"the card asks for {now if asked else then}, and {then if asked else now} were measured"
