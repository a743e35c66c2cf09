"""A second build does again only what changed, and comes to what a first one would."""

import json
from pathlib import Path

from registry.checks import check
from registry.loader import load
from registry.publish import Material, build

CARD = """<!--
Type: model-index
Models:
- Name: {name}
  Metadata:
    Parameters: {parameters}
-->

# {name}
"""


def write(cards: Path, **models: int) -> None:
    cards.mkdir(exist_ok=True)
    for file in cards.glob("*.md"):
        file.unlink()
    for name, parameters in models.items():
        (cards / f"{name}.md").write_text(CARD.format(name=name, parameters=parameters))


def site(cards: Path, out: Path) -> Path:
    index = load([cards], root=cards)
    result = build(Material(index=index, findings=check(index)), out=out, docs=out.with_name(f"{out.name}-docs"))
    assert result.warnings == ()
    return out


def pages(out: Path) -> dict[str, int]:
    return {file.name: file.stat().st_ino for file in (out / "models").glob("*.html")}


def content(out: Path) -> dict[str, bytes]:
    """Every file but those that say when they were made, and the stamp."""
    files = {file.relative_to(out).as_posix(): file for file in out.rglob("*") if file.is_file()}
    dated = ("sitemap", "search/", ".mir")
    return {path: file.read_bytes() for path, file in files.items() if not path.startswith(dated)}


def test_takes_over_what_did_not_change(tmp_path: Path) -> None:
    cards, out = tmp_path / "cards", tmp_path / "html"
    write(cards, one=1000, two=2000, three=3000)
    before = pages(site(cards, out))
    write(cards, one=1000, two=2222, four=4000)
    after = pages(site(cards, out))
    assert after["one.html"] == before["one.html"]
    assert after["two.html"] != before["two.html"]
    assert set(after) == {"index.html", "one.html", "two.html", "four.html"}
    fresh = site(cards, tmp_path / "fresh")
    assert content(out) == content(fresh)
    assert searched(out) == searched(fresh)


def searched(out: Path) -> list[tuple[str, str, str]]:
    documents = json.loads((out / "search" / "search_index.json").read_text())["docs"]
    return sorted((document["location"], document["title"], document["text"]) for document in documents)


def test_the_search_finds_models_by_what_they_claim(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    write(cards, one=1000, two=2000)
    texts = {location: text for location, _, text in searched(site(cards, tmp_path / "html"))}
    assert "Parameters 1000" in texts["models/one.html"]
    # Nothing else of a model's page: what it shows would make the index as large as the site.
    assert not any(location.startswith("models/one.html#") for location in texts)
    assert any(location.startswith("guide/") for location in texts)


def test_another_configuration_builds_everything_again(tmp_path: Path) -> None:
    cards, out = tmp_path / "cards", tmp_path / "html"
    write(cards, one=1000)
    index = load([cards], root=cards)
    before = pages(site(cards, out))
    phases: list[str] = []
    again = Material(index=index, base_url="https://example.org/")
    build(again, out=out, docs=out.with_name("html-docs"), phase=phases.append)
    assert phases == ["writing the pages of 1 model", "making HTML of them, which takes the most time"]
    assert pages(out)["one.html"] != before["one.html"]
    assert "https://example.org/models/one.html" in (out / "models" / "one.html").read_text()
