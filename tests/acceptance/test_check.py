"""`mir check` as people meet it: what it prints, what it exits with, and that nothing ends in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from registry.cli.init import CARD
from registry.report import FORMATS
from tests.acceptance.check_runs import BAD, GOOD, put

ROOT = Path(__file__).resolve().parents[2]


def test_prints_the_line_with_carets_and_exits_1(shell):
    put("card.yml", BAD)
    done = shell("check", "card.yml")
    assert done.code == 1
    assert "card.yml:4:12: MIR202 error: " in done.out
    assert "4 |     FLOPs: -3\n  |            ^^\n" in done.out
    assert "5 |     Parameters: banana\n  |                 ^^^^^^\n" in done.out
    assert done.out.endswith("Found 2 errors in 1 of 1 file.\n")


def test_a_clean_run_says_what_it_read_and_prints_nothing(shell):
    put("card.yml", GOOD)
    summary = "1 model in 1 file, no findings.\n"
    assert vars(shell("check", "card.yml")) == {"code": 0, "out": "", "err": summary}
    assert vars(shell("check", "--quiet", "card.yml")) == {"code": 0, "out": "", "err": ""}
    put("bad.yml", BAD)
    assert "Found" in shell("check", "bad.yml").out
    done = shell("check", "--quiet", "bad.yml")
    assert done.out.startswith("bad.yml:")
    assert "Found" not in done.out + done.err
    assert shell("check", "-v", "card.yml").err.endswith(f"Read card.yml as model-index: 1 model\n{summary}")


def test_the_exit_code_is_the_caller_s_choice(shell):
    put("card.yml", GOOD.replace("Models:", "Models: ") + "  Results: null\n")
    assert shell("check", "card.yml").code == 0
    assert shell("check", "--fail-on", "info", "card.yml").code == 1
    put("card.yml", BAD)
    assert shell("check", "card.yml").code == 1
    assert shell("check", "--exit-zero", "card.yml").code == 0
    assert shell("check", "--fail-on", "error", "--select", "misspelt-key", "card.yml").code == 0


def test_statistics_count_each_rule(shell):
    put("card.yml", BAD + "    Epochs: -1\n")
    done = shell("check", "--statistics", "card.yml")
    assert "     2  MIR202 not-positive\n" in done.out
    assert "card.yml:" not in done.out


def test_one_run_writes_several_reports(shell):
    put("card.yml", BAD)
    done = shell("check", "--format", "github", "--also", "sarif=out.sarif", "--also", "markdown=out.md", "card.yml")
    assert done.out.startswith("::error file=card.yml")
    assert len(json.loads(Path("out.sarif").read_text())["runs"][0]["results"]) == 2
    assert Path("out.md").read_text().startswith("Found ")
    assert "'pdf' is no FORMAT=FILE" in shell("check", "--also", "pdf=x", "card.yml").err


def test_a_rule_may_be_named_in_words(shell):
    put("card.yml", BAD)
    done = shell("check", "--select", "not-positive", "card.yml")
    assert "MIR202" in done.out
    assert shell("check", "--select", "not-positiv", "card.yml").err.startswith(
        "mir: error: 'not-positiv' is neither a rule nor the beginning of one; did you mean 'not-positive'?"
    )


def test_a_comment_in_a_readme_of_the_hub_is_held_to_its_own_format(shell):
    put(
        "README.md",
        "---\nlicense: mit\n---\n\n<!--\nModels:\n- Nmae: a\n  Metadata: {FLOPs: 3000000, Paramters: 5}\n-->\n",
    )
    rules = [finding["rule"] for finding in json.loads(shell("check", "--format", "json", "README.md").out)]
    assert rules == ["MIR101", "MIR102", "MIR102"]


def test_the_alexnet_card_is_clean(shell):
    assert shell("check", str(ROOT / "models" / "alexnet.md")).code == 0


def test_a_remark_does_not_fail(shell):
    put("card.yml", GOOD.replace("Models:", "Models:  # mir: ignore[MIR201]"))
    done = shell("check", "card.yml")
    assert done.code == 0
    assert "MIR108 info" in done.out


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_goes_to_a_file(shell, form):
    put("card.yml", BAD)
    done = shell("check", "--format", form, "--output", "out/report", "card.yml")
    assert (done.code, done.out) == (1, "")
    assert done.err == "Found 2 errors in 1 of 1 file. See out/report.\n"
    assert "MIR202" in Path("out/report").read_text()


def test_json_names_what_tools_need(shell):
    put("card.yml", BAD)
    flops, parameters = json.loads(shell("check", "--format", "json", "card.yml").out)
    assert {key: flops[key] for key in ("rule", "severity", "path", "file", "line", "column")} == {
        "rule": "MIR202",
        "severity": "error",
        "path": "Models[0].Metadata.FLOPs",
        "file": "card.yml",
        "line": 4,
        "column": 12,
    }
    assert "banana" in parameters["message"]


def test_reads_standard_input_as_the_file_it_is_to_be(shell):
    done = shell("check", "-", "--stdin-name", "zoo/card.yml", stdin=BAD)
    assert done.code == 1
    assert "zoo/card.yml:4:12: MIR202" in done.out
    assert shell("check", "-", stdin=f"<!--\nType: model-index\n{BAD}-->\n").out.startswith("stdin.md:6:12: MIR202")
    assert shell("check", "-", "card.yml", stdin=BAD).code == 2


def test_the_starter_card_is_clean(shell):
    assert shell("init").code == 0
    assert vars(shell("check", "-q")) == {"code": 0, "out": "", "err": ""}
    # Its comments hold an example that is a good card too.
    put("models/my-model.md", CARD.replace("  # ", "  ").replace("  Numbers are", "  # Numbers are"))
    done = shell("check", "--format", "json")
    assert [finding["rule"] for finding in json.loads(done.out) if finding["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.md"], "mir: error: there is no file or folder 'missing.md'"),
        (["--dialect", "x", "card.yml"], "mir: error: --dialect: 'x' is not one of cards-json, "),
        (["--select", "XYZ", "card.yml"], "mir: error: 'XYZ' is neither a rule nor the beginning of one"),
        (["--format", "x", "card.yml"], "mir: error: --format: 'x' is not one of text, json, "),
        (
            ["--fail-on", "errr", "card.yml"],
            "'errr' is not one of error, warning, info; did you mean error?",
        ),
        (["--selct", "MIR2", "card.yml"], "mir: error: there is no option '--selct'; did you mean --select?"),
        (["--baseline", "b.json", "card.yml"], "mir: error: the baseline b.json cannot be read: No such file"),
        (["--write-baseline", "card.yml"], "mir: error: --write-baseline needs --baseline FILE"),
        (
            ["--config", "wrong.toml", "card.yml"],
            "wrong.toml:2:1: there is no setting 'selekt'; did you mean",
        ),
        (["--output", "card.yml/x", "card.yml"], "mir: error: cannot write card.yml/x"),
        (["--output", "/proc/nowhere/x", "card.yml"], "mir: error: cannot write /proc/nowhere/x"),
        (["--root", "missing", "card.yml"], "Directory 'missing' does not exist"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_wrong_usage_exits_2_with_one_sentence(shell, arguments, message):
    put("card.yml", GOOD)
    put("wrong.toml", "[tool.mir]\nselekt = []\n")
    done = shell("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("card.yml", "Models: [\n", "card.yml:2:1: MIR004 error: "),
        ("card.yml", "Models:\n- Metadata:\n    Epochs: 3\n", "card.yml:2:3: MIR101 error: Models[0] has no 'Name'"),
        ("card.yml", "Import: other.yml\n", "card.yml:1:9: MIR022 error: "),
    ],
    ids=["not YAML", "no Name", "missing import"],
)
def test_a_bad_card_exits_1_with_its_line(shell, name, text, message):
    put(name, text)
    done = shell("check", name)
    assert done.code == 1
    assert done.out.startswith(message)


@pytest.mark.parametrize(("name", "text"), [("readme.md", "# Nothing here\n"), ("x.json", "{}"), ("card.yml", "")])
def test_a_named_file_that_is_no_card_is_passed_over_with_a_remark(shell, name, text):
    put(name, text)
    put("good.yml", GOOD)
    done = shell("check", name, "good.yml")
    assert done.code == 0
    assert done.out.startswith(f"{name}:1:1: MIR02")


def test_terminals_that_lack_characters_get_numbers(tmp_path):
    (tmp_path / "card.yml").write_text("Models:\n- Name: 模型\n  Metadata:\n    FLOPs: 模型\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "registry", "check", tmp_path / "card.yml"],
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"\\u6a21\\u578b" in done.stdout
