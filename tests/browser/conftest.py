"""Sites to look at, a server for them, and a browser that reports whatever a page should not do."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from registry.checks import check
from registry.claims import claims
from registry.evidence import Store
from registry.loader import load
from registry.publish import Material, build
from registry.types import Claim, Evidence, Measurement, Verdict

collect_ignore = ["screenshots.py"]
HERE = Path(__file__).parent
ROOT = HERE.parents[1]

FAMILY = """<!--
Type: model-index
Collections:
- Name: ResTest
  Paper:
    Title: Deep Residual Testing
    URL: https://arxiv.org/abs/1512.03385
Models:
{models}-->

# ResTest

A family of **tests**. It cites:

```bibtex
@article{{restest,
  title = {{Deep Residual Testing}},
}}
```
"""
MODEL = """- Name: restest{at}
  In Collection: ResTest
  Metadata:
    Parameters: {parameters}
    FLOPs: {flops}
  Results:
  - Task: Image Classification
    Dataset: ImageNet
    Metrics:
      Top 1 Accuracy: {top1:.2f}%
      Top 5 Accuracy: {top5:.2f}%
"""
OWN = (
    *("alexnet.md", "lenet-5.md", "lenet-5.safetensors", "torchvision/resnet.md", "torchvision/vision-transformer.md"),
    *(f"digits-{kind}.{suffix}" for kind in ("cnn", "detector") for suffix in ("md", "safetensors")),
)
"""The registry's own cards that the site shows, and the weights beside them."""

VERDICTS: tuple[Verdict, ...] = ("reproduced", "within-tolerance", "refuted", "unverifiable", "error")


