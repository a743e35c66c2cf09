"""From the text of an open document to its findings."""

from __future__ import annotations

import os
from pathlib import Path

from registry.card_config import CardConfigs
from registry.checks import check
from registry.config import Config, find_config
from registry.loader import load
from registry.read import ids
from registry.types import ConfigError, Finding, Index, MirError


def diagnose(path: Path, text: str, folder: Path) -> tuple[Index | None, list[Finding]]:
    """What is wrong with a document, unsaved changes included.

    A document that holds no card has no findings: editors open files of all sorts.

    Args:
        path: Where it is.
        text: What it holds now.
        folder: The folder whose configuration counts; that beside the document only chooses its rules.

    Returns:
        What was read, `None` where it is no card, and the findings of this document.
    """
    try:
        config = find_config(folder)
    except ConfigError:
        config = Config()  # said where the configuration is open, and by `mir check`
    try:
        index = load([path], dialect=config.dialect, contents={os.path.realpath(path): text.encode("utf-8", "replace")})
        findings = check(index, config=config, beside=CardConfigs(config))
    except MirError:
        return None, []
    real = os.path.realpath(path)
    here = [finding for finding in findings if os.path.realpath(finding.location.file) == real]
    if any(finding.rule in (ids.NO_CARD, ids.EMPTY) for finding in here):
        return None, []
    return index, here
