import json
import tomllib

import pytest
import yaml
from click.testing import CliRunner

from registry.cli.init import BY_COMMIT, BY_VERSION, GITLAB_JOB, HOOK, HOOK_BY_COMMIT, WORKFLOW, command
from registry.cli.init_config import InstalledFrom, installed_from
from registry.config import find_config
from registry.types import UsageError


def run(folder) -> str:
    result = CliRunner().invoke(command, [str(folder)], catch_exceptions=False, standalone_mode=False)
    assert result.return_value == 0
    return result.output


def test_writes_a_card_where_there_is_none(tmp_path):
    output = run(tmp_path / "new")
    assert output.count("created") == 4
    assert find_config(tmp_path / "new").paths == ("models",)
    assert (tmp_path / "new" / "models" / "my-model.md").is_file()
    assert yaml.safe_load((tmp_path / "new" / ".github" / "workflows" / "mir.yml").read_text())["jobs"]
    assert yaml.safe_load((tmp_path / "new" / ".pre-commit-config.yaml").read_text())["repos"]


CARD = "Models:\n- Name: a\n  Metadata:\n    FLOPs: -3\n"


def test_finds_the_cards_that_are_there(tmp_path):
    for folder in ("configs/a", "docs", "tests/data", "node_modules/x", "configs/vendor/b"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "metafile.yml").write_text(CARD)
    (tmp_path / "setup.py").touch()
    output = run(tmp_path)
    assert "found    2 cards with 2 models in configs, docs (2 metafile)" in output
    assert "Found 2 errors" in output
    assert not (tmp_path / "pyproject.toml").exists()
    config = find_config(tmp_path)
    assert (config.paths, config.exclude) == (("configs", "docs"), ("/configs/vendor/",))


def test_a_baseline_makes_the_first_check_green(tmp_path, mir, monkeypatch):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "a.yml").write_text(CARD)
    monkeypatch.chdir(tmp_path)
    assert mir("init", "--baseline")[0] == 0
    assert mir("check")[0] == 0
    (tmp_path / "configs" / "b.yml").write_text(CARD.replace("Name: a", "Name: b"))
    assert mir("check")[0] == 1


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("mir.toml", 'paths = ["configs"]\n'),
        ("mir.toml", '# ours\npaths = ["configs"]\n\n[per-file-ignores]\n"x.md" = ["MIR5"]\n'),
        ("pyproject.toml", '[tool.mir]\npaths = ["configs"]\n\n[tool.ruff]\nline-length = 100\n'),
        ("pyproject.toml", "[tool.mir] # ours\r\n\r\n[tool.ruff]\r\nline-length = 100\r\n"),
    ],
)
def test_a_configuration_that_is_there_learns_of_the_baseline(tmp_path, mir, monkeypatch, name, before):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "a.yml").write_text(CARD)
    (tmp_path / name).write_bytes(before.encode())
    monkeypatch.chdir(tmp_path)
    code, out, _ = mir("init")
    assert code == 0
    assert "`mir init --baseline` accepts them" in out
    assert (tmp_path / name).read_bytes() == before.encode()
    code, out, _ = mir("init", "--baseline")
    assert code == 0
    assert f"extended {name}" in out
    assert find_config(tmp_path).baseline == "mir-baseline.json"
    after = (tmp_path / name).read_bytes().decode()
    assert (
        after.replace('baseline = "mir-baseline.json"  # findings that are accepted for now', "").split()
        == before.split()
    )
    assert mir("check") == (0, "", "1 model in 1 file, no findings but 1 that the baseline accepts.\n")
    assert "--baseline" not in mir("init")[1]


def test_cards_that_a_configuration_does_not_name_are_named(tmp_path):
    for folder in ("configs", "docs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yml").write_text(CARD)
    (tmp_path / "mir.toml").write_text('paths = ["configs"]\n')
    output = run(tmp_path)
    assert "unread   docs/a.yml: add to `paths` of " in output
    assert "Found 1 error in 1 of 1 file" in output


