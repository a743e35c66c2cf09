"""A torchvision ResNet-18 from a file server, on JPEG files: its card is reproduced, and a wrong one refuted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import records

SCRIPT = Path(__file__).with_name("resnet18_on_digits.py")

CARD = """<!--
Type: model-index
Models:
- Name: resnet18-on-digits
  Builder: torchvision:resnet18
  Weights: {url}
  Metadata:
    Parameters: 11181642
    Classes: 10
    Image Size: 32
    Crop Pct: 1.0
    Mean: [0.5, 0.5, 0.5]
    Std: [0.25, 0.25, 0.25]
    SHA256: '{sha256}'
  Results:
  - Dataset: JPEG digits
    Task: Image Classification
    Metrics:
      Top 1 Accuracy: {top1:.2%}
      Top 5 Accuracy: {top5:.2%}
-->
"""


@dataclass(frozen=True)
class World:
    folder: Path
    numbers: dict
    requests: list[str]

    def verify(self, *options: str, **changed: object) -> tuple[int, dict[str, dict], str]:
        (self.folder / "card.md").write_text(CARD.format(**{**self.numbers, **changed}), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "registry", "verify", "card.md", "--format", "json", *options],
            cwd=self.folder,
            env=os.environ | {"MIR_CACHE": str(self.folder / "cache"), "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, {row["subject"]: row for row in json.loads(done.stdout)}, done.stderr


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    subprocess.run([sys.executable, SCRIPT, folder], check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, timeout=300)
    numbers = json.loads((folder / "numbers.json").read_text())
    requests: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            requests.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder / "weights")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    numbers["url"] = f"http://127.0.0.1:{server.server_address[1]}/{numbers['weights']}"
    (folder / "pyproject.toml").write_text(
        '[tool.mir]\nprivate-hosts = ["127.0.0.1"]\n[tool.mir.datasets]\n"jpeg digits" = "digits"\n', encoding="utf-8"
    )
    yield World(folder=folder, numbers=numbers, requests=requests)
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_the_card_is_reproduced_and_a_wrong_one_refuted(world: World) -> None:
    assert world.numbers["top1"] > 0.7
    code, rows, err = world.verify()
    assert (code, err) == (0, "")
    assert {row["verdict"] for row in rows.values()} == {"reproduced"}
    assert rows["top-1-accuracy"]["measured"] == pytest.approx(world.numbers["top1"], abs=1e-12)
    evidence = records.read(world.folder / "evidence", "top-1-")
    assert evidence["digests"]["weights"] == f"sha256:{world.numbers['sha256']}"
    assert evidence["measurement"]["samples"] == 360
    assert evidence["measurement"]["details"]["unwrapped"] == ["model"]

    code, rows, _ = world.verify(top1=0.999)
    assert code == 1
    assert rows["top-1-accuracy"]["verdict"] == "refuted"
    assert "samples more" in rows["top-1-accuracy"]["reason"]
    assert "more than the 1 sample that another decoder of pictures may change" in rows["top-1-accuracy"]["reason"]
    assert rows["top-5-accuracy"]["verdict"] == "reproduced"

    code, rows, _ = world.verify(sha256="0" * 64)
    assert (code, rows["top-1-accuracy"]["verdict"]) == (1, "error")
    assert world.requests == [f"/{world.numbers['weights']}"] * 2, (
        "the right file is fetched once, the wrong one refused"
    )
