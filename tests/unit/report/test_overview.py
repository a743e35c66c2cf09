"""What a run over many models prints."""

import pytest

from registry.evidence.beside import Totals
from registry.report.verdicts import missing, print_overview
from registry.types import Claim, Evidence, Location, Quantity


def evidence(model: int, verdict: str, reason: str) -> Evidence:
    claim = Claim(
        model=f"model-{model}",
        subject="parameters",
        label="Parameters",
        kind="count",
        reported=Quantity.parse("12"),
        location=Location(file="a.yml"),
    )
    return Evidence(claim=claim, verdict=verdict, reason=reason)  # type: ignore[arg-type]


MANY = [
    *(
        evidence(number, "unverifiable", "ImageNet is not here; give its folder with --data imagenet=PATH")
        for number in range(30)
    ),
    *(evidence(number, "reproduced", f"the model has {number}") for number in range(30)),
    *(evidence(number, "unverifiable", f"its file has {number} bytes more") for number in range(3)),
    evidence(7, "refuted", "the model has 13, and the card says 12"),
]


def test_what_is_missing_is_said_once_for_all_that_wait_for_it():
    assert list(missing(Totals.of(MANY).reasons)) == [
        "30 claims not measured: ImageNet is not here; give its folder with --data imagenet=PATH",
        "3 claims not measured: its file has 0 bytes more (and 2 like it)",
    ]


def test_many_models_are_totals_and_what_is_wrong(capsys: pytest.CaptureFixture[str]):
    print_overview(MANY, whole=False)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 10
    assert any("model-7" in line for line in lines)
    assert lines[-1] == "30 models, 64 claims: 30 reproduced, 1 refuted, 33 unverifiable. -v lists every claim."


@pytest.mark.parametrize(("evidence", "whole"), [(MANY, True), (MANY[:4], False)])
def test_every_claim_is_a_row_where_there_are_few_or_it_is_asked_for(
    evidence, whole, capsys: pytest.CaptureFixture[str]
):
    print_overview(evidence, whole=whole)
    assert sum("parameters" in line for line in capsys.readouterr().out.splitlines()) == len(evidence)
