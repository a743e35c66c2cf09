"""Papers, however a card names them."""

from typing import Any

import pytest

from registry.publish.papers import references


@pytest.mark.parametrize(
    ("value", "urls"),
    [
        ("1404.5997", ["https://arxiv.org/abs/1404.5997"]),
        ("arXiv:1404.5997v2", ["https://arxiv.org/abs/1404.5997"]),
        ("https://arxiv.org/pdf/1404.5997v1.pdf", ["https://arxiv.org/abs/1404.5997"]),
        ({"URL": "https://example.org/p.html", "Title": "A Paper"}, ["https://example.org/p.html"]),
        ({"title": "Only a title"}, [None]),
        (["1404.5997", "https://example.org/x"], ["https://arxiv.org/abs/1404.5997", "https://example.org/x"]),
        ("javascript:alert(1)", [None]),
        (None, []),
        ("", []),
        ({}, []),
    ],
)
def test_reads_every_form(value: Any, urls: list[str | None]) -> None:
    assert [reference.url for reference in references(value)] == urls


def test_two_spellings_of_one_address_are_one_paper() -> None:
    forms = ["1404.5997", "http://arxiv.org/abs/1404.5997", "https://arxiv.org/abs/1404.5997v3"]
    assert len({reference.key for form in forms for reference in references(form)}) == 1


def test_a_title_is_kept_where_a_card_gives_one() -> None:
    (reference,) = references({"URL": "https://arxiv.org/abs/1512.03385", "Title": "Deep Residual Learning"})
    assert reference.title == "Deep Residual Learning"


CITED = """
```bibtex
@misc{other, title = {Another}, eprint = {1404.5997}}
@article{he, title = {{Deep {R}esidual
  Learning}}, booktitle = {CVPR}, url = {http://arxiv.org/abs/1512.03385}}
```
"""


def test_a_paper_without_a_title_has_that_of_the_citation(contents: Any) -> None:
    model = contents.model("a", "70%").replace("  In Collection: Family\n", "  Paper: '1512.03385'\n")
    (paper,) = contents([model], text=CITED).papers
    assert paper.title == "Deep Residual Learning"
    (paper,) = contents([model], text="@article{he, title = {Unclosed, url = {1512.03385").papers
    assert paper.title == "arXiv:1512.03385"
