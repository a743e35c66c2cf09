from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import torch
from torch import nn

from registry.loader import load
from registry.types import Evidence
from registry.verify.accuracy import EvaluationOptions, Speeds
from registry.verify.builders import own
from registry.verify.builders.package import Builder
from registry.verify.claims import read_claims
from registry.verify.evaluation import speed
from registry.verify.outcome import Outcome
from registry.verify.target import Preprocessing


class Slow(nn.Module):
    """Takes ten milliseconds, and one more for each picture after the first, by a clock of its own."""

    clock: ClassVar[float] = 0.0

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        Slow.clock += 0.010 + 0.001 * (len(pictures) - 1)
        return pictures.mean((1, 2, 3))


@pytest.fixture
def timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Outcome]]:
    builder = Builder(build=Slow, input_size=(1, 8, 8), preprocessing=Preprocessing(mean=(0.0,), std=(1.0,)))
    monkeypatch.setitem(own.BUILDERS, "slow", builder)
    monkeypatch.setattr(speed, "time", SimpleNamespace(perf_counter=lambda: Slow.clock))

    def run(metadata: str) -> list[Outcome]:
        card = tmp_path / "card.md"
        text = f"<!--\nType: model-index\nModels:\n- Name: slow\n  Builder: registry:slow\n  Metadata:\n{metadata}-->\n"
        card.write_text(text, encoding="utf-8")
        measurer = Speeds(EvaluationOptions(device="cpu"))
        work = read_claims(load([card]))
        assert all(measurer.takes(claim) for each in work for claim in each.claims)
        return list(measurer.measure(work))

    return run


def test_a_time_is_the_median_and_its_machine_is_named(timed: Callable[[str], list[Outcome]]) -> None:
    (outcome,) = timed("    inference time (ms/im): 250\n")
    assert outcome.measurement is not None
    assert outcome.measurement.value == pytest.approx(0.010)
    assert outcome.verdict == "unverifiable"
    assert "times the card's 250; a time from another machine refutes nothing" in outcome.reason
    assert outcome.measurement.details["hardware"] in outcome.reason
    known = Evidence(claim=outcome.claim, verdict="unverifiable", reason="", measurement=outcome.measurement)
    assert Speeds(EvaluationOptions(device="cpu")).final(known)


def test_throughput_counts_pictures_and_memory_needs_a_gpu(timed: Callable[[str], list[Outcome]]) -> None:
    throughput, memory = timed("    Throughput: 100000\n    Peak Memory (GB): 2\n")
    assert throughput.measurement is not None
    assert throughput.measurement.value == pytest.approx(64 / 0.073)
    assert (memory.verdict, memory.reason) == (
        "unverifiable",
        "memory is measured on a GPU only, and there is none here",
    )


def test_openmmlab_s_list_of_times_is_no_claim(tmp_path: Path) -> None:
    card = tmp_path / "metafile.yml"
    card.write_text(
        "Models:\n- Name: m\n  Metadata:\n    inference time (ms/im):\n    - value: 17.3\n      hardware: V100\n",
        encoding="utf-8",
    )
    claims: Any = read_claims(load([card]))
    assert (claims[0].claims, claims[0].unreadable) == ((), ())
