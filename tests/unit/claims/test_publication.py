"""When a model was published is taken from its card, else its paper, else its citation."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from registry.claims.publication import arxiv_number, licence, published


@pytest.mark.parametrize(
    ("fields", "papers", "prose", "date"),
    [
        ("Release Date: 2021-03-04", ["1512.03385"], "", "2021-03-04"),
        ("Year: 2019", [], "", "2019"),
        ("Date: May 2021", [], "", "2021"),
        ("Date: soon", ["https://arxiv.org/abs/1512.03385v2"], "", "2015-12"),
        ("Code: https://a.b/2020", ["https://a.b/1512.03385x", "arXiv:1706.03762"], "", "2017-06"),
        ("License: MIT", ["1599.03385"], "", ""),
        ("License: MIT", [], "@article{a,\n  year = {2014},\n}", "2014"),
        ("License: MIT", [], "@article{a,\n  year = {2014}\n}\n@article{b,\n  year = 2016\n}", ""),
    ],
)
def test_the_first_that_says_it_counts(tmp_path: Path, fields: str, papers: list[str], prose: str, date: str) -> None:
    (tmp_path / "card.yml").write_text(f"Models:\n- {{Name: m, {fields}}}\n")
    (model,) = registry.load(tmp_path / "card.yml").models
    assert published(model, papers, prose) == date


@pytest.mark.parametrize("text", ["page 1512.03385", "https://a.b/1512.03385", "12.03385", ""])
def test_a_number_elsewhere_is_none_of_arxiv(text: str) -> None:
    assert arxiv_number(text) == ""


@pytest.mark.parametrize(
    ("fields", "name", "address"),
    [
        ("License: MIT", "MIT", ""),
        ("Licence: [mit, apache-2.0]", "mit", ""),
        ("License: {Name: BSD, URL: 'https://example.org/bsd'}", "BSD", "https://example.org/bsd"),
        ("license: other, license_name: llama3, license_link: LICENSE", "llama3", ""),
        ("license: other", "other", ""),
        ("License: 'https://example.org/own'", "https://example.org/own", "https://example.org/own"),
        ("Code: a.py", "", ""),
    ],
)
def test_a_licence_is_read_however_a_card_writes_it(fields: str, name: str, address: str, tmp_path: Path) -> None:
    (tmp_path / "card.yml").write_text(f"Models:\n- {{Name: a, {fields}}}\n")
    (model,) = registry.load([tmp_path / "card.yml"]).models
    assert licence(model) == (name, address)


def test_the_hubs_pages_of_papers_are_those_of_arxiv() -> None:
    assert arxiv_number("https://huggingface.co/papers/1706.03762") == "1706.03762"
    assert arxiv_number("https://example.org/papers/1706.03762") == ""
