from __future__ import annotations

import re
import subprocess
import sys

import pytest
import torch

from registry.types import Measurement
from registry.verify import environment as module
from registry.verify.environment import code_digest, environment, now


def test_the_environment_says_what_it_was_measured_with() -> None:
    facts = environment()
    assert facts["torch"] == torch.__version__
    assert facts["device"] == "cpu"
    assert re.fullmatch(r".+, \d+ cores", facts["cpu"])
    assert "gpu" not in facts
    assert all(isinstance(text, str) and text for text in facts.values())


def test_time_is_utc_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", now())


def test_the_code_that_counts_has_one_digest_whoever_asks() -> None:
    code = (
        "import sys; from registry.types import Measurement; from registry.verify.environment import code_digest;"
        "sys.stdout.write(code_digest(Measurement(value=1, method='count', convention='fvcore 0.1.5, 224x224')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", run.stdout)
    assert run.stdout == code_digest(Measurement(value=1, method="count", convention="fvcore 0.1.5, 224x224"))


def test_a_method_that_is_not_ours_has_no_code() -> None:
    assert code_digest(Measurement(value=1, method="asked the author")) is None


@pytest.mark.parametrize(
    ("recorded", "same"),
    [
        ({"torch": "2.13.0", "timm": "1.0"}, True),
        ({"torch": "2.12.0", "timm": "1.0"}, False),
        ({"torch": "2.13.0", "timm": "1.0", "av": "18"}, True),  # not here
        ({"torch": "2.13.0"}, True),  # timm was not there then
    ],
)
def test_only_libraries_of_both_times_can_differ(
    monkeypatch: pytest.MonkeyPatch, recorded: dict[str, str], same: bool
) -> None:
    monkeypatch.setattr(module, "_LIBRARIES", ("torch", "timm", "av"))
    monkeypatch.setattr(module, "installed_version", {"torch": "2.13.0", "timm": "1.0", "av": ""}.__getitem__)
    assert module.same_libraries(recorded) is same
