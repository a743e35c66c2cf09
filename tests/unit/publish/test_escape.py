"""Whatever text goes in, the same text comes out, as text."""

import html
from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from registry.publish import escape

EXTENSIONS = ["admonition", "attr_list", "tables", "toc", "pymdownx.highlight", "pymdownx.superfences"]
PIECES = [*"<>&\"'`*_[](){}#+-=.!|~^\\:;/ \n\t0189ab", "\u202e", "\x00", "&lt;", "&#60;", "{{", "--"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_a_value_is_text_in_a_paragraph_a_heading_and_a_block_of_html(text: str) -> None:
    words = escape.plain(text)
    places = {"{}": ["p"], "x {} y": ["p"], "# {}": ["h1"], "<div>\n<p>{}</p>\n</div>": ["div", "p"]}
    for place, tags in places.items():
        page = place.replace("{}", escape.inert(text))
        commonmark = MarkdownIt("commonmark").enable("table").render(page)
        for rendered in (markdown.markdown(page, extensions=EXTENSIONS), commonmark):
            read = Reader(rendered)
            assert read.tags == (tags if page else []), (page, rendered)
            assert words in read.text.strip()


@given(TEXT)
def test_a_title_never_opens_a_tag_even_when_references_are_turned_back(text: str) -> None:
    title = escape.title(text)
    for _ in range(10):
        assert not set(title) & set("<>\"'\n\0")
        title = html.unescape(title)


@given(TEXT)
def test_a_block_reads_the_same_to_a_browser_and_holds_no_markdown(text: str) -> None:
    clean = html.escape(text.replace("\r", "").replace("\x00", ""))
    block = escape.block(f"<pre>{clean}</pre>")
    assert not set(block) & set("`*_[]{}\\~^|")
    assert "\n\n" not in block
    assert Reader(block).text == Reader(f"<pre>{clean}</pre>").text
    rendered = markdown.markdown(f"before\n\n<div>\n{block}\n</div>\n\nafter", extensions=EXTENSIONS)
    assert Reader(rendered).tags == ["p", "div", "pre", "p"]


@pytest.mark.parametrize(
    ("url", "valid"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://example.org", True),
        ("mailto:a@example.org", True),
        ("javascript:alert(1)", False),
        (" java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https:", False),
        ("example.org", False),
        ("https://a b", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_follows_only_addresses_of_the_web(url: object, valid: bool) -> None:
    assert (escape.link(url) is not None) == valid


def test_json_cannot_end_its_script() -> None:
    assert "</script" not in escape.script_json({"a": "</script><!--"})


def test_a_name_may_break_where_its_parts_meet() -> None:
    assert escape.breakable("resnet50.a1_in1k v1.") == "resnet50.<wbr>a1&#95;<wbr>in1k v1."
    assert escape.breakable("<b>_x") == "&#60;b&#62;&#95;<wbr>x"
