"""`mir check` as people meet it: what it prints, what it exits with, and that nothing ends in a traceback."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from registry.cli import main
from registry.cli.init import CARD
from registry.report import FORMATS

ROOT = Path(__file__).resolve().parents[2]
BAD = """\
Models:
- Name: AlexNet
  Metadata:
    FLOPs: -3
    Parameters: banana
"""
GOOD = BAD.replace("-3", "1429383808").replace("banana", "61100840")


@pytest.fixture
def mir(tmp_path, monkeypatch, capsys) -> Callable[..., SimpleNamespace]:
    """Run a command in a folder of its own, as the shell would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments: str, stdin: str = "") -> SimpleNamespace:
        monkeypatch.setattr("sys.argv", ["mir", *arguments])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return SimpleNamespace(code=stopped.value.code, out=out, err=err)

    return run


def put(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def test_prints_the_line_with_carets_and_exits_1(mir):
    put("card.yml", BAD)
    done = mir("check", "card.yml")
    assert done.code == 1
    assert "card.yml:4:12: MIR202 error: " in done.out
    assert "4 |     FLOPs: -3\n  |            ^^\n" in done.out
    assert "5 |     Parameters: banana\n  |                 ^^^^^^\n" in done.out
    assert done.out.endswith("Found 2 errors in 1 of 1 file.\n")


def test_a_clean_run_says_what_it_read_and_prints_nothing(mir):
    put("card.yml", GOOD)
    said = "1 model in 1 file, no findings.\n"
    assert vars(mir("check", "card.yml")) == {"code": 0, "out": "", "err": said}
    assert vars(mir("check", "--quiet", "card.yml")) == {"code": 0, "out": "", "err": ""}
    put("bad.yml", BAD)
    assert "Found" in mir("check", "bad.yml").out
    done = mir("check", "--quiet", "bad.yml")
    assert done.out.startswith("bad.yml:")
    assert "Found" not in done.out + done.err
    assert mir("check", "-v", "card.yml").err.endswith(f"Read card.yml as model-index: 1 model\n{said}")


def test_the_exit_code_is_the_caller_s_choice(mir):
    put("card.yml", GOOD.replace("Models:", "Models: ") + "  Results: null\n")
    assert mir("check", "card.yml").code == 0
    assert mir("check", "--fail-on", "info", "card.yml").code == 1
    put("card.yml", BAD)
    assert mir("check", "card.yml").code == 1
    assert mir("check", "--exit-zero", "card.yml").code == 0
    assert mir("check", "--fail-on", "error", "--select", "misspelt-key", "card.yml").code == 0


def test_statistics_count_each_rule(mir):
    put("card.yml", BAD + "    Epochs: -1\n")
    done = mir("check", "--statistics", "card.yml")
    assert "     2  MIR202 not-positive\n" in done.out
    assert "card.yml:" not in done.out


def test_what_gitignore_and_exclude_leave_out_is_left_out(mir):
    put("card.yml", GOOD)
    for path in ("out/card.yml", "kept/draft.yml", "old/card.yml", "kept/deep/card.yml"):
        put(path, BAD)
    put(".gitignore", "/out/\n*.yml\n!card.yml\n")
    put("kept/deep/.gitignore", "card.yml\n")
    put("mir.toml", 'exclude = ["old/"]\n')
    done = mir("check")
    assert done.code == 0
    assert "kept/deep/.gitignore:1:1: MIR029 info: leaves out 'kept/deep/card.yml'" in done.out
    assert done.out.count("MIR029") == 1, "the other is the working folder's own"
    assert mir("check", "--no-gitignore").out.count("MIR202") == 3
    assert mir("check", "out/card.yml").code == 1
    done = mir("check", "old/card.yml")
    assert (done.code, done.out) == (0, "")
    assert "old/card.yml is left out by `exclude`." in done.err
    put("mir.toml", "")
    assert mir("check").out.count("MIR202") == 1
    assert mir("check", "--exclude", "old").code == 0


def test_gitignore_hides_nothing_that_is_tracked(mir):
    put("models/card.yml", GOOD)
    for path in ("models/bad.yml", "models/out/bad.yml", "models/out/build.yml"):
        put(path, BAD)
    put("models/.gitignore", "bad.yml\nout/\n")
    for command in (["init", "-q"], ["add", "-f", "models/bad.yml", "models/out/bad.yml"]):
        subprocess.run(["git", *command], check=True)
    done = mir("check", "models")
    assert done.out.count("MIR202") == 2
    assert "build.yml" not in done.out


def test_rules_can_be_left_out_in_some_files(mir):
    put("a/card.yml", BAD)
    put("b/card.yml", BAD)
    put("mir.toml", '[per-file-ignores]\n"a/*" = ["MIR2"]\n')
    done = mir("check", "--select", "MIR202")
    assert "a/card.yml" not in done.out
    assert "b/card.yml" in done.out


def test_one_run_writes_several_reports(mir):
    put("card.yml", BAD)
    done = mir("check", "--format", "github", "--also", "sarif=out.sarif", "--also", "markdown=out.md", "card.yml")
    assert done.out.startswith("::error file=card.yml")
    assert len(json.loads(Path("out.sarif").read_text())["runs"][0]["results"]) == 2
    assert Path("out.md").read_text().startswith("Found ")
    assert "'pdf' is no FORMAT=FILE" in mir("check", "--also", "pdf=x", "card.yml").err


def test_a_rule_may_be_named_in_words(mir):
    put("card.yml", BAD)
    done = mir("check", "--select", "not-positive", "card.yml")
    assert "MIR202" in done.out
    assert mir("check", "--select", "not-positiv", "card.yml").err.startswith(
        "mir: error: 'not-positiv' is neither a rule nor the beginning of one; did you mean 'not-positive'?"
    )


def test_a_comment_in_a_readme_of_the_hub_is_held_to_its_own_format(mir):
    put(
        "README.md",
        "---\nlicense: mit\n---\n\n<!--\nModels:\n- Nmae: a\n  Metadata: {FLOPs: 3000000, Paramters: 5}\n-->\n",
    )
    rules = [finding["rule"] for finding in json.loads(mir("check", "--format", "json", "README.md").out)]
    assert rules == ["MIR101", "MIR102", "MIR102"]


def test_the_alexnet_card_is_clean(mir):
    assert mir("check", str(ROOT / "models" / "alexnet.md")).code == 0


def test_a_remark_does_not_fail(mir):
    put("card.yml", GOOD.replace("Models:", "Models:  # mir: ignore[MIR201]"))
    done = mir("check", "card.yml")
    assert done.code == 0
    assert "MIR108 info" in done.out


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_goes_to_a_file(mir, form):
    put("card.yml", BAD)
    done = mir("check", "--format", form, "--output", "out/report", "card.yml")
    assert (done.code, done.out) == (1, "")
    assert done.err == "Found 2 errors in 1 of 1 file. See out/report.\n"
    assert "MIR202" in Path("out/report").read_text()


def test_json_names_what_tools_need(mir):
    put("card.yml", BAD)
    flops, parameters = json.loads(mir("check", "--format", "json", "card.yml").out)
    assert {key: flops[key] for key in ("rule", "severity", "path", "file", "line", "column")} == {
        "rule": "MIR202",
        "severity": "error",
        "path": "Models[0].Metadata.FLOPs",
        "file": "card.yml",
        "line": 4,
        "column": 12,
    }
    assert "banana" in parameters["message"]


def test_without_a_path_it_checks_what_is_configured(mir):
    put("zoo/card.yml", BAD)
    put("other/card.yml", GOOD)
    assert mir("check").code == 1
    put("pyproject.toml", '[tool.mir]\npaths = ["other"]\n')
    assert mir("check").code == 0


def test_what_is_configured_is_named_as_seen_from_here(mir, monkeypatch):
    put("pyproject.toml", '[tool.mir]\npaths = ["other"]\n')
    put("other/bad.yml", "Models:\n- Name: A\n  Metadata:\n    FLOPs: -3\n")
    assert "::error file=other/bad.yml,line=4" in mir("check", "--format", "github").out
    monkeypatch.chdir("other")
    assert mir("check").out.startswith("bad.yml:4:")


def test_finds_the_configuration_of_the_cards_from_elsewhere(mir):
    put("project/pyproject.toml", '[tool.mir]\nignore = ["MIR2"]\n')
    put("project/models/card.yml", BAD)
    assert mir("check", "project/models/card.yml").code == 0
    put("elsewhere.toml", "[tool.mir]\n")
    assert mir("check", "--config", "elsewhere.toml", "project/models/card.yml").code == 1


def test_select_and_ignore(mir):
    put("card.yml", BAD)
    assert "MIR201" not in mir("check", "--select", "MIR202", "card.yml").out
    assert "MIR201" not in mir("check", "--select", "mir1,MIR202", "card.yml").out
    assert "MIR202" not in mir("check", "--ignore", "MIR202", "card.yml").out
    assert mir("check", "--ignore", "MIR2", "card.yml").code == 0


def test_reads_standard_input_as_the_file_it_is_to_be(mir):
    done = mir("check", "-", "--stdin-name", "zoo/card.yml", stdin=BAD)
    assert done.code == 1
    assert "zoo/card.yml:4:12: MIR202" in done.out
    assert mir("check", "-", stdin=f"<!--\nType: model-index\n{BAD}-->\n").out.startswith("stdin.md:6:12: MIR202")
    assert mir("check", "-", "card.yml", stdin=BAD).code == 2


MENDED = "# A card\r\nModels:\r\n- Name: '12'   # a number\r\n"


def test_fix_mends_to_the_byte_and_is_idempotent(mir):
    put("card.yml", MENDED.replace("'12'", "12"))
    done = mir("check", "--fix", "card.yml")
    assert (done.code, done.out, done.err) == (0, "", "Repaired card.yml.\n1 model in 1 file, no findings.\n")
    assert Path("card.yml").read_bytes() == MENDED.encode()
    assert vars(mir("check", "--fix", "--quiet", "card.yml")) == {"code": 0, "out": "", "err": ""}


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_diff_is_the_patch_that_fix_makes_and_writes_nothing(mir):
    before = MENDED.replace("'12'", "12")
    put("zoo/card.yml", before)
    done = mir("check", "--diff", "zoo")
    assert done.code == 1
    assert Path("zoo/card.yml").read_bytes() == before.encode()
    subprocess.run(["git", "apply", "-"], input=done.out.encode(), check=True)
    assert Path("zoo/card.yml").read_bytes() == MENDED.encode()


def test_diff_exits_as_the_check_does(mir):
    put("card.yml", MENDED.replace("'12'", "12"))
    mir("check", "--baseline", "b.json", "--write-baseline", "card.yml")
    done = mir("check", "--diff", "--baseline", "b.json", "card.yml")
    assert done.code == 0
    assert "+- Name: '12'" in done.out


def test_a_baseline_lets_an_old_zoo_in_and_shrinks(mir):
    put("card.yml", BAD)
    done = mir("check", "--baseline", "b.json", "--write-baseline", "card.yml")
    assert (done.code, done.err) == (0, "b.json accepts 2 findings.\n")
    assert mir("check", "--baseline", "b.json", "card.yml").code == 0
    put("card.yml", "# moved\n" + BAD + "    Epochs: -1\n")
    said = "Found 1 error in 1 of 1 file. The baseline accepts 2 more."
    assert said in mir("check", "--baseline", "b.json", "card.yml").out
    put("card.yml", BAD.replace("-3", "3000000"))
    done = mir("check", "--baseline", "b.json", "card.yml")
    assert done.code == 0
    assert "b.json:" in done.out
    assert "MIR109 info: card.yml no longer has this MIR202" in done.out
    done = mir("check", "--baseline", "b.json", "--prune-baseline", "card.yml")
    assert done.err == "b.json accepts 1 finding; 1 entry was removed.\n"
    assert mir("check", "--baseline", "b.json", "card.yml").out == ""


def test_a_baseline_written_in_part_keeps_the_rest(mir):
    put("a.yml", BAD)
    put("b.yml", BAD)
    mir("check", "--baseline", "b.json", "--write-baseline", "a.yml", "b.yml")
    both = Path("b.json").read_text()
    for part in (["a.yml"], ["--select", "MIR202", "a.yml", "b.yml"]):
        mir("check", "--baseline", "b.json", "--write-baseline", *part)
        assert Path("b.json").read_text() == both


def test_a_renamed_file_keeps_its_accepted_findings(mir):
    put("a.yml", BAD)
    mir("check", "--baseline", "b.json", "--write-baseline", "a.yml")
    Path("a.yml").rename("c.yml")
    assert mir("check", "--baseline", "b.json", "c.yml").out == ""


def test_the_configured_baseline_is_that_of_whoever_runs_the_check(mir):
    put("zoo/pyproject.toml", '[tool.mir]\nbaseline = "b.json"\n')
    put("zoo/card.yml", BAD)
    named = ("--config", "zoo/pyproject.toml", "zoo")
    assert mir("check", "--write-baseline", *named).code == 0
    assert mir("check", *named).code == 0
    found = mir("check", "zoo")
    assert found.code == 1
    assert "zoo/pyproject.toml:1:1: MIR029 info: baseline: this counts only in the configuration" in found.out
    os.chdir("zoo")
    assert mir("check").code == 0


def test_the_starter_card_is_clean(mir):
    assert mir("init").code == 0
    assert vars(mir("check", "-q")) == {"code": 0, "out": "", "err": ""}
    # Its comments hold an example that is a good card too.
    put("models/my-model.md", CARD.replace("  # ", "  ").replace("  Numbers are", "  # Numbers are"))
    done = mir("check", "--format", "json")
    assert [found["rule"] for found in json.loads(done.out) if found["severity"] == "error"] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
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
def test_wrong_usage_exits_2_with_one_sentence(mir, arguments, said):
    put("card.yml", GOOD)
    put("wrong.toml", "[tool.mir]\nselekt = []\n")
    done = mir("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("card.yml", "Models: [\n", "card.yml:2:1: MIR004 error: "),
        ("card.yml", "Models:\n- Metadata:\n    Epochs: 3\n", "card.yml:2:3: MIR101 error: Models[0] has no 'Name'"),
        ("card.yml", "Import: other.yml\n", "card.yml:1:9: MIR022 error: "),
    ],
    ids=["not YAML", "no Name", "missing import"],
)
def test_a_bad_card_exits_1_with_its_line(mir, name, text, said):
    put(name, text)
    done = mir("check", name)
    assert done.code == 1
    assert done.out.startswith(said)


@pytest.mark.parametrize(("name", "text"), [("readme.md", "# Nothing here\n"), ("x.json", "{}"), ("card.yml", "")])
def test_a_named_file_that_is_no_card_is_passed_over_with_a_remark(mir, name, text):
    put(name, text)
    put("good.yml", GOOD)
    done = mir("check", name, "good.yml")
    assert done.code == 0
    assert done.out.startswith(f"{name}:1:1: MIR02")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_only_what_changed_is_reported(mir):
    def git(*words):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *words], check=True, capture_output=True)

    put("models/old.yml", BAD)
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("checkout", "-q", "-b", "work")
    put("models/new.yml", BAD.replace("Models:\n", "Models:\n# new\n"))
    done = mir("check", "--changed-since", "main", "models")
    assert done.code == 1
    assert "models/new.yml" in done.out
    assert "models/old.yml" not in done.out
    git("add", ".")
    git("commit", "-q", "-m", "second")
    assert mir("check", "--changed-since", "main", "models").out == done.out
    assert mir("check", "--changed-since", "work", "models").code == 0
    done = mir("check", "--changed-since", "nothing", "models")
    assert done.code == 2
    assert "has no such revision: nothing" in done.err
    # What the others' entries accept was looked at and not reported, so they are neither gone nor pruned.
    mir("check", "--baseline", "b.json", "--write-baseline", "models/old.yml")
    accepted = Path("b.json").read_text()
    options = ("check", "--changed-since", "main", "--baseline", "b.json")
    assert "MIR109" not in mir(*options, "models").out
    mir(*options, "--prune-baseline", "models")
    assert Path("b.json").read_text() == accepted
    mir(*options, "--write-baseline", "models")
    assert {"models/old.yml", "models/new.yml"} == {entry["file"] for entry in json.loads(Path("b.json").read_text())}


def test_a_folder_without_a_card_says_so(mir):
    Path("empty").mkdir()
    done = mir("check", "empty")
    assert done.code == 1
    assert done.out.startswith("empty:1:1: MIR020 error: the folder holds no model card")


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