def test_cards_of_submodules_tests_and_builds_are_said_to_be_left_out(tmp_path):
    for folder in (".git", "configs", "ext/zoo/.git", "ext/zoo/deep", "build/lib"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("configs", "ext/zoo/deep", "build/lib"):
        (tmp_path / folder / "a.yml").write_text(CARD)
    output = run(tmp_path)
    assert "found    1 card with 1 model in configs" in output
    assert "left out cards in build, ext/zoo: " in output


def test_hook_and_workflow_go_to_the_top_of_the_repository_alone(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "a.yml").write_text(CARD)
    assert "skipped  hook and workflow" in run(tmp_path / "packages")
    assert {file.name for file in (tmp_path / "packages").iterdir()} == {"a.yml", "mir.toml"}


def test_lines_for_files_that_are_there_are_shown(tmp_path):
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n")
    (tmp_path / ".gitlab-ci.yml").write_text("stages: [test]\n")
    output = run(tmp_path)
    assert "- id: mir-check" in output
    assert "codequality: gl-code-quality-report.json" in output
    assert not (tmp_path / ".github").exists()
    job = yaml.safe_load(GITLAB_JOB)["model cards"]
    assert job["script"][-1] == "mir check --also gitlab=gl-code-quality-report.json"


def test_a_repository_of_the_hub_gets_no_workflow(tmp_path):
    (tmp_path / "README.md").write_text("---\nlicense: mit\nlibrary_name: timm\n---\n\n# A model\n")
    run(tmp_path)
    assert find_config(tmp_path).paths == ("README.md",)
    assert not (tmp_path / ".github").exists()


def test_many_cards_at_the_root_are_not_named_one_by_one(tmp_path):
    for name in "abcd":
        (tmp_path / f"{name}.yml").write_text(CARD.replace("Name: a", f"Name: {name}"))
    run(tmp_path)
    assert find_config(tmp_path).paths == (".",)


def test_a_second_time_changes_nothing(tmp_path):
    run(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert run(tmp_path).count("kept") == 3
    assert before == {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}


@pytest.mark.parametrize("before", ["", '[project]\nname = "x"', '[project]\r\nname = "x"\r\n'])
def test_pyproject_only_gains_the_table(tmp_path, before):
    file = tmp_path / "pyproject.toml"
    file.write_bytes(before.encode())
    assert "extended" in run(tmp_path)
    after = file.read_bytes().decode()
    assert after.startswith(before)
    assert tomllib.loads(after)["tool"] == {"mir": {"paths": ["models"]}}
    assert ("\r\n" in before) == (after.count("\r\n") == after.count("\n"))


def test_a_pyproject_that_is_not_toml_is_left_alone(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool")
    with pytest.raises(UsageError, match="not TOML"):
        run(tmp_path)
    assert (tmp_path / "pyproject.toml").read_text() == "[tool"


COMMIT = "11bd71901bbe5b1630ceea73d27597364c9af683"
SOURCE = InstalledFrom(name="zoo/mir", commit=COMMIT, revision="v0.1.0")


@pytest.mark.parametrize("steps", [BY_VERSION, BY_COMMIT.format(source=SOURCE)], ids=["version", "commit"])
def test_the_workflow_is_valid(tmp_path, steps):
    import subprocess
    import sys

    (tmp_path / "mir.yml").write_text(WORKFLOW + steps)
    subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", "mir.yml"],
        cwd=tmp_path,
        check=True,
    )


@pytest.mark.parametrize("hook", [HOOK, HOOK_BY_COMMIT.format(source=SOURCE)], ids=["version", "commit"])
def test_the_hook_is_the_check(hook):
    assert yaml.safe_load(hook)["repos"][0]["hooks"][0]["id"] == "mir-check"


def test_an_installation_from_a_repository_knows_its_digest(tmp_path, monkeypatch):
    record = {"url": "https://github.com/zoo/mir.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}
    assert installed_from(json.dumps(record)) == InstalledFrom(name="zoo/mir", commit=COMMIT, revision=COMMIT)
    record["vcs_info"]["requested_revision"] = "v0.1.0"
    assert installed_from(json.dumps(record)) == SOURCE
    for other in ({}, {"url": "file:///home/a", "dir_info": {}}, {**record, "url": "https://example.org/zoo/mir"}):
        assert installed_from(json.dumps(other)) is None
    monkeypatch.setattr("registry.cli.init.installed_from", lambda: SOURCE)
    run(tmp_path)
    workflow = (tmp_path / ".github" / "workflows" / "mir.yml").read_text()
    assert f"      - uses: zoo/mir@{COMMIT} # v0.1.0\n" in workflow
    hook = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())["repos"][0]
    assert (hook["repo"], hook["rev"]) == ("https://github.com/zoo/mir", COMMIT)
