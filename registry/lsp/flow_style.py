"""Where a place stands between the brackets of JSON, or of YAML's flow style, in text that is still being written."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    "(?:[^"\\]|\\.)*(?P<closed>")?            # a string, closed or not
    | '[^']*'?
    | [{}\[\],]
    | :(?=\s|$|["'{\[])
    | [^\s{}\[\],:"'](?:[^{}\[\],:\n]|:(?=\S))*  # a plain scalar
    """,
    re.VERBOSE,
)


class FlowPlace(NamedTuple):
    """What a place stands in.

    Attributes:
        above: The keys around it, outermost first.
        key: The key whose value is meant; `None` where a key is.
        quoted: Whether it is inside of a string already.
    """

    above: list[str]
    key: str | None
    quoted: bool


def flow_place(before: str) -> FlowPlace | None:
    """The place at the end of some text; `None` where no bracket is open there.

    >>> flow_place('{"Metadata": {"FLOPs": 3, "Par')
    FlowPlace(above=['Metadata'], key=None, quoted=True)
    >>> flow_place('{type: accuracy, value: ')
    FlowPlace(above=[], key='value', quoted=False)
    """
    above: list[tuple[str, str | None]] = []  # for each open bracket, which one it is and the key that holds it
    key: str | None = None  # whose value comes next
    word, quoted = "", False
    for token in _TOKEN.finditer(before):
        text = token[0]
        quoted = False
        if text in ("{", "["):
            above.append((text, key))
            key, word = None, ""
        elif text in ("}", "]"):
            if above:
                above.pop()
            key, word = None, ""
        elif text == ",":
            key, word = None, ""
        elif text == ":":
            key, word = word, ""
        else:
            open_string = text.startswith('"') and not token["closed"]
            quoted = open_string and token.end() == len(before)
            word = text.strip("\"' ")
    if not above:
        return None
    names = [name for _, name in above if name]
    if key is None and above[-1][0] == "[":
        # An entry of a list is a value of the list's own key.
        return FlowPlace(names[:-1] if above[-1][1] else names, above[-1][1] or "", quoted)
    return FlowPlace(names, key, quoted)
