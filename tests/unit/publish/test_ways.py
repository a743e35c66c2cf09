"""What a model's page says of its counts under every convention."""

import json
from pathlib import Path

import pytest

from registry.loader import load
from registry.publish.content import gather
from registry.publish.material import Material
from registry.publish.pages import why
from registry.publish.ways import reproducing, ways
from registry.types import Evidence, Measurement

ROWS = [
    ["MACs", 4089184256, "MACs"],
    ["torch", 8178368512, "FLOPs"],
    ["fvcore 0.1.5", 4111512576, "MACs"],
    ["fvcore 0.1.5, attention counted", 4111512576, "MACs"],
    ["thop 0.1.1", 4133742592, "MACs"],
]


def card(folder: Path, printed: str) -> Path:
    (folder / "card.yml").write_text(f"Models:\n- Name: a\n  Metadata:\n    FLOPs: {printed}\n")
    return folder


def gathered(folder: Path, printed: str, rows: object = ROWS):
    from registry.claims import read_claims

    index = load([card(folder, printed)])
    ((claim,),) = (reading.claims for reading in read_claims(index))
    way = "2 x fvcore 0.1.5, 224x224"
    details = {"conventions": rows, "input": [3, 224, 224], "tried": {way: 8223025152}, "chance": 1e-9, "unit": "FLOPs"}
    measured = Measurement(value=8223025152, method="count", convention=way, details=details)
    bound = {"claim": claim.digest}
    evidence = Evidence(claim=claim, verdict="reproduced", reason="so", measurement=measured, digests=bound)
    return gather(Material(index=index, evidence=[evidence]))


def test_equal_counts_are_one_row_and_the_card_s_own_is_marked(tmp_path):
    (entry,) = gathered(tmp_path, "8.22G").catalog.entries
    summary = ways(entry)
    assert summary is not None
    assert summary.size == "3x224x224"
    assert [(way.macs("G"), way.flops("G"), way.names, way.claimed) for way in summary.counts] == [
        ("4.089", "8.178", ("MACs",), 0),
        ("4.112", "8.223", ("fvcore 0.1.5",), 2),
        ("4.134", "8.267", ("thop 0.1.1",), 0),
        ("", "8.178", ("torch",), 0),
    ]
    assert summary.counts[1].used_by == ("users of fvcore, Detectron2", "timm's result tables")
    assert "4.089 to 4.134 GMACs" in summary.sentence


def test_every_convention_that_gives_the_number_counts_it_among_its_models(tmp_path):
    (entry,) = gathered(tmp_path, "8.223G").catalog.entries
    assert entry.claims[0].verdict == "reproduced"
    assert set(reproducing(entry.claims[0])) == {"fvcore 0.1.5"}


@pytest.mark.parametrize("rows", [None, "x", [], [["MACs", "1", "MACs"]], [[1, 2, 3]], [["MACs", -1, "MACs"]]])
def test_records_of_another_form_have_no_table(tmp_path, rows):
    content = gathered(tmp_path, "8.2G", rows)
    assert ways(content.catalog.entries[0]) is None
    assert why.data(content).startswith("window.mirWays = [];\n")


def test_the_page_s_data_names_model_input_and_counts(tmp_path):
    models, pages = why.data(gathered(tmp_path, "8.2G")).splitlines()
    ((slug, name, size, counts),) = json.loads(models.removeprefix("window.mirWays = ").rstrip(";"))
    assert json.loads(pages.removeprefix("window.mirConventions = ").rstrip(";"))["thop 0.0.31"] == "thop-0-0-31"
    assert (slug, name, size) == ("a", "a", "3x224x224")
    assert counts[0] == [4089184256, "MACs", ["MACs"]]


def test_every_count_of_which_it_is_known_who_uses_it_is_one_that_is_made():
    from torch import nn

    from registry import count
    from registry.publish.ways import USED_BY

    counts = count(nn.Sequential(nn.Conv2d(3, 4, 3)), (3, 8, 8))["counts"]
    assert set(USED_BY) <= set(counts)
