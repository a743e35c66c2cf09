"""Claims are read with the unit that their name carries."""

from pathlib import Path

import pytest

import registry
from registry.claims import claims


@pytest.mark.parametrize(
    ("line", "subject", "value"),
    [
        ("GFLOPs: 4.1", "flops", 4_100_000_000),
        ("FLOPs (G): 4.1", "flops", 4_100_000_000),
        ("Params (M): 25.56", "parameters", 25_560_000),
        ("FLOPs: 4.1 GFLOPs", "flops", 4_100_000_000),
        ("Parameters: 25557032", "parameters", 25_557_032),
    ],
)
def test_units_in_names_and_in_values(tmp_path: Path, line: str, subject: str, value: int):
    card = tmp_path / "model-index.yml"
    card.write_text(f"Models:\n- Name: a\n  Metadata:\n    {line}\n")
    (claim,) = claims(registry.load(card))
    assert (claim.subject, int(claim.reported.value)) == (subject, value)
    assert claim.reported.text == line.partition(": ")[2]
