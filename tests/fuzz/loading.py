"""The loader and the check: files that refer to each other in every way end in findings at places that exist."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import strategies as st

from registry.checks import check
from registry.loader import load
from registry.report import FORMATS, Report

from .reading import CARDS, mutated

NAMES = ["model-index.yml", "a.yml", "b.json", "c.md", "sub/d.yml", "sub/metafile.yml", "sub/.eval_results/e.yaml"]
PATHS = [
    *NAMES,
    "*.yml",
    "**/*",
    "../a.yml",
    "sub",
    "/etc/passwd",
    "",
    "*",
    "sub/*.yml",
    "[",
    "a.yml/x",
    "\\a.yml",
    "~",
]
LINES = [
    *(f"Import: '{path}'\n" for path in PATHS),
    *(f"Models: '{path}'\n" for path in PATHS),
    *(f"Models:\n- Name: x\n  Metadata: '{path}'\n  Results: '{path}'\n  README: '{path}'\n" for path in PATHS),
    *(f"Collections: '{path}'\n" for path in PATHS),
    "Models:\n- Name: x\n  In Collection: c\nCollections:\n- Name: c\n  In Collection: c\n",
    '{"Models": [{"Name": "x", "Metadata": {"FLOPs": "-3"}}]}',
    "<!--\nType: model-index\nModels:\n- Name: y\n-->\ntext",
    "---\nmodel-index:\n- name: z\n  results: 3\n---\n",
    "FLOPs: 3\n",
    "- dataset: {id: a/b}\n  value: 1\n",
    "",
]
FILES = st.dictionaries(
    st.sampled_from(NAMES), st.sampled_from(LINES) | mutated() | mutated(CARDS[:2]), min_size=1, max_size=4
)


def files_that_refer_to_each_other_end_in_findings(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        index = load([root], root=root)
        findings = check(index)
        for finding in findings:
            assert finding.message
            assert finding.location.line >= 1
            source = index.sources.get(finding.location.file)
            if source is not None:
                assert finding.location.line <= source.text.count("\n") + 1
        for form in FORMATS.values():
            said = "".join(form(Report(findings=findings, index=index, color=False)))
            assert "\x1b" not in said
            assert "root:x:" not in said
