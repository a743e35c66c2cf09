from __future__ import annotations

import re

import torch

from registry.verify.environment import code_digest, environment, now


def test_the_environment_says_what_it_was_measured_with() -> None:
    found = environment()
    assert found["torch"] == torch.__version__
    assert found["device"] == "cpu"
    assert re.fullmatch(r".+, \d+ cores", found["cpu"])
    assert "gpu" not in found
    assert all(isinstance(text, str) and text for text in found.values())


def test_time_is_utc_to_the_second() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", now())


def test_a_method_that_is_not_ours_has_no_code() -> None:
    assert code_digest("asked the author") is None
