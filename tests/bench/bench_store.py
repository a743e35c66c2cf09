"""Seconds to read and to settle evidence on an S3 server, beside one request after the other.

    python tests/bench/bench_store.py [--records 10000] [--latency 0.01]

The server is moto's, in a process of its own, and each of its answers takes the latency that is asked for; within a
region that of S3 is some ten to thirty milliseconds. The same records in a folder on this machine are the other end.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from registry.evidence import Store
from registry.storage import StoreUrl
from registry.types import Claim, Evidence, Location, Measurement, Quantity

SERVER = """
import logging, sys, time
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server
logging.getLogger("werkzeug").setLevel(logging.ERROR)
WSGIRequestHandler.protocol_version = "HTTP/1.1"
app, latency = DomainDispatcherApplication(create_backend_app), float(sys.argv[1])
def later(*request):
    time.sleep(latency)
    return app(*request)
server = make_server("127.0.0.1", 0, later, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


def evidence_of(number: int) -> Evidence:
    """A record of usual size."""
    claim = Claim(
        model=f"model-{number}",
        subject="parameters",
        label="Parameters",
        kind="count",
        reported=Quantity.parse("12", "count"),
        location=Location(file="models/card.md", line=3),
    )
    measurement = Measurement(value=12, method="count", details={"said": "x" * 1500})
    return Evidence(claim=claim, verdict="reproduced", reason="Exactly.", measurement=measurement)


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(count: int, latency: float) -> None:
    import fsspec

    fsspec.filesystem("s3").mkdir("bucket")
    records = [evidence_of(number) for number in range(count)]
    claims = [record.claim for record in records]
    store = Store(StoreUrl("s3://bucket/evidence"))
    some = records[: count // 20]
    cost = seconds(lambda: [store.settle(record, lambda _: False) for record in some]) / len(some)
    print(f"settling a claim: {cost * 1000:.1f} ms, two requests of {latency * 1000:.0f} ms and more")
    with ThreadPoolExecutor(store.at_once) as pool:
        rest = records[len(some) :]
        cost = seconds(lambda: list(pool.map(lambda record: store.settle(record, lambda _: False), rest))) / len(rest)
    print(f"settling a claim as a run does, {store.at_once} at once: {cost * 1000:.1f} ms")
    slow = seconds(lambda: [store.find(claim) for claim in claims[: count // 20]]) * 20
    print(f"{count} claims looked up one after the other: {slow:.1f} s (a twentieth measured)")
    quick = seconds(lambda: store.find_each(claims))
    print(f"{count} claims looked up together: {quick:.1f} s, {slow / quick:.1f} times as fast")
    print(f"{count} records listed and read: {seconds(store.all):.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        local = Store(Path(folder))
        for record in records:
            local.write(record)
        print(f"{count} records in a local folder: {seconds(local.all):.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.01, help="seconds of each answer")
    options = parser.parse_args()
    logging.disable()
    command = [sys.executable, "-c", SERVER, str(options.latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        os.environ |= {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.stdout.readline().strip()}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        try:
            measure(options.records, options.latency)
        finally:
            server.kill()


if __name__ == "__main__":
    main()
