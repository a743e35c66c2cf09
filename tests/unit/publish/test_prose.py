"""A card's text keeps what it says and loses what it does."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.publish import rendered_prose

ALLOWED = set(rendered_prose._TAGS) | {"img"}
PIECES = [
    *"<>\"'`*_[]()!#\n /=&;x",
    *("<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:1'>", "</a>", "<svg onload=1>"),
    *(
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<math>",
        "<mtext>",
        "<table>",
        "</p>",
        "<base href=//x>",
    ),
    *("<iframe src=//evil>", "](javascript:1)", "![", "```", "<div class='md-overlay' style='x' id=a>", "&#106;ava"),
    "<base href=//x>",
]
ATTRIBUTES = set(
    "alt class colspan height href id loading open rel rowspan scope src start title width".split()  # noqa: SIM905
)


class Strict(HTMLParser):
    """Fails on anything that acts, loads or leaves its place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.images: list[str] = []
        self.feed(str(page))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ATTRIBUTES, name
            if name == "href":
                assert (value or "").lower().startswith(("https://", "http://", "mailto:", "#card-", "up:")), value
                self.links.append(value or "")
            if name == "src":
                assert (value or "").startswith("up:")
                self.images.append(value or "")
            if name == "class":
                assert all(len(part) <= 3 or part == "highlight" for part in (value or "").split()), value
            if name == "id":
                assert (value or "").startswith("card-")

    def handle_data(self, data: str) -> None:
        self.text += data


def render(text: str) -> Strict:
    return Strict(rendered_prose.render(text, link=lambda url: f"up:{url}", image=lambda url: f"up:{url}"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_nothing_acts_whatever_the_card_says(text: str) -> None:
    render(text)


@pytest.mark.parametrize("tag", ["<div>", "<b></p>", "<a href=x><table>"])
def test_a_hundred_thousand_tags_are_words(tag: str) -> None:
    started = time.process_time()
    assert tag in render(tag * 100_000).text
    assert time.process_time() - started < 5


@pytest.mark.parametrize("language", ["actionscript", "make", "python", "yaml", "html"])
def test_code_is_coloured_in_little_time(language: str) -> None:
    blocks = (f"```{language}\n{(piece * 5000)[:4990]}\n```\n" for piece in ("(", '"\\', "a ", "&", "["))
    started = time.process_time()
    render("".join(blocks))
    assert time.process_time() - started < 5


def test_keeps_what_is_said() -> None:
    read = render(
        "# Title\n\n**bold** [out](https://example.org) [rel](other.md) ![pic](a/b.png)\n\n| a |\n|---|\n| 1 |\n"
    )
    assert read.links == ["https://example.org", "up:other.md"]
    assert read.images == ["up:a/b.png"]
    assert "Title" in read.text


def test_a_picture_of_another_host_becomes_a_link() -> None:
    read = render(
        '![badge](https://shields.example/x.svg) <img src="//evil.example/t.png" alt="t"> [![b](http://h/b)](https://to)'
    )
    assert read.images == []
    assert read.links == ["https://shields.example/x.svg", "https://to"]
    assert "badge" in read.text


def test_links_to_its_own_headings_only() -> None:
    read = render("# How to\n\n[there](#how-to) [nowhere](#elsewhere)\n\n# How to\n\n[second](#how-to-1)")
    assert read.links == ["#card-how-to", "#card-how-to-1"]


def test_headings_go_below_those_of_the_page() -> None:
    page = rendered_prose.render("# A\n\n###### B\n", link=lambda _: None, image=lambda _: None)
    assert '<h3 id="card-a">A</h3>' in page
    assert '<h6 id="card-b">B</h6>' in page


@pytest.mark.parametrize("language", ["python", "nonsense", "", 'x"><script>'])
def test_code_is_code_in_any_language(language: str) -> None:
    read = render(f"```{language}\nif a < b: [x](y)\n```\n")
    assert read.text.strip() == "if a < b: [x](y)"
