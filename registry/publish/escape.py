"""Somebody else's words inside Markdown, HTML and front matter, where they may not do anything.

A page is HTML inside Markdown inside a theme whose templates escape nothing, so one kind of escaping is not enough.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from markupsafe import Markup

_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!|~^=:\"'<>&$@/%?]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LOOK_ALIKES = str.maketrans(
    {
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
        '"': "\N{RIGHT DOUBLE QUOTATION MARK}",
        "'": "\N{RIGHT SINGLE QUOTATION MARK}",
        "`": "\N{RIGHT SINGLE QUOTATION MARK}",
    }
)
_AMPERSAND = "\N{FULLWIDTH AMPERSAND}"
_SCHEMES = frozenset({"http", "https", "mailto"})


def plain(text: object) -> str:
    """Text on one line, without control characters and without marks that turn its direction around."""
    return _CONTROL.sub(" ", str(text)).strip()


def markdown(text: object) -> Markup:
    """Text for a place that Markdown reads: a heading, a paragraph.

    Punctuation becomes numeric references, which neither Markdown nor HTML takes for markup.
    """
    return Markup(_MARKDOWN.sub(lambda match: f"&#{ord(match[0])};", plain(text)))  # noqa: S704 - escaped here


def title(text: object) -> str:
    """Text for a page's title, which themes print unescaped, and some after turning references back.

    References are resolved first, then what could open a tag or end an attribute is replaced by its look-alike.
    """
    clean = plain(text)
    for _ in range(8):
        resolved = html.unescape(clean)
        if resolved == clean:
            break
        clean = resolved
    return plain(clean if html.unescape(clean) == clean else clean.replace("&", _AMPERSAND)).translate(_LOOK_ALIKES)


def link(url: object) -> str | None:
    """The address, where a reader may follow it: http, https or mailto; `None` for everything else."""
    text = plain(url)
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES or " " in text:
        return None
    return text if parts.netloc or parts.scheme.lower() == "mailto" else None


def one_block(markup: str) -> Markup:
    """HTML that Markdown passes through as one block: a blank line would end the block in CommonMark.

    Line ends beyond the first become numeric references, which are the same characters to a browser, `<pre>` included.
    """
    return Markup(re.sub(r"\n[ \t]*(?=\n)", "&#10;", markup.strip()))  # noqa: S704 - already HTML
