"""Downloads and preparations that SIGTERM or SIGKILL ends at a random moment: a cache never holds what nobody wrote."""

from __future__ import annotations

import hashlib
import http.server
import random
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.failures.kills import DOWNLOAD, PREPARE, killed, signals, timed

DOWNLOADS = """
from pathlib import Path
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Policy, fetch

policy = Policy(private_hosts=("127.0.0.1",), backoff=0.01)
print(fetch(WeightsRef(url={url!r}), cache=Cache(folder=Path({cache!r})), policy=policy).sha256)
"""


class Slow(http.server.BaseHTTPRequestHandler):
    """Serves one file slowly, in the version of the moment."""

    data = b""

    def do_GET(self) -> None:
        data, start = self.data, 0
        tag = f'"{hashlib.sha256(data).hexdigest()}"'
        if self.headers.get("If-Range") == tag:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        for at in range(start, len(data), 1 << 16):
            self.wfile.write(data[at : at + (1 << 16)])
            time.sleep(0.002)

    def log_message(self, *arguments: object) -> None:
        pass


def test_a_download_goes_on_and_never_mixes_two_versions(warm: Any, tmp_path: Path) -> None:
    cache, chance = tmp_path / "cache", random.Random(3)
    versions = [random.Random(number).randbytes(3_000_000 - number) for number in range(2)]
    Slow.data = versions[0]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    code = DOWNLOADS.format(url=f"http://127.0.0.1:{server.server_address[1]}/model.pth", cache=str(cache))

    def start() -> Any:
        return warm.start(first=code)

    try:
        seconds = timed(start)
        for number in signals(DOWNLOAD):
            if chance.random() < 0.4:
                # The file on the host changes, and what was fetched of the other one may lie there still.
                Slow.data = versions[Slow.data == versions[0]]
            killed(start, chance, seconds, number)
            if chance.random() < 0.5:
                shutil.rmtree(cache / "urls", ignore_errors=True)  # so that the host is asked, and not the cache
                done = start().end()
                assert done.out.strip() == hashlib.sha256(Slow.data).hexdigest(), done
                assert list((cache / "partial").iterdir()) == []
            shutil.rmtree(cache / "urls", ignore_errors=True)
    finally:
        server.shutdown()
        server.server_close()


PREPARES = """
import hashlib
from pathlib import Path
from registry.verify.datasets import find
from registry.verify.evaluation.feed import Feeding, feed
from registry.verify.evaluation.prepared import Prepared
from registry.verify.geometry import Geometry
from registry.verify.target import Preprocessing

dataset, said = find("set", {{"set": Path({pictures!r})}}), hashlib.sha256()
geometry = Geometry.of(Preprocessing(resize=64, crop=64))
feeding = Feeding(batch_size=8, prepared=Prepared(folder=Path({cache!r})), fingerprint="sha256:1")
for batch in feed(dataset, [geometry], range(len(dataset.names)), feeding, keep=True):
    said.update(batch.inputs[geometry].numpy().tobytes())
print(said.hexdigest())
"""


def test_samples_are_the_same_after_killed_preparations(warm: Any, tmp_path: Path) -> None:
    pictures, cache, chance = tmp_path / "set", tmp_path / "cache", random.Random(4)
    noise = np.random.default_rng(0)
    for number in range(120):
        file = pictures / f"class {number % 4}" / f"{number:03d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise.integers(0, 256, (80, 90, 3), np.uint8)).save(file)
    code = PREPARES.format(pictures=str(pictures), cache=str(cache))

    def start() -> Any:
        return warm.start(first=code)

    seconds = timed(start)
    expected = start().end().out
    assert len(list(cache.iterdir())) == 2
    for number in signals(PREPARE):
        if chance.random() < 0.8:
            for file in cache.glob("*.json"):
                file.unlink()
        killed(start, chance, seconds, number)
        assert start().end().out == expected
        assert len(list(cache.iterdir())) == 2