@dataclass
class Watched:
    """A page, and what it did that it should not: messages on its console, and requests to other hosts."""

    page: Page
    base: str
    said: list[str] = field(default_factory=list)
    asked: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        # Playwright takes no methods of built-in types.
        self.page.on("request", lambda sent: self.asked.add(sent))
        self.page.on("requestfinished", lambda sent: self.asked.discard(sent))
        self.page.on("requestfailed", lambda sent: self.asked.discard(sent))

    def open(self, path: str) -> Page:
        self.asked.clear()
        self.page.goto(self.base + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page is loaded and has asked for nothing for a tenth of a second."""
        self.page.wait_for_load_state()
        quiet = 0
        for _ in range(1200):
            self.page.wait_for_timeout(25)
            quiet = 0 if self.asked else quiet + 1
            if quiet == 4:
                return
        pytest.fail(f"{self.page.url} waits for {', '.join(request.url for request in self.asked)}")


def write_zoo(folder: Path) -> None:
    """Some of the registry's own cards, and a family of 120 models with evidence of every verdict."""
    (folder / "torchvision").mkdir(parents=True)
    for name in OWN:
        shutil.copy(ROOT / "models" / name, folder / name)
    (folder / "evidence").mkdir()
    measured = ("alexnet-9", "digits-", "lenet-", "resn*-imagenet1k-", "vit-*-imagenet1k-", "wide-resnet*-imagenet1k-")
    for name in measured:
        for file in (ROOT / "models" / "evidence").glob(f"{name}*"):
            shutil.copy(file, folder / "evidence")
    entries = (
        MODEL.format(at=at, parameters=10**6 * at, flops=10**8 * at * 3, top1=60 + at / 5, top5=80 + at / 7)
        for at in range(1, 121)
    )
    (folder / "restest.md").write_text(FAMILY.format(models="".join(entries)), encoding="utf-8")
    store = Store(folder / "evidence")
    for at, claim in enumerate(claims(load([folder / "restest.md"]))):
        if at % 3:
            store.write(evidence_of(claim, VERDICTS[at % len(VERDICTS)]))


def evidence_of(claim: Claim, verdict: Verdict) -> Evidence:
    """A record as verifying writes it."""
    measured = {"reproduced": claim.reported.value, "within-tolerance": claim.reported.value * Decimal("0.999")}
    value = float(measured.get(verdict, claim.reported.value * Decimal("0.5")))
    ratio = claim.kind == "ratio"
    if not ratio and verdict == "within-tolerance":  # a count has no tolerance
        verdict, value = "reproduced", float(claim.reported.value)
    macs = int(claim.reported.value / 2)
    counted = {"conventions": [["MACs", macs, "MACs"], ["torch", 2 * macs, "FLOPs"]], "input": [3, 224, 224]}
    layers = [[f"layer{at // 3}.{at % 3}.conv", 1000 * (at + 1)] for at in range(12)]
    return Evidence(
        claim=claim,
        verdict=verdict,
        reason=f"it is {verdict} by this test",
        measurement=None
        if verdict in ("unverifiable", "error")
        else Measurement(
            value=value,
            method="evaluate" if ratio else "count",
            convention=None if ratio else "2 x thop 0.0.31, 224x224",
            samples=50000 if ratio else None,
            interval=(value - 0.004, value + 0.004) if ratio else None,
            details={} if ratio else {"by_layer": layers, "builder": "timm:restest", **counted},
        ),
        digests={"weights": "sha256:" + "ab" * 32},
        environment={"device": "cpu", "python": "3.11"},
        time="2026-01-02T03:04:05Z",
    )


def site_of(cards: Path, out: Path, base_url: str | None = None) -> Path:
    index = load([cards])
    evidence = Store(cards / "evidence").all()
    material = Material(
        index=index,
        findings=check(index),
        evidence=evidence,
        base_url=base_url,
        repository="https://github.com/owner/zoo/tree/main/models",
    )
    result = build(material, out=out, docs=out.with_name("docs"))
    assert result.warnings == ()
    return out


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of ordinary cards."""
    folder = tmp_path_factory.mktemp("zoo")
    write_zoo(folder / "cards")
    return site_of(folder / "cards", folder / "html")


@pytest.fixture(scope="session")
def other_site(site: Path) -> Path:
    """The same pages, built by Zensical from the same configuration."""
    return by_zensical(site)


def by_zensical(site: Path) -> Path:
    """The pages of a site that MkDocs built, built by Zensical beside it."""
    config = site.with_name("zensical") / "docs.yml"
    config.parent.mkdir()
    shutil.copytree(site.with_name("docs"), config.parent / "docs")
    shutil.copy(site.with_name("docs.yml"), config)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(config)]
    done = subprocess.run(command, cwd=config.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return config.parent / "html"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one card that tries everything, among files that it tries to get hold of."""
    folder = tmp_path_factory.mktemp("hostile")
    cards = folder / "cards"
    cards.mkdir()
    shutil.copy(HERE / "hostile.md", cards)
    (cards / "active.html").write_text("<script>parent.pwned = 'file'</script>")
    (cards / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"/>')
    (cards / "notes.txt").write_text("notes")
    shutil.copy(HERE / "dot.png", cards)
    return site_of(cards, folder / "html")


@pytest.fixture(scope="session", params=["timm", "mmpretrain"])
def published(request: pytest.FixtureRequest, corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a published zoo, as it is."""
    return site_of(corpora / request.param, tmp_path_factory.mktemp(request.param) / "html")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def send_error(self, code: int, *_: object) -> None:
            """As hosts of static sites do: the site's own page, where it has one."""
            page = (folder / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with served(site) as base:
        yield base


@pytest.fixture(scope="session")
def other_address(other_site: Path) -> Iterator[str]:
    with served(other_site) as base:
        yield base


@pytest.fixture(params=["material", "zensical"])
def either_address(request: pytest.FixtureRequest) -> str:
    """The same pages by each builder."""
    address: str = request.getfixturevalue("address" if request.param == "material" else "other_address")
    return address


@pytest.fixture(scope="session")
def hostile_address(hostile: Path) -> Iterator[str]:
    with served(hostile) as base:
        yield base


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium; without one there is nothing to test in."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Opens watched pages, and fails a test at whose end one of them has something to report."""
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def opened(base: str, *, width: int = 1280, height: int = 900, **options: Any) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        watched = Watched(context.new_page(), base)
        pages.append(watched)

        def request(url: str) -> None:
            if not url.startswith((base, "data:", "blob:")):
                watched.said.append(f"asks {url}")

        watched.page.on("request", lambda sent: request(sent.url))
        watched.page.on("console", lambda message: watched.said.append(f"{message.type}: {message.text}"))
        watched.page.on("pageerror", lambda error: watched.said.append(f"error: {error}"))
        watched.page.on("dialog", lambda dialog: (watched.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return watched

    yield opened
    lines = [line for watched in pages for line in watched.said]
    for context in contexts:
        context.close()
    assert lines == []
