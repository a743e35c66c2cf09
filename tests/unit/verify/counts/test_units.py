"""The printed unit binds, and the one behind the number goes before the one in its name."""

from __future__ import annotations

import pytest

from registry.types import Claim, Location
from registry.verify.counts.judge import flops_unit
from registry.vocabulary import read_quantity


@pytest.mark.parametrize(
    ("name", "text", "unit"),
    [
        ("FLOPs", "4.09 GMACs", "MACs"),
        ("FLOPs", "4.09", "FLOPs"),
        ("FLOPs (G)", "4.09", "FLOPs"),
        ("GFLOPs", "4.09", "FLOPs"),
        ("MACs", "4089184256", "MACs"),
        ("GMACs", "4.09", "MACs"),
        ("MACs", "8.18 GFLOPs", "FLOPs"),
        ("Multiply-Adds", "4.09G", "MACs"),
        ("Mult-Adds", "4.09G", "MACs"),
        ("MAdds", "4.09G", "MACs"),
    ],
)
def test_the_unit_of_a_claim(name: str, text: str, unit: str) -> None:
    claim = Claim(
        model="x",
        subject="flops",
        label=name,
        kind="count",
        reported=read_quantity(name, text, "count"),
        location=Location(file="card.md"),
    )
    assert flops_unit(claim) == unit
