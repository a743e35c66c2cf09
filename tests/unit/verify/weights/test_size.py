"""A host is asked for a file's size by one request that brings no file, and only where the policy allows it."""

from __future__ import annotations

from typing import Any

import pytest

from registry.types import WeightsError
from registry.verify.weights import Policy, size_of

LOCAL = Policy(private_hosts=("127.0.0.1",), timeout=5)


def test_the_size_is_asked_for_without_the_file(file_server: Any) -> None:
    file_server.files["/model.pth"] = b"x" * 12345
    assert size_of(file_server.url("/model.pth"), LOCAL) == 12345
    assert file_server.requests == [("/model.pth", "HEAD")]


def test_what_cannot_be_asked_says_why(file_server: Any) -> None:
    file_server.files["/silent.pth"] = b""
    with pytest.raises(WeightsError, match="is not there: the host answers 404"):
        size_of(file_server.url("/gone.pth"), LOCAL)
    with pytest.raises(WeightsError, match="does not say how large"):
        size_of(file_server.url("/silent.pth"), LOCAL)
    with pytest.raises(WeightsError, match=r"weights are not fetched from '127\.0\.0\.1'"):
        size_of(file_server.url("/model.pth"), Policy())
    with pytest.raises(WeightsError, match="cannot be asked"):
        size_of("http://127.0.0.1:1/model.pth", LOCAL)
