"""`mir evidence fingerprint`: two people learn whether they used the same files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Mir = Callable[..., tuple[int, str, str]]


def pictures(folder: Path, seed: int = 0, names: str = "{}") -> Path:
    random = np.random.default_rng(seed)
    for label in ("cat", "dog"):
        (folder / label).mkdir(parents=True)
        for number in range(3):
            pixels = random.integers(0, 255, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{names.format(number)}.png")
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))


def test_the_same_files_are_the_same_whatever_they_are_called(mir: Mir, tmp_path: Path) -> None:
    folder, renamed = pictures(tmp_path / "a"), pictures(tmp_path / "b", names="x{}")
    code, out, err = mir("evidence", "fingerprint", f"pets={folder}", "--format", "json")
    assert code == 0, err
    (document,) = json.loads(out)
    assert (document["dataset"], document["samples"]) == ("pets", 6)
    published = tmp_path / "published.json"
    published.write_text(out)
    assert mir("evidence", "fingerprint", f"Pets={folder}", "--against", str(published))[0] == 0
    code, out, err = mir("evidence", "fingerprint", f"pets={renamed}", "--against", str(published))
    assert (code, err.count("\n")) == (1, 1)
    assert "pets: names, samples and answers (fingerprint) differ" in err
    assert document["contents"] in out


def test_other_files_differ_and_unknown_sets_are_named(mir: Mir, tmp_path: Path) -> None:
    published = tmp_path / "published.json"
    published.write_text(mir("evidence", "fingerprint", f"pets={pictures(tmp_path / 'a')}", "--format", "json")[1])
    other = pictures(tmp_path / "b", seed=1)
    code, _, err = mir("evidence", "fingerprint", f"pets={other}", f"birds={other}", "--against", str(published))
    assert code == 1
    assert "pets: the samples themselves, whatever they are called (contents) differ" in err
    assert "birds: nothing is published of it there" in err


def test_what_is_not_here_or_no_fingerprint_is_a_sentence(mir: Mir, tmp_path: Path) -> None:
    code, _, err = mir("evidence", "fingerprint", "imagenet")
    assert (code, "ImageNet is not here" in err or "imagenet is not here" in err) == (2, True), err
    (tmp_path / "x.json").write_text("{}")
    folder = pictures(tmp_path / "a")
    code, _, err = mir("evidence", "fingerprint", f"pets={folder}", "--against", str(tmp_path / "x.json"))
    assert (code, "holds no fingerprints" in err) == (2, True)


def test_it_is_the_digest_that_evidence_has(mir: Mir) -> None:
    name = "scikit-learn digits (samples 1437-1796)"
    (document,) = json.loads(mir("evidence", "fingerprint", name, "--format", "json")[1])
    records = Path(__file__).resolve().parents[3] / "models" / "evidence"
    (file,) = records.glob("digits-cnn-*.json")
    assert document["fingerprint"] in file.read_text()
    assert document["contents"] in file.read_text()
