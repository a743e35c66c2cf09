"""Two hundred runs that SIGTERM or SIGKILL ends at a random moment: nothing is lost, doubled or half written."""

from __future__ import annotations

import hashlib
import http.server
import itertools
import json
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from registry.evidence import Store

VERIFY, REPAIR, QUERY, DOWNLOAD, PREPARE, BUILD = 70, 24, 36, 32, 32, 6
assert VERIFY + REPAIR + QUERY + DOWNLOAD + PREPARE + BUILD == 200

TERMINATED = (143, -signal.SIGTERM)
"""Exit codes of a run that SIGTERM ended: our own, and the system's before and after we had anything to take back."""


def killed(start: Callable[[], Any], chance: random.Random, seconds: float, number: int) -> Any:
    """A run that a signal meets at a random moment of its length; a quick one may have ended before."""
    run = start()
    run.kill(number, after=chance.uniform(0, seconds))
    done = run.end(alone=True)
    assert "Traceback" not in done.err
    if number == signal.SIGKILL:
        assert done.code in (0, -signal.SIGKILL), done
    else:
        assert done.code in (0, *TERMINATED), done
    return done


def timed(start: Callable[[], Any]) -> float:
    """How long a whole run takes."""
    since = time.monotonic()
    done = start().end()
    assert done.code == 0, done
    return time.monotonic() - since


def signals(count: int) -> Iterator[int]:
    return itertools.islice(itertools.cycle((signal.SIGKILL, signal.SIGTERM)), count)


def strays(folder: Path) -> list[Path]:
    return list(folder.rglob(".mir-*"))


def test_verify_loses_and_doubles_nothing(warm: Any, zoo: Path, tmp_path: Path) -> None:
    store, chance = Store(zoo / "evidence"), random.Random(0)

    def start() -> Any:
        return warm.start(
            *("verify", zoo, "--engine", "local", "--device", "cpu", "--format", "json"),
            environment={"MIR_CACHE": str(tmp_path / "cache")},
        )

    def records() -> dict[Path, bytes]:
        assert store.problems() == []
        return {path: path.read_bytes() for path, _ in store.items()}

    seconds = timed(start)
    whole = records()
    assert len(whole) == 10
    listed, left = 0, set(strays(zoo))
    for number in signals(VERIFY):
        before = records()
        if len(before) == len(whole):
            # Everything is measured: the next runs begin anew, without evidence, or with half of it.
            for path in chance.sample(sorted(before), chance.choice((5, 10))):
                before.pop(path)
                path.unlink()
        done = killed(start, chance, seconds, number)
        after = records()
        assert before.items() <= after.items()
        assert after.keys() <= whole.keys()
        if "what is listed is written" in done.err:
            rows = json.loads(done.out)
            assert done.code == 143
            assert len(rows) <= len(after)
            listed += len(rows) > 0
        if number == signal.SIGTERM:
            assert set(strays(zoo)) <= left, "what was half written was not taken back"
        left = set(strays(zoo))
    assert listed > 3, "no summary was cut short"
    assert start().end().code == 0
    assert records().keys() == whole.keys()
    assert strays(zoo) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_processes_that_count_end_with_the_one_that_started_them(
    warm: Any, zoo: Path, tmp_path: Path, number: int
) -> None:
    run = warm.start(
        *("verify", zoo, "--only", "flops", "--engine", "process", "--jobs", 2),
        environment={"MIR_CACHE": str(tmp_path / "cache")},
    )
    until = time.monotonic() + 30
    while group_size(run.process) < 4 and time.monotonic() < until:  # it, a server that forks, and those that count
        time.sleep(0.05)
    run.kill(number, after=0)
    assert run.end(alone=True).code == (-signal.SIGKILL if number == signal.SIGKILL else 143)


def group_size(group: int) -> int:
    """How many processes belong to a group."""
    found = 0
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            found += each.read_text().rpartition(")")[2].split()[2] == str(group)
    return found


def test_a_repair_leaves_each_card_old_or_new(warm: Any, tmp_path: Path) -> None:
    cards, chance = tmp_path / "cards", random.Random(1)
    cards.mkdir()
    result = "{Task: Image Classification, Dataset: Imagenet, Metrics: {Top 1 Accuracy: 70%}}"
    old = f"Models:\n- Name: m\n  Results:\n  - {result}\n"
    new = old.replace("Imagenet", "ImageNet")

    def begin() -> None:
        for number in range(20):
            (cards / f"{number}.yml").write_text(old.replace("Name: m", f"Name: m{number}"))

    def texts() -> list[str]:
        return [(cards / f"{number}.yml").read_text().replace(f"Name: m{number}", "Name: m") for number in range(20)]

    begin()
    seconds = timed(lambda: warm.start("check", "--fix", cards))
    assert texts() == [new] * 20
    halves = 0
    for number in signals(REPAIR):
        begin()
        killed(lambda: warm.start("check", "--fix", cards), chance, seconds, number)
        assert set(texts()) <= {old, new}
        halves += len(set(texts())) == 2
        assert warm.run("check", "--fix", cards).code == 0
        assert texts() == [new] * 20
    assert halves, "no repair was cut short"


def test_a_question_is_answered_right_after_a_killed_one(warm: Any, zoo: Path, tmp_path: Path) -> None:
    cache, chance = tmp_path / "cache", random.Random(2)

    def start() -> Any:
        return warm.start(
            *("query", "SELECT name, parameters FROM models ORDER BY ALL", "--cards", zoo, "--format", "csv"),
            first=warm.UNSETTLED,
            environment={"MIR_CACHE": str(cache)},
        )

    seconds = timed(start)
    assert list((cache / "index").glob("*.duckdb")), "nothing was kept"
    answer = start().end().out
    assert answer.count("25866") == 2
    for number in signals(QUERY):
        if chance.random() < 0.7:
            shutil.rmtree(cache)
        killed(start, chance, seconds, number)
        done = start().end()
        assert (done.code, done.out, done.err) == (0, answer, "")


DOWNLOADS = """
from pathlib import Path
from registry.verify.target import WeightsRef
from registry.verify.weights import Cache, Policy, fetch

policy = Policy(hosts=("127.0.0.1",), backoff=0.01)
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
    said.update(batch.pixels[geometry].numpy().tobytes())
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


def test_a_site_is_the_old_or_the_new_one_and_the_next_is_right(warm: Any, tmp_path: Path) -> None:
    cards, out, chance = tmp_path / "cards", tmp_path / "html", random.Random(5)
    cards.mkdir()
    card = "<!--\nType: model-index\nModels:\n- Name: {0}\n  Metadata:\n    Parameters: {1}\n-->\n\n# {0}\n"
    names = ("one", "two", "three")

    def write(number: int) -> None:
        for name in names:
            (cards / f"{name}.md").write_text(card.format(name, number))

    def shown() -> set[int]:
        """Which numbers the pages show; nothing where there is no site."""
        pages = [(out / "models" / f"{name}.html").read_text() for name in names] if out.is_dir() else []
        return {number for page in pages for number in range(70_000, 70_100) if str(number) in page}

    def start() -> Any:
        return warm.start("site", "build", "--cards", cards, "--out", out, first=warm.LITTLE)

    write(70_000)
    timed(start)
    write(70_001)
    seconds = timed(start)
    for number, at in zip(signals(BUILD), itertools.count(70_002)):
        write(at)
        killed(start, chance, seconds, number)
        assert shown() in ({at - 1}, {at}, set())
        # Nothing changed since the run that was killed, and the site must still become what the cards say.
        assert start().end().code == 0
        assert shown() == {at}
        assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".html")] == []
