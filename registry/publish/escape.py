"""Somebody else's words inside Markdown, HTML and front matter, where they may not do anything.

A page is HTML inside Markdown inside a theme whose templates escape nothing, so one kind of escaping is not enough.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from registry.types.safe_text import safe_text

_ACTIVE = re.compile(r"[\\`*_{}\[\]#~^|<>&\"']|^[+\-=:]|^\d+(?=[.)]\s)")
"""What Markdown or HTML may take for markup: these anywhere, and heading, list and rule marks at the beginning."""

_JOINTS = re.compile(r"(?<=[._/])(?=\w)(?!(?<=\d\.)\d)")
"""Where the parts of a name meet, but for the point of a version or number."""

_SPACE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")
_MARKUP = re.compile(r"[\\`*_{}\[\]~^|!]")
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
    """Text on one line, without control characters, and with every character that has no width shown."""
    return safe_text(_SPACE.sub(" ", str(text))).strip()


def inert(value: Any) -> Any:
    """What a template prints, escaped for Markdown and HTML at once; what is markup already stays.

    Punctuation becomes numeric references, which Markdown leaves alone and a browser reads as the character, in text
    and in attributes alike.

    >>> inert("*a*")
    Markup('&#42;a&#42;')
    """
    if isinstance(value, Markup):
        return value
    return Markup(_ACTIVE.sub(_reference, plain(value)))  # noqa: S704 - escaped here


def breakable(text: object) -> Markup:
    """A name that may break where its parts meet, as in `resnet50.a1_in1k`, instead of anywhere."""
    return Markup("<wbr>").join(inert(part) for part in _JOINTS.split(plain(text)))


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


def block(markup: str) -> Markup:
    """Clean HTML as one block that no Markdown parser looks into.

    It holds no character that Markdown takes for markup, and no blank line, which would end the block. All of them
    become numeric references, which are the same characters to a browser, `<pre>` included.
    """
    quiet = _MARKUP.sub(_reference, markup.strip().replace("\r", ""))
    return Markup(re.sub(r"\n(?=[ \t]*\n)", "&#10;", quiet))  # noqa: S704 - HTML already


def script_json(data: Any) -> Markup:
    """JSON inside a `<script>`, which no tag in it can end."""
    return Markup(re.sub(r"[<>&]", _json_escape, json.dumps(data)))  # noqa: S704 - escaped here


def _reference(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in match[0])


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
