"""Findings as people and machines read them: one file for each format, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from registry.report.report import Report

if TYPE_CHECKING:
    from registry.report.report import Format

<<<<<<< HEAD
_PLACES = {
    "text": "text.text",
    "json": "jsonlist.jsonlist",
    "sarif": "sarif.sarif",
    "github": "github.github",
    "gitlab": "gitlab.gitlab",
    "rdjson": "rdjson.rdjson",
    "junit": "junit.junit",
    "markdown": "markdown_summary.markdown",
}
"""Every format by its name, with the module here and the function in it that writes it."""
=======
_MODULES = {
    "text": "text",
    "json": "jsonlist",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "rdjson": "rdjson",
    "junit": "junit",
    "markdown": "markdown_summary",
}
"""Every format by its name, with its module, whose function of the module's name writes it."""
>>>>>>> main


class _Formats(Mapping[str, "Format"]):
    def __getitem__(self, name: str) -> Format:
        module, _, function = _PLACES[name].partition(".")
        found: Format = getattr(import_module(f"{__name__}.{module}"), function)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


FORMATS: Mapping[str, Format] = _Formats()
"""Every format by its name. Adding one is a file and a line above."""

__all__ = ["FORMATS", "Report"]
