"""The page about a registry's numbers: totals, conventions, findings, and the best for their cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from registry.evidence.beside import Shown
from registry.report.fronts import fronts, side_by_side
from registry.report.zoo import Standing, report
from registry.types import Claim, DatasetRef, Evidence, Location, Measurement, Model, Quantity
from registry.types.evidence import Lack

AT = Location(file="card.md", line=3)


def claim(model: str, subject: str, text: str, kind: str = "count", **more: object) -> Claim:
    reported = Quantity.parse(text, kind)  # type: ignore[arg-type]
    return Claim(model=model, subject=subject, label=subject, kind=kind, reported=reported, location=AT, **more)  # type: ignore[arg-type]


def counted(claim: Claim, value: int, verdict: str, reason: str) -> Shown:
    measurement = Measurement(
        value=value, method="count", convention="fvcore 0.1.5, attention counted, 224x224", details={"unit": "MACs"}
    )
    return Shown(claim=claim, evidence=Evidence(claim=claim, verdict=verdict, reason=reason, measurement=measurement))  # type: ignore[arg-type]


def model(name: str, *claims: Shown) -> Standing:
    entry = Model(name=name, location=AT, file="card.md", base="/", dialect="model-index")
    return Standing(model=entry, claims=claims)


def test_the_page_says_what_is_right_and_what_is_not() -> None:
    flops = [claim(name, "flops", "4.11 GMACs") for name in ("good", "b|d", "few")]
    accuracy = claim("good", "top-1-accuracy", "80.1%", "ratio", dataset=DatasetRef(name="ImageNet"))
    page = report(
        [
            model(
                "good",
                counted(flops[0], 4_111_512_576, "reproduced", "fvcore counts 4111512576"),
                Shown(claim=accuracy, lack=Lack("ImageNet is not here; give its folder")),
            ),
            model("b|d", counted(flops[1], 9, "refuted", "it is the sibling's number")),
            model("few", counted(flops[2], 4_111_512_576, "unverifiable", "4.1 is printed too coarsely to tell")),
        ]
    )
    lines = page.splitlines()
    assert lines[0] == "# 3 models: what is right and what is not"
    assert "4 claims of 3 models, of which 3 were measured" in page
    assert "| others | flops | 3 | 1 | 1 | 1 | 66.67% |" in lines
    assert "| fvcore 0.1.5, attention counted | 1 |" in lines
    assert "| b\\|d | flops | 4.11 GMACs | 9 | it is the sibling's number |" in lines
    assert "- flops: few (4.11 GMACs)" in lines
    assert "| 1 | ImageNet is not here; give its folder |" in lines


def zoo(count: int) -> list[tuple[str, Sequence[Shown]]]:
    models = []
    for at in range(count):
        name = f"m{at}"
        speed = claim(name, "throughput", str(1000 - at), "number", conditions=(("hardware", "V100"),))
        results = [
            claim(name, "top-1-accuracy", f"{value}%", "ratio", dataset=DatasetRef(name=dataset))
            for dataset, value in (("ImageNet", 50 + at % 30), ("ImageNet-A", at % 30), ("ImageNet-R", 30 + at % 30))
        ]
        models.append(
            (name, [Shown(claim=entry) for entry in (claim(name, "parameters", f"{at + 1}M"), speed, *results)])
        )
    return models


def test_the_front_is_what_nobody_beats() -> None:
    best = {(dataset, cost): (count, listed) for dataset, cost, count, listed in fronts(zoo(60))}
    assert best.keys() == {
        (dataset, cost)
        for dataset in ("ImageNet", "ImageNet-A", "ImageNet-R")
        for cost in ("parameters", "throughput on V100")
    }
    assert best["ImageNet", "parameters"][0] == "30", "the second thirty are as good and larger"
    assert best["ImageNet", "parameters"][1].startswith("m29 (79%, 30M), m28 (78%, 29M)")
    assert best["ImageNet-A", "throughput on V100"][1].startswith("m29 (29%, 971 pictures a second)")
    assert list(fronts(zoo(5))) == []


def test_test_sets_stand_side_by_side() -> None:
    datasets, rows = side_by_side(zoo(40))
    assert datasets == ["ImageNet", "ImageNet-A", "ImageNet-R"]
    assert rows[0] == ["m29", "79%", "29%", "59%"]
    assert side_by_side(zoo(5)) == ([], [])


def test_a_refuted_result_is_no_achievement() -> None:
    models = zoo(40)
    name, claims = models[29]
    refuted = [
        replace(standing, evidence=Evidence(claim=standing.claim, verdict="refuted", reason=""))
        if standing.claim.dataset
        else standing
        for standing in claims
    ]
    models[29] = (name, refuted)
    assert all("m29 " not in listed for _, _, _, listed in fronts(models))
