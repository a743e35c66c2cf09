"""What `mir check` mends, and the findings that a baseline accepts."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.check_runs import BAD, put

MENDED = "# A card\r\nModels:\r\n- Name: '12'   # a number\r\n"


def test_fix_mends_to_the_byte_and_is_idempotent(shell):
    put("card.yml", MENDED.replace("'12'", "12"))
    done = shell("check", "--fix", "card.yml")
    assert (done.code, done.out, done.err) == (0, "", "Repaired card.yml.\n1 model in 1 file, no findings.\n")
    assert Path("card.yml").read_bytes() == MENDED.encode()
    assert vars(shell("check", "--fix", "--quiet", "card.yml")) == {"code": 0, "out": "", "err": ""}


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_diff_is_the_patch_that_fix_makes_and_writes_nothing(shell):
    before = MENDED.replace("'12'", "12")
    put("zoo/card.yml", before)
    done = shell("check", "--diff", "zoo")
    assert done.code == 1
    assert Path("zoo/card.yml").read_bytes() == before.encode()
    subprocess.run(["git", "apply", "-"], input=done.out.encode(), check=True)
    assert Path("zoo/card.yml").read_bytes() == MENDED.encode()


def test_diff_exits_as_the_check_does(shell):
    put("card.yml", MENDED.replace("'12'", "12"))
    shell("check", "--baseline", "b.json", "--write-baseline", "card.yml")
    done = shell("check", "--diff", "--baseline", "b.json", "card.yml")
    assert done.code == 0
    assert "+- Name: '12'" in done.out


def test_a_baseline_lets_an_old_zoo_in_and_shrinks(shell):
    put("card.yml", BAD)
    done = shell("check", "--baseline", "b.json", "--write-baseline", "card.yml")
    assert (done.code, done.err) == (0, "b.json accepts 2 findings.\n")
    assert shell("check", "--baseline", "b.json", "card.yml").code == 0
    put("card.yml", "# moved\n" + BAD + "    Epochs: -1\n")
    summary = "Found 1 error in 1 of 1 file. The baseline accepts 2 more."
    assert summary in shell("check", "--baseline", "b.json", "card.yml").out
    put("card.yml", BAD.replace("-3", "3000000"))
    done = shell("check", "--baseline", "b.json", "card.yml")
    assert done.code == 0
    assert "b.json:" in done.out
    assert "MIR109 info: card.yml no longer has this MIR202" in done.out
    done = shell("check", "--baseline", "b.json", "--prune-baseline", "card.yml")
    assert done.err == "b.json accepts 1 finding; 1 entry was removed.\n"
    assert shell("check", "--baseline", "b.json", "card.yml").out == ""


def test_a_baseline_written_in_part_keeps_the_rest(shell):
    put("a.yml", BAD)
    put("b.yml", BAD)
    shell("check", "--baseline", "b.json", "--write-baseline", "a.yml", "b.yml")
    both = Path("b.json").read_text()
    for part in (["a.yml"], ["--select", "MIR202", "a.yml", "b.yml"]):
        shell("check", "--baseline", "b.json", "--write-baseline", *part)
        assert Path("b.json").read_text() == both


def test_a_renamed_file_keeps_its_accepted_findings(shell):
    put("a.yml", BAD)
    shell("check", "--baseline", "b.json", "--write-baseline", "a.yml")
    Path("a.yml").rename("c.yml")
    assert shell("check", "--baseline", "b.json", "c.yml").out == ""


def test_the_configured_baseline_is_that_of_whoever_runs_the_check(shell):
    put("zoo/pyproject.toml", '[tool.mir]\nbaseline = "b.json"\n')
    put("zoo/card.yml", BAD)
    arguments = ("--config", "zoo/pyproject.toml", "zoo")
    assert shell("check", "--write-baseline", *arguments).code == 0
    assert shell("check", *arguments).code == 0
    result = shell("check", "zoo")
    assert result.code == 1
    assert "zoo/pyproject.toml:1:1: MIR029 info: baseline: this counts only in the configuration" in result.out
    os.chdir("zoo")
    assert shell("check").code == 0
