"""A maintainer guards a published zoo in three commands, the last of which is green and has read every card."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

WRONG = """\
---
model-index:
- name: a
  results:
  - task: {type: image-classification}
    dataset: {name: a, type: b}
    metrics: [{type: accuracy, value: 174.5}]
---
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


def cards_below(folder: Path) -> int:
    """Files that hold a model card by the simplest look at them, not by mir's own."""
    count = 0
    for file in folder.rglob("*"):
        if file.suffix in (".md", ".mdx"):
            text = file.read_text(encoding="utf-8")
            count += text.startswith("---") or "Type: model-index" in text or "Models:" in text
        elif file.suffix in (".yml", ".yaml"):
            document = yaml.safe_load(file.read_text(encoding="utf-8"))
            count += isinstance(document, dict) and bool(document.keys() & {"Models", "Collections", "Import"})
    return count


@pytest.mark.parametrize(
    ("zoo", "wrong"),
    [
        ("mmpretrain", ("configs/new/metafile.yml", "Models:\n- Name: a\n  Metadata: {FLOPs: -3}\n")),
        ("timm", ("new.mdx", "# N\n<!--\nType: model-index\nModels:\n- Name: a\n  Metadata:\n    FLOPs: -3\n-->\n")),
        (
            "huggingface",
            (
                "acme@net/README.md",
                WRONG,
            ),
        ),
    ],
)
def test_three_commands_guard_a_zoo(corpora, mir, tmp_path, monkeypatch, zoo, wrong):
    clone = tmp_path / zoo
    shutil.copytree(corpora / zoo, clone)
    git(clone, "init", "-q")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "a zoo")
    monkeypatch.chdir(clone)
    total = cards_below(clone)
    assert total > 40

    code, out, _ = mir("init", "--baseline")
    assert code == 0
    assert f"found    {total} cards" in out
    code, out, err = mir("check")
    assert (code, out) == (0, "")
    assert f" in {total} files, no findings" in err
    workflow = yaml.safe_load((clone / ".github" / "workflows" / "mir.yml").read_text())
    assert "mir check" in workflow["jobs"]["check"]["steps"][-1]["run"]

    # And it guards: a mistake in a new card fails, an old finding does not.
    file = clone / wrong[0]
    file.parent.mkdir(exist_ok=True)
    file.write_text(wrong[1])
    code, out, _ = mir("check", "--format", "json")
    assert code == 1
    assert {finding["file"] for finding in json.loads(out)} == {wrong[0]}
