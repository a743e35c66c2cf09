"""Findings as people and machines read them: one file for each format, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from registry.report.report import Report

if TYPE_CHECKING:
    from registry.report.report import Format

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


class _Formats(Mapping[str, "Format"]):
    def __getitem__(self, name: str) -> Format:
        module = _MODULES[name]
        writer: Format = getattr(import_module(f"{__name__}.{module}"), module)
        return writer

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


FORMATS: Mapping[str, Format] = _Formats()
"""Every format by its name. Adding one is a file and a line above."""

__all__ = ["FORMATS", "Report"]
