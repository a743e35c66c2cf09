"""Which files and rules `mir check` takes: configured, ignored, changed or selected."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.check_runs import BAD, GOOD, put


def test_what_gitignore_and_exclude_leave_out_is_left_out(shell):
    put("card.yml", GOOD)
    for path in ("out/card.yml", "kept/draft.yml", "old/card.yml", "kept/deep/card.yml"):
        put(path, BAD)
    put(".gitignore", "/out/\n*.yml\n!card.yml\n")
    put("kept/deep/.gitignore", "card.yml\n")
    put("mir.toml", 'exclude = ["old/"]\n')
    done = shell("check")
    assert done.code == 0
    assert "kept/deep/.gitignore:1:1: MIR029 info: leaves out 'kept/deep/card.yml'" in done.out
    assert done.out.count("MIR029") == 1, "the other is the working folder's own"
    assert shell("check", "--no-gitignore").out.count("MIR202") == 3
    assert shell("check", "out/card.yml").code == 1
    done = shell("check", "old/card.yml")
    assert (done.code, done.out) == (0, "")
    assert "old/card.yml is left out by `exclude`." in done.err
    put("mir.toml", "")
    assert shell("check").out.count("MIR202") == 1
    assert shell("check", "--exclude", "old").code == 0


def test_gitignore_hides_nothing_that_is_tracked(shell):
    put("models/card.yml", GOOD)
    for path in ("models/bad.yml", "models/out/bad.yml", "models/out/build.yml"):
        put(path, BAD)
    put("models/.gitignore", "bad.yml\nout/\n")
    for command in (["init", "-q"], ["add", "-f", "models/bad.yml", "models/out/bad.yml"]):
        subprocess.run(["git", *command], check=True)
    done = shell("check", "models")
    assert done.out.count("MIR202") == 2
    assert "build.yml" not in done.out


def test_rules_can_be_left_out_in_some_files(shell):
    put("a/card.yml", BAD)
    put("b/card.yml", BAD)
    put("mir.toml", '[per-file-ignores]\n"a/*" = ["MIR2"]\n')
    done = shell("check", "--select", "MIR202")
    assert "a/card.yml" not in done.out
    assert "b/card.yml" in done.out


def test_without_a_path_it_checks_what_is_configured(shell):
    put("zoo/card.yml", BAD)
    put("other/card.yml", GOOD)
    assert shell("check").code == 1
    put("pyproject.toml", '[tool.mir]\npaths = ["other"]\n')
    assert shell("check").code == 0


def test_what_is_configured_is_named_as_seen_from_here(shell, monkeypatch):
    put("pyproject.toml", '[tool.mir]\npaths = ["other"]\n')
    put("other/bad.yml", "Models:\n- Name: A\n  Metadata:\n    FLOPs: -3\n")
    assert "::error file=other/bad.yml,line=4" in shell("check", "--format", "github").out
    monkeypatch.chdir("other")
    assert shell("check").out.startswith("bad.yml:4:")


def test_finds_the_configuration_of_the_cards_from_elsewhere(shell):
    put("project/pyproject.toml", '[tool.mir]\nignore = ["MIR2"]\n')
    put("project/models/card.yml", BAD)
    assert shell("check", "project/models/card.yml").code == 0
    put("elsewhere.toml", "[tool.mir]\n")
    assert shell("check", "--config", "elsewhere.toml", "project/models/card.yml").code == 1


def test_select_and_ignore(shell):
    put("card.yml", BAD)
    assert "MIR201" not in shell("check", "--select", "MIR202", "card.yml").out
    assert "MIR201" not in shell("check", "--select", "mir1,MIR202", "card.yml").out
    assert "MIR202" not in shell("check", "--ignore", "MIR202", "card.yml").out
    assert shell("check", "--ignore", "MIR2", "card.yml").code == 0


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_only_what_changed_is_reported(shell):
    def git(*words):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *words], check=True, capture_output=True)

    put("models/old.yml", BAD)
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("checkout", "-q", "-b", "work")
    put("models/new.yml", BAD.replace("Models:\n", "Models:\n# new\n"))
    done = shell("check", "--changed-since", "main", "models")
    assert done.code == 1
    assert "models/new.yml" in done.out
    assert "models/old.yml" not in done.out
    git("add", ".")
    git("commit", "-q", "-m", "second")
    assert shell("check", "--changed-since", "main", "models").out == done.out
    assert shell("check", "--changed-since", "work", "models").code == 0
    done = shell("check", "--changed-since", "nothing", "models")
    assert done.code == 2
    assert "has no such revision: nothing" in done.err
    # What the others' entries accept was looked at and not reported, so they are neither gone nor pruned.
    shell("check", "--baseline", "b.json", "--write-baseline", "models/old.yml")
    accepted = Path("b.json").read_text()
    options = ("check", "--changed-since", "main", "--baseline", "b.json")
    assert "MIR109" not in shell(*options, "models").out
    shell(*options, "--prune-baseline", "models")
    assert Path("b.json").read_text() == accepted
    shell(*options, "--write-baseline", "models")
    assert {"models/old.yml", "models/new.yml"} == {entry["file"] for entry in json.loads(Path("b.json").read_text())}


def test_a_folder_without_a_card_says_so(shell):
    Path("empty").mkdir()
    done = shell("check", "empty")
    assert done.code == 1
    assert done.out.startswith("empty:1:1: MIR020 error: the folder holds no model card")
