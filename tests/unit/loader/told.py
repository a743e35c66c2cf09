"""Cards to load, and what loading them says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from registry.types import Index

Write = Callable[[Mapping[str, str]], Path]

ALEXNET = "Models:\n- Name: AlexNet\n  Metadata: {FLOPs: 1}\n"
VGG = "Models:\n- Name: VGG\n  Metadata: {FLOPs: 2}\n"


def names(index: Index) -> list[str]:
    return [model.name for model in index.models]


def told(index: Index) -> list[tuple[str, str, int]]:
    return [(finding.rule, Path(finding.location.file).name, finding.location.line) for finding in index.findings]
