"""One network and the numbers that are printed of it: why FLOPs differ, in four lines that everybody has met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedFlops:
    """A number of FLOPs that is printed of ResNet-50, in units of 10^9.

    Attributes:
        text: As it is printed.
        convention: The convention that gives it, as evidence names it.
        counted: What that convention counts, exactly.
        what: What it counts, in words.
        where: Where it is printed.
    """

    text: str
    convention: str
    counted: int
    what: str
    where: str


PRINTED = (
    PrintedFlops(
        text="4.09",
        convention="MACs",
        counted=4089184256,
        what="convolutions and matrix products, a multiplication and an addition as one",
        where="torchvision",
    ),
    PrintedFlops(
        text="4.11",
        convention="fvcore 0.1.5",
        counted=4111512576,
        what="and batch normalisation and the average pool",
        where="timm, Detectron2, OpenMMLab today",
    ),
    PrintedFlops(
        text="4.12",
        convention="mmcv 1.x",
        counted=4121924096,
        what="and every activation and pool",
        where="OpenMMLab's zoos before 2023",
    ),
    PrintedFlops(
        text="8.2",
        convention="torch",
        counted=8178368512,
        what="a multiplication and an addition as two",
        where="PyTorch's own counter, DeepSpeed",
    ),
)
"""On pictures of 224x224. A test holds the counts to the evidence of torchvision's ResNet-50."""
