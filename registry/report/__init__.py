"""Findings as people and machines read them: one file for each format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from registry.report.github import github
from registry.report.gitlab import gitlab
from registry.report.jsonlist import jsonlist
from registry.report.junit import junit
from registry.report.markdown import markdown
from registry.report.rdjson import rdjson
from registry.report.report import Format, Report
from registry.report.sarif import sarif
from registry.report.text import text

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "text": text,
        "json": jsonlist,
        "sarif": sarif,
        "github": github,
        "gitlab": gitlab,
        "rdjson": rdjson,
        "junit": junit,
        "markdown": markdown,
    }
)
"""Every format by its name. Adding one is a file and a line here."""

__all__ = ["FORMATS", "Format", "Report"]
