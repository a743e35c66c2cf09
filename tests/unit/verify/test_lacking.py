"""What it takes to measure a claim is told from the claim, and nothing of it is stored."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from registry.evidence.beside import Beside
from registry.types import Claim, DatasetRef, Evidence
from registry.verify.lacking import Lacking


def test_data_that_nobody_gave_is_named_with_its_option(claim: Claim, tmp_path: Path) -> None:
    assert Lacking()(claim).startswith("ImageNet is not here; give its folder with --data imagenet=PATH")
    assert Lacking({"imagenet": tmp_path})(claim) == ""
    assert "--data" in Lacking()(replace(claim, dataset=DatasetRef(name="ImageNet-A")))


@pytest.mark.parametrize("subject", ["parameters", "flops", "file-size"])
def test_what_is_counted_lacks_nothing(claim: Claim, subject: str) -> None:
    assert Lacking()(replace(claim, subject=subject, dataset=None)) == ""


def test_a_time_of_a_machine_needs_that_machine(claim: Claim) -> None:
    timed = replace(claim, subject="throughput", dataset=None)
    assert Lacking()(timed) == ""
    assert "of RTX 5090" in Lacking()(replace(timed, conditions=(("hardware", "RTX 5090"),)))


def test_only_claims_of_models_that_were_measured_are_said_to_lack_something(claim: Claim, evidence: Evidence) -> None:
    other = replace(claim, subject="top-5-accuracy", label="Top 5 Accuracy")
    nobody = Beside([], Lacking().explain).shown(other)
    assert (nobody.verdict, nobody.reason) == ("self-reported", "")
    beside = Beside([evidence], Lacking().explain).shown(other)
    assert (beside.verdict, beside.evidence) == ("unverifiable", None)
    assert beside.reason.startswith("ImageNet is not here")
    assert beside.lack.reader == "not measured here: ImageNet is not on this machine"
    assert beside.lack.needs.startswith("--data imagenet=PATH (")


def test_neither_torch_nor_the_data_is_needed() -> None:
    code = "import sys; sys.modules['torch'] = None; import registry.verify.tasks, registry.verify.datasets"
    subprocess.run([sys.executable, "-c", code], check=True)
