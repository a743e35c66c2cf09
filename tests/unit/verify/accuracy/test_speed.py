from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
import torch
from torch import nn

from registry.claims import read_claims
from registry.evidence.claim_key import file_of
from registry.evidence.record import from_json, to_json
from registry.loader import load
from registry.types import Evidence
from registry.verify.accuracy import EvaluationOptions, Speeds
from registry.verify.builders import own
from registry.verify.builders.package import Builder
from registry.verify.evaluation import session
from registry.verify.outcome import Outcome
from registry.verify.target import Preprocessing


class Slow(nn.Module):
    """Takes ten milliseconds, and one more for each picture after the first, by a clock of its own."""

    clock: ClassVar[float] = 0.0

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        if pictures.shape[-1] < 8:
            raise RuntimeError("too small")
        Slow.clock += 0.010 + 0.001 * (len(pictures) - 1)
        return pictures.mean((1, 2, 3))


@pytest.fixture
def timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Outcome]]:
    builder = Builder(build=Slow, input_size=(1, 8, 8), preprocessing=Preprocessing(mean=(0.0,), std=(1.0,)))
    monkeypatch.setitem(own.BUILDERS, "slow", builder)
    monkeypatch.setattr(session, "time", SimpleNamespace(perf_counter=lambda: Slow.clock))

    def run(metadata: str) -> list[Outcome]:
        card = tmp_path / "card.md"
        text = f"<!--\nType: model-index\nModels:\n- Name: slow\n  Builder: registry:slow\n  Metadata:\n{metadata}-->\n"
        card.write_text(text, encoding="utf-8")
        measurer = Speeds(EvaluationOptions(device="cpu"))
        work = read_claims(load([card]))
        assert all(measurer.takes(claim) for model_claims in work for claim in model_claims.claims)
        return list(measurer.measure(work))

    return run


def test_a_time_is_the_median_and_its_machine_is_named(timed: Callable[[str], list[Outcome]]) -> None:
    (outcome,) = timed("    inference time (ms/im): 250\n")
    assert outcome.measurement is not None
    assert outcome.measurement.value == pytest.approx(0.010)
    assert outcome.verdict == "unverifiable"
    assert "times the card's 250 ms; a time from another machine refutes nothing" in outcome.reason
    assert outcome.measurement.details["hardware"] in outcome.reason
    evidence = Evidence(claim=outcome.claim, verdict="unverifiable", reason="", measurement=outcome.measurement)
    assert Speeds(EvaluationOptions(device="cpu")).final(evidence)


def test_throughput_counts_pictures_and_memory_needs_a_gpu(timed: Callable[[str], list[Outcome]]) -> None:
    throughput, memory = timed("    Throughput: 100000\n    Peak Memory (GB): 2\n")
    assert throughput.measurement is not None
    assert throughput.measurement.value == pytest.approx(64 / 0.073)
    assert (memory.verdict, memory.reason) == (
        "unverifiable",
        "memory is measured on a GPU only, and there is none here",
    )


TIMES = """    inference time (ms/im):
    - value: 10.05
      hardware: Abacus 7
      batch size: 1
      mode: FP32
      resolution: (8, 8)
    - value: 3.1
      hardware: Abacus 7
      backend: PyTorch
      batch size: 4
    - value: 20
      hardware: Abacus 7
    - value: 10
      hardware: V100
    - value: 5
      hardware: Abacus 7
      backend: TensorRT
    - value: 5
      hardware: Abacus 7
      mode: INT8
    - soon
    - value: fast
"""


def test_openmmlab_s_times_are_held_against_their_own_hardware(
    timed: Callable[[str], list[Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.verify.accuracy.speed_claims.machine", lambda _: "Counting House Abacus 7 (2.0)")
    outcomes = timed(TIMES)
    assert [(outcome.claim.reported.text, outcome.verdict) for outcome in outcomes] == [
        ("10.05", "within-tolerance"),
        ("3.1", "within-tolerance"),
        ("20", "refuted"),
        ("10", "unverifiable"),
        ("5", "unverifiable"),
        ("5", "unverifiable"),
    ]
    assert outcomes[1].measurement is not None
    assert outcomes[1].measurement.value == pytest.approx(0.013 / 4)
    assert outcomes[1].measurement.details["batch"] == 4
    assert (
        "10 ms a picture, the median of 200 calls, on Counting House Abacus 7 (2.0), 0.50 times the card's 20 ms"
        in outcomes[2].reason
    )
    assert "the card's 10 ms is of V100, and a time from another machine refutes nothing" in outcomes[3].reason
    assert "is a time of TensorRT, and mir runs PyTorch" in outcomes[4].reason
    assert "is a time in INT8" in outcomes[5].reason
    claims = [outcome.claim for outcome in outcomes]
    assert claims[0].label == "inference time (ms/im): Abacus 7, batch size 1, FP32, (8, 8)"
    assert claims[0].location.path.endswith("[0].value")
    assert len({claim.digest for claim in claims}) == 6
    assert len({file_of(claim) for claim in claims}) == 1
    for outcome in outcomes:
        evidence = Evidence(claim=outcome.claim, verdict=outcome.verdict, reason="", measurement=outcome.measurement)
        assert from_json(to_json(evidence)).claim.digest == outcome.claim.digest


def test_a_picture_that_a_model_does_not_take_is_said(timed: Callable[[str], list[Outcome]]) -> None:
    times = "    inference time (ms/im):\n    - value: 1\n      resolution: {}\n"
    (outcome,) = timed(times.format("none"))
    assert "the card's resolution is none: none" in outcome.reason
    monster = timed(times.format("(3, 4)"))[0]
    assert "it cannot be timed on 3x4: RuntimeError: too small" in monster.reason


def test_what_a_card_asks_for_is_bounded(timed: Callable[[str], list[Outcome]]) -> None:
    huge = "    Latency (ms):\n    - {value: 1, batch size: 99999}\n    - {value: 1, resolution: 99999x99999}\n"
    for outcome in timed(huge):
        assert "are more than mir times at once" in outcome.reason
    entries = "".join(f"    - {{value: 1, batch size: {size}, {'x' * 99}: y}}\n" for size in range(1, 20))
    outcomes = timed(f"    Latency (ms):\n{entries}")
    assert sum(outcome.measurement is not None for outcome in outcomes) == 16
    assert "timed under 16 other conditions" in outcomes[-1].reason
    assert outcomes[0].claim.label.endswith("x" * 80 + " y")
