"""Pages that need not be made again stay, and what stays is what a first run would make."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from registry.checks import check
from registry.claims import claims
from registry.evidence import Store
from registry.loader import load
from registry.publish import Material, pages
from registry.publish.pages import browse, models
from registry.publish.render import Renderer
from registry.types import Evidence, Measurement

CARD = """<!--
Type: model-index
Collections:
- Name: {family}
  Paper: {{Title: Of {family}, URL: 'https://arxiv.org/abs/1512.0338{at}'}}
Models:
- Name: {name}
  In Collection: {family}
  Weights: {name}.safetensors
  Metadata: {{Parameters: {parameters}, FLOPs: 4.1G}}
  Results:
  - {{Task: Image Classification, Dataset: {dataset}, Metrics: {{Top 1 Accuracy: {top1}%}}}}
-->

# {name}

See [another](b.md), [notes](notes.txt) and ![a picture](dot.png).
"""


def write(cards: Path, name: str, **fields: object) -> None:
    defaults = {"family": f"F{name}", "at": ord(name) % 10, "parameters": 1000, "top1": 70, "dataset": "ImageNet"}
    (cards / f"{name}.md").write_text(CARD.format(name=name, **(defaults | fields)))


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "notes.txt").write_text("notes")
    (folder / "a.safetensors").write_bytes(b"weights")
    for at, name in enumerate("abcdef"):
        write(folder, name, top1=70 + at)
    return folder


@pytest.fixture
def slugs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models whose files were made, in order."""
    slugs: list[str] = []
    real = models.page_of
    # The other pages are no business of these tests, and take most of the time.
    module = sys.modules["registry.publish.build"]
    kinds = (models.pages, browse.collections, browse.papers)
    monkeypatch.setattr(module, "_pages", lambda content, *_: (page for kind in kinds for page in kind(content)))
    monkeypatch.setattr(module, "_assets", list)
    monkeypatch.setattr(module, "plot", lambda *_: None)
    monkeypatch.setattr(models, "page_of", lambda *arguments: (slugs.append(arguments[-1].slug), real(*arguments))[1])
    return slugs


def material(cards: Path) -> Material:
    index = load([cards], root=cards)
    return Material(index=index, findings=check(index), evidence=Store(cards / "evidence").records())


def files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }


def measured(cards: Path) -> None:
    claim = claims(load([cards / "c.md"], root=cards))[0]
    value = Measurement(value=1000.0, method="count")
    Store(cards / "evidence").write(
        Evidence(claim=claim, verdict="reproduced", reason="it is", measurement=value, digests={}, environment={})
    )


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda cards: None, ""),
    "a number of its own": (lambda cards: write(cards, "b", parameters=1001, top1=71), "b"),
    "its rank, and that of those that it passes": (lambda cards: write(cards, "a", top1=71.5), "ab"),
    "another of its collection": (lambda cards: write(cards, "g", family="Fa", dataset="CIFAR-10"), "ag"),
    "another that shares its paper, but not its page": (
        lambda cards: write(cards, "g", family="Fz", at=ord("b") % 10, dataset="CIFAR-10"),
        "g",
    ),
    "a file that its text refers to": (lambda cards: (cards / "notes.txt").write_text("more"), "abcdef"),
    "a picture that was not there": (lambda cards: (cards / "dot.png").write_bytes(b"dot"), "abcdef"),
    "its weights": (lambda cards: (cards / "a.safetensors").write_bytes(b"others"), "a"),
    "its evidence": (measured, "c"),
    "a model that is gone": (lambda cards: (cards / "f.md").unlink(), "abcde"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_makes_again_what_changed_and_comes_to_the_same(
    cards: Path, tmp_path: Path, slugs: list[str], change: str
) -> None:
    pages(material(cards), out=tmp_path / "pages")
    happens, again = CHANGES[change]
    happens(cards)
    slugs.clear()
    pages(material(cards), out=tmp_path / "pages")
    assert "".join(sorted(slugs)) == again
    pages(material(cards), out=tmp_path / "fresh")
    assert files(tmp_path / "pages") == files(tmp_path / "fresh")


def test_makes_again_what_somebody_wrote_to(cards: Path, tmp_path: Path, slugs: list[str]) -> None:
    out = tmp_path / "pages"
    pages(material(cards), out=out)
    before = files(out)
    (out / "models" / "a.md").write_text("mine")
    (out / "badges" / "b.svg").unlink()
    slugs.clear()
    pages(material(cards), out=out)
    assert slugs == ["a", "b"]
    assert files(out) == before


@pytest.mark.parametrize("change", ["address", "templates", "addresses", "remembered"])
def test_makes_all_again_where_the_site_is_another(cards: Path, tmp_path: Path, slugs: list[str], change: str) -> None:
    out, source = tmp_path / "pages", material(cards)
    pages(source, out=out)
    slugs.clear()
    templates = tmp_path / "templates"
    templates.mkdir()
    if change == "address":
        pages(replace(source, base_url="https://example.org/"), out=out)
    elif change == "templates":
        (templates / "model.md.j2").write_text("# {{ entry.name }}\n")
        pages(source, out=out, templates=templates)
    elif change == "addresses":
        pages(source, out=out, directory_urls=False)
    else:
        (out / ".mir-pages").write_text('{"by": 1')
        pages(source, out=out)
    assert slugs == list("abcdef")


def test_pages_of_collections_and_papers_stay_with_their_models(
    cards: Path, tmp_path: Path, slugs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages(material(cards), out=tmp_path / "pages")
    write(cards, "b", parameters=1001, top1=71)
    rendered: list[str] = []
    real = Renderer.render
    monkeypatch.setattr(Renderer, "render", lambda self, page: (rendered.append(page.path), real(self, page))[1])
    pages(material(cards), out=tmp_path / "pages")
    assert {path for path in rendered if "index" not in path} == {
        "models/b.md",
        "collections/fb.md",
        "papers/of-fb.md",
        "compare.md",
    }
    assert (tmp_path / "pages" / "collections" / "fa.md").is_file()
    assert (tmp_path / "pages" / "csv" / "collection-fa.csv").is_file()
