"""Where a report goes: the terminal or pipe, or a file that is never half written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from registry.files import write_output
from registry.types.safe_text import plain


def wants_color(stream: TextIO) -> bool:
    """Whether to print colours: on a terminal, unless NO_COLOR is set; FORCE_COLOR is for CI logs that show them."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def emit(chunks: Iterable[str], stream: TextIO) -> None:
    """Print the chunks; a character that the stream's encoding lacks is shown by its number."""
    encoding = stream.encoding or "utf-8"
    for chunk in chunks:
        stream.write(chunk.encode(encoding, "backslashreplace").decode(encoding))
    # Here a reader that went away (`mir check | head`) is still noticed by those who know what to do.
    stream.flush()


def save(chunks: Iterable[str], path: Path) -> None:
    """Write the chunks to a file as UTF-8.

    Raises:
        OutputError: The file cannot be written; the old one, if any, is left as it is.
    """
    write_output(path, b"".join(chunk.encode("utf-8", "backslashreplace") for chunk in chunks))


__all__ = ["plain"]


HOME = "https://model-index-registry.github.io/"


def rule_address(rule: str) -> str:
    """The address of a rule's page, as `mkdocs.yml` names it."""
    return f"{HOME}rules/{rule}.html"
