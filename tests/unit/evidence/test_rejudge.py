"""Records judged again: what somebody changed in one is found, as far as the record itself can say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.evidence.rejudge import contradictions
from registry.evidence.rejudge.sampling import bounds, wilson
from registry.types import Claim, DatasetRef, Evidence, Location, Measurement, Quantity, Verdict


def record(text: str, right: int, samples: int, verdict: Verdict, **details: Any) -> Evidence:
    claim = Claim(
        model="m",
        subject="top-1-accuracy",
        label="Top 1 Accuracy",
        kind="ratio",
        reported=Quantity.parse(text, "ratio"),
        location=Location(file="card.md"),
    )
    interval = wilson(right, samples)
    if "population" in details:
        low, high = bounds(right, samples, details["population"])
        interval = low / details["population"], high / details["population"]
    measurement = Measurement(
        value=right / samples,
        method="evaluate",
        samples=samples,
        interval=interval,
        details={"right": right, **details},
    )
    return Evidence(claim=claim, verdict=verdict, reason="", measurement=measurement)


def count(text: str, value: int, verdict: Verdict, subject: str = "parameters") -> Evidence:
    reported = Quantity.parse(text, "bytes" if subject == "file-size" else "count")
    claim = Claim(
        model="m",
        subject=subject,
        label=subject,
        kind="bytes" if subject == "file-size" else "count",
        reported=reported,
        location=Location(file="card.md"),
    )
    return Evidence(claim=claim, verdict=verdict, reason="", measurement=Measurement(value=value, method="count"))


@pytest.mark.parametrize(
    "sound",
    [
        record("97.50%", 351, 360, "reproduced"),
        record("99.90%", 351, 360, "refuted"),
        record("97.22%", 351, 360, "within-tolerance"),
        record("97.50%", 351, 360, "reproduced", per_class={"a": "171/180", "b": "180/180"}),
        record("97.50%", 351, 360, "unverifiable", overrides={"Crop Pct": "0.9"}),
        record("97.50%", 351, 360, "unverifiable", subset="360 of ImageNet's 50000 samples"),
        record("99.90%", 351, 360, "unverifiable", class_order="guessed"),
        record("97.50%", 351, 360, "reproduced", class_order="guessed"),
        record("0.9", 8633, 10_000, "unverifiable"),
        record("20.00%", 40, 50, "refuted", population=10_000),
    ],
)
def test_what_follows_is_let_stand(sound: Evidence) -> None:
    assert contradictions(sound) == ()


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        (record("99.90%", 351, 360, "reproduced"), "the verdict is reproduced, and what was measured makes refuted"),
        (record("97.50%", 351, 360, "refuted"), "makes reproduced"),
        (record("97.50%", 351, 360, "within-tolerance"), "makes reproduced"),
        (record("97.50%", 351, 360, "reproduced", overrides={"Crop Pct": "0.9"}), "Crop Pct=0.9"),
        (record("0.9", 8633, 10_000, "reproduced"), "makes unverifiable"),
        (record("97.50%", 351, 360, "reproduced", per_class={"a": "170/180", "b": "180/180"}), "its classes have 350"),
        (record("97.50%", 351, 360, "reproduced", unreadable_count=-1), "its details are not what mir writes"),
        (record("80.00%", 40, 50, "within-tolerance", population=10_000), "makes unverifiable"),
    ],
)
def test_what_does_not_follow_is_named(forged: Evidence, reason: str) -> None:
    assert reason in "; ".join(contradictions(forged))


def test_a_changed_interval_or_count_is_named() -> None:
    sound = record("97.50%", 351, 360, "reproduced")
    assert sound.measurement is not None
    forged = replace(sound, measurement=replace(sound.measurement, details={"right": 350}))
    assert contradictions(forged)[0] == "350 of 360 samples are not 0.975"
    forged = replace(sound, measurement=replace(sound.measurement, interval=(0.5, 1.0)))
    assert "the interval of 351 of 360 samples is" in contradictions(forged)[0]


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (count("61.1M", 61_100_840, "reproduced"), ""),
        (count("61.1M", 61_100_840, "refuted"), "is refuted"),
        (count("62.1M", 61_100_840, "reproduced"), "is reproduced"),
        (count("97.8 MB", 102_500_000, "reproduced", "file-size"), ""),
        (count("98 MB", 102_500_000, "reproduced", "file-size"), "unverifiable follows"),
        (count("61M", 61_100_840, "reproduced"), "of the wrong numbers within a factor of two"),
        (count("66349999", 66_347_960, "reproduced"), ""),
        (count("61.1M", 61_100_840, "within-tolerance"), "a count has no tolerance"),
    ],
)
def test_a_count_lies_inside_what_is_printed(evidence: Evidence, reason: str) -> None:
    reasons = "; ".join(contradictions(evidence))
    assert reason in reasons
    assert bool(reason) == bool(reasons)


def test_a_number_that_was_changed_beside_its_text_is_named() -> None:
    sound = record("99.90%", 351, 360, "refuted")
    other = replace(sound.claim, reported=sound.claim.reported._replace(value=Quantity.parse("97.5%", "ratio").value))
    forged = replace(sound, claim=other, verdict="reproduced")
    assert contradictions(forged) == ()
    assert contradictions(forged, sound.claim) == ("the record reads the card's 99.90% as 0.975",)


def test_judging_again_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, registry.evidence.rejudge as r; assert r.METHODS; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


DIGESTS = dict.fromkeys(("claim", "code", "dataset", "preprocessing", "weights"), f"sha256:{'0' * 64}")


def changed(evidence: Evidence, dataset: str = "", **keywords: Any) -> Evidence:
    """A record as it is written, with something of its measurement changed."""
    assert evidence.measurement is not None
    claim = replace(evidence.claim, dataset=DatasetRef(name=dataset)) if dataset else evidence.claim
    return replace(evidence, claim=claim, digests=DIGESTS, measurement=replace(evidence.measurement, **keywords))


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        (changed(record("99.90%", 351, 360, "reproduced"), method="magic"), "no such way to measure"),
        (changed(record("97.50%", 351, 360, "reproduced"), method="time"), "is not what 'time' measures"),
        (changed(record("97.50%", 351, 360, "reproduced"), method="count"), "is not what 'count' measures"),
        (changed(count("25866", 25866, "reproduced"), method="evaluate"), "is not what 'evaluate' measures"),
        (changed(record("90.00%", 9, 10, "reproduced", complete=True), "ImageNet"), "the whole data set, and val has"),
        (changed(record("90.00%", 9, 10, "reproduced", complete=True), "Our own"), "nobody published its size"),
        (changed(record("97.30%", 9730, 10_001, "reproduced"), "MNIST"), "10001 samples are not the whole test"),
        (
            changed(
                count("35866", 35866, "reproduced"),
                convention="all parameters",
                details={"tried": {"all parameters": 35866}, "counts": {"all parameters": 25866}},
            ),
            "it counts 25866 and not 35866 by all parameters",
        ),
        (
            changed(
                count("35866", 35866, "reproduced"),
                convention="all parameters",
                details={
                    "tried": {"all parameters": 35866},
                    "counts": {"all parameters": 35866},
                    "by_layer": [["a", 20000], ["b", 5866]],
                },
            ),
            "its layers have 25866 parameters, and not 35866",
        ),
        (
            changed(
                count("1303200", 1303200, "reproduced", "flops"),
                convention="torch",
                details={"tried": {"torch": 1303200}, "conventions": [["MACs", 601600, "MACs"]]},
            ),
            "no convention that it lists counts 1303200",
        ),
    ],
)
def test_what_no_record_can_be_is_named(forged: Evidence, reason: str) -> None:
    assert reason in "; ".join(contradictions(forged))


def test_a_record_as_it_is_written_stands() -> None:
    whole = changed(record("97.30%", 9730, 10_000, "reproduced", complete=True), "MNIST")
    part = changed(record("97.30%", 973, 1000, "unverifiable", subset="a part of MNIST"), "MNIST")
    assert [contradictions(record) for record in (whole, part)] == [(), ()]
