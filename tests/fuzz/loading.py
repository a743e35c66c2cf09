"""The loader and the check: files that refer to each other in every way end in findings at places that exist."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import strategies as st

from registry.card_config import CardConfigs
from registry.checks import check
from registry.config import Config
from registry.dialects import DIALECTS
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
LINKS = st.dictionaries(
    st.sampled_from(["a.yml", "l.yml", "sub/l.md", "folder"]),
    st.sampled_from(
        ["a.yml", "b.json", "sub", ".", "..", "l.yml", ".git/config", ".hidden.yml", "/etc/passwd", "nowhere"]
    ),
    max_size=2,
)
CONFIGURATIONS = st.dictionaries(
    st.sampled_from(["pyproject.toml", "mir.toml", "sub/mir.toml", "sub/pyproject.toml"]),
    st.sampled_from(
        [
            "[tool.mir]\nignore = ['MIR2']\n",
            "[tool.mir]\nselect = ['MIR1', 'x']\n",
            "[tool.mir]\nhosts = ['*']\nvocabulary = ['/dev/zero']\nevidence = 's3://x'\n",
            "ignore = ['MIR']\ndialect = 'metafile'\n",
            "dialect = 'x'\n",
            "[per-file-ignores]\n'*' = ['MIR1']\n'[' = ['MIR2']\n'x' = ['y']\n",
            "[tool]\nmir = 3\n",
            "a" + ".a" * 60 + " = 1\n",
            "[" * 90,
            "ignore = " + "[" * 3000,
            "\x00",
        ]
    ),
    max_size=2,
)
"""What lies beside cards, and is the configuration of nobody but them."""
ZOOS = st.fixed_dictionaries({"files": FILES, "links": LINKS, "configurations": CONFIGURATIONS})


def files_that_refer_to_each_other_end_in_findings(files: dict[str, str]) -> None:
    a_zoo_with_links_and_configurations_ends_in_findings({"files": files, "links": {}, "configurations": {}})


def a_zoo_with_links_and_configurations_ends_in_findings(zoo: dict[str, dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        (root / ".git").mkdir()
        (root / ".git" / "config").write_text("Models:\n- Name: hidden-from-cards\n")
        (root / ".hidden.yml").write_text("Models:\n- Name: m\n  Metadata: {Note: hidden-from-cards}\n")
        for name, text in {**zoo["files"], **zoo["configurations"]}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        for name, target in zoo["links"].items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            if not os.path.lexists(root / name):
                (root / name).symlink_to(target)
        beside = CardConfigs(Config())
        index = load([root], root=root, dialect=beside.dialect([root], DIALECTS))
        findings = check(index, beside=beside)
        assert not any(finding.rule == "MIR028" for finding in findings), [str(finding) for finding in findings]
        for finding in findings:
            assert finding.message
            assert finding.location.line >= 1
            source = index.sources.get(finding.location.file)
            if source is not None:
                assert finding.location.line <= source.text.count("\n") + 1
        for form in FORMATS.values():
            output = "".join(form(Report(findings=findings, index=index, color=False)))
            assert "\x1b" not in output
            assert "root:x:" not in output
            assert "hidden-from-cards" not in output
