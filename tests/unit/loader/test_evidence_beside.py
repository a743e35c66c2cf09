"""Evidence beside cards is no card, however much of it there is."""

from pathlib import Path

from registry.evidence import Store
from registry.loader import load
from registry.types import Claim, Evidence, Location, Quantity


def test_records_are_not_taken_for_cards(tmp_path: Path) -> None:
    (tmp_path / "card.yml").write_text("Models:\n- Name: A\n")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "card.json").write_text('{"Models": [{"Name": "B"}]}')
    claim = Claim(
        model="A/β",
        subject="flops",
        label="FLOPs",
        kind="count",
        reported=Quantity.parse("1", "count"),
        location=Location(file="card.yml"),
    )
    path = Store(tmp_path / "evidence").write(Evidence(claim=claim, verdict="unverifiable", reason=""))
    index = load([tmp_path])
    assert [model.name for model in index.models] == ["A", "B"]
    assert str(path.resolve()) not in index.files
    assert len(index.files) == 2
