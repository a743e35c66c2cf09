"""A host may say and send what it likes: it is refused by name, soon, in little memory, and leaves nothing behind."""

from __future__ import annotations

import re
import time
import tomllib
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from registry.types import WeightsError
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Fetched, Policy, fetch

from .server import serving

SERVERS = tomllib.loads(Path(__file__).with_name("servers.toml").read_text(encoding="utf-8"))
SECONDS = 20
MEGABYTES = 8


def policy_of(case: dict[str, Any], port: int) -> Policy:
    waits = any(answer.get("then") in ("stall", "drip") for answer in case["answers"])
    settings = {
        "hosts": [],
        "private_hosts": ["127.0.0.1"],
        "max_bytes": 1_000_000,
        # Where the host is not slow, a busy machine is not to look like one that is.
        "timeout": 0.4 if waits else 10.0,
        "slowest": 1000,
        "longest": 4.0 if waits else 15.0,
        "attempts": 2,
        "backoff": 0.0,
        **case.get("policy", {}),
    }
    for name in ("hosts", "private_hosts"):
        settings[name] = tuple(host.replace("{port}", str(port)) for host in settings[name])
    return Policy(**settings)


def outcome(ref: WeightsRef, cache: Cache, policy: Policy) -> Fetched | WeightsError:
    try:
        return fetch(ref, cache=cache, policy=policy)
    except WeightsError as error:
        return error


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_that(name: str, tmp_path: Path) -> None:
    case = SERVERS[name]
    cache = Cache(folder=tmp_path)
    with serving(case["answers"]) as server:
        ref = WeightsRef(url=f"http://127.0.0.1:{server.port}/model.pth", sha256=case.get("sha256"))
        tracemalloc.start()
        started = time.monotonic()
        result = outcome(ref, cache, policy_of(case, server.port))
        seconds = time.monotonic() - started
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert seconds < SECONDS
    assert peak < MEGABYTES << 20
    assert len(server.requests) <= case.get("asks", 25)
    if isinstance(result, Fetched):
        assert result.path.read_text() == case.get("gives")
        return
    assert re.search(case["says"], result.message), result.message
    assert len(result.message) < 500
    assert result.message.isprintable()
    assert not [*tmp_path.glob("sha256/*"), *tmp_path.glob("urls/*")]
