"""A card's own text as HTML: rendered, then sanitised, so that nothing in it runs, loads or leaves its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from html.parser import HTMLParser

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from registry.publish import escape

_LONGEST = 400_000
"""Characters of a card's text that are shown; a page is read by people."""

_TAG = re.compile(r"</?[a-zA-Z]")
_MOST_TAGS = 10_000
"""HTML tags in a card's text, of which with more none counts: in each other, they take as long as their square."""

_TAGS = frozenset(
    """a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h3 h4 h5
    h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr
    u ul var wbr""".split()  # noqa: SIM905 - forty names are read more easily as words
)
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
    "div": {"class"},
    "pre": {"class"},
    "span": {"class"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
}
_PREFIX = "card-"
_HIGHLIGHT = re.compile(r"^(highlight|[a-z]{1,2}[0-9]?)$")
"""Classes that a card may use: the highlighter's own, so that none of the theme's can be put to use."""

_LONGEST_CODE = 5_000
_LANGUAGES = frozenset(
    """bash bibtex c console cpp css cuda diff docker go html ini javascript json julia markdown matlab powershell pycon
    pytb python r rust sql tex toml xml yaml""".split()  # noqa: SIM905 - as above
)
"""What is coloured: what cards are written in, by highlighters that need no more than the square of a text. Others,
among five hundred, never end with some."""

_FORMATTER = HtmlFormatter[str](nowrap=True)
_ELSEWHERE = "elsewhere:"
"""Put before the address of a picture of another host, so that no browser would load it even if it got through."""

Resolve = Callable[[str], str | None]
"""From a relative address in a card to an address from the page, `None` where it leads nowhere."""


def render(text: str, *, link: Resolve, image: Resolve) -> Markup:
    """A card's Markdown as one inert block of HTML.

    Headings go two levels down, below the page's own. A picture of another host becomes a link to it, because a
    reader of this site is nobody else's business.
    """
    excerpt = text if len(text) <= _LONGEST else text[:_LONGEST]
    parser = _parser(html=len(_TAG.findall(excerpt)) <= _MOST_TAGS)
    tokens = parser.parse(excerpt)
    anchors = _headings(tokens)

    def attribute(_element: str, name: str, value: str) -> str | None:
        if name == "href":
            return _href(value, anchors, link)
        if name == "src":
            return _ELSEWHERE + value if _absolute(value) else image(value)
        if name == "class":
            return " ".join(part for part in value.split() if _HIGHLIGHT.match(part)) or None
        if name in ("width", "height"):
            return value if re.fullmatch(r"\d{1,4}%?", value) else None
        return value

    clean = nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", _ELSEWHERE[:-1]},
        id_prefix=_PREFIX,
        link_rel="nofollow noopener",
    )
    clean = clean.replace('<a rel="nofollow noopener">', "<a>")  # a link that leads nowhere
    if "<img" in clean:
        pictures = _Pictures()
        pictures.feed(clean)
        pictures.close()
        clean = "".join(pictures.out)
    return escape.block(clean)


def highlighted(source: str, language: str) -> Markup:
    """Code for `<pre>`, its words marked for the theme's colours."""
    return escape.block(_marked(source, language))


def _href(value: str, anchors: frozenset[str], link: Resolve) -> str | None:
    if value.startswith("#"):
        return f"#{_PREFIX}{value[1:]}" if value[1:] in anchors else None
    if _absolute(value):
        return escape.link(value)
    return link(value)


def _absolute(url: str) -> bool:
    """Whether an address has a scheme or a host, as a browser reads it, which drops control characters first."""
    bare = re.sub(r"[\x00-\x20]", "", url)
    return bool(re.match(r"[a-zA-Z][a-zA-Z0-9+.\-]*:|[/\\]{2}", bare))


def _headings(tokens: Sequence[Token]) -> frozenset[str]:
    """Put headings below those of the page, give them the anchors that they have elsewhere, and return these."""
    counts: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        if token.type == "heading_open":
            words = re.sub(r"[^\w\- ]", "", tokens[at + 1].content.lower()).strip().replace(" ", "-")
            count = counts[words] = counts.get(words, -1) + 1
            token.attrSet("id", f"{words}-{count}" if count else words)
    return frozenset(str(token.attrs["id"]) for token in tokens if token.type == "heading_open")


class _Pictures(HTMLParser):
    """Gives every picture a description, and makes links of those of other hosts; leaves all else as it is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.out.append(self._picture(dict(attrs)))
            return
        self.inside += tag == "a"
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag == "a"
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def _picture(self, attributes: dict[str, str | None]) -> str:
        source, words = attributes.get("src") or "", attributes.get("alt") or ""
        if source and not source.startswith(_ELSEWHERE):
            size = Markup("").join(
                Markup(' {}="{}"').format(name, attributes[name]) for name in ("width", "height") if name in attributes
            )
            return Markup('<img src="{}" alt="{}" loading="lazy"{}>').format(source, words, size)
        url = escape.link(source.removeprefix(_ELSEWHERE))
        if url is None or self.inside:
            return str(Markup.escape(words))
        return Markup('<a href="{}" rel="nofollow noopener">{}</a>').format(url, words or "picture")


@cache
def _parser(*, html: bool) -> MarkdownIt:
    return MarkdownIt("commonmark", {"highlight": _highlight, "html": html}).enable(["table", "strikethrough"])


def _highlight(source: str, language: str, _: str) -> str:
    # The renderer takes what begins with <pre as it is. The wrapping is that of the theme's own code blocks.
    return f'<pre class="highlight"><code>{_marked(source, language)}</code></pre>\n'


@lru_cache(maxsize=4096)  # a zoo's cards repeat their examples and citations
def _marked(source: str, language: str) -> str:
    name = language.strip().casefold()
    lexer = _lexer(name) if name and len(source) < _LONGEST_CODE else None
    return str(Markup.escape(source)) if lexer is None else highlight(source, lexer, _FORMATTER)


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return None
    return lexer if _LANGUAGES.intersection(lexer.aliases) else None
