import tomllib

import pytest
import yaml
from click.testing import CliRunner

from registry.cli.init import CONFIG, WORKFLOW, command
from registry.config import find_config
from registry.types import UsageError


def run(folder) -> str:
    result = CliRunner().invoke(command, [str(folder)], catch_exceptions=False, standalone_mode=False)
    assert result.return_value == 0
    return result.output


def test_writes_a_card_a_configuration_and_a_workflow(tmp_path):
    said = run(tmp_path / "new")
    assert said.count("created") == 3
    assert find_config(tmp_path / "new").paths == ("models",)
    assert (tmp_path / "new" / "models" / "my-model.md").is_file()
    assert yaml.safe_load((tmp_path / "new" / ".github" / "workflows" / "mir.yml").read_text())["jobs"]


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
    assert tomllib.loads(after)["tool"] == tomllib.loads(CONFIG)["tool"]
    assert ("\r\n" in before) == (after.count("\r\n") == after.count("\n"))


def test_a_pyproject_that_is_not_toml_is_left_alone(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool")
    with pytest.raises(UsageError, match="not TOML"):
        run(tmp_path)
    assert (tmp_path / "pyproject.toml").read_text() == "[tool"


def test_the_workflow_is_valid(tmp_path):
    import subprocess
    import sys

    (tmp_path / "mir.yml").write_text(WORKFLOW)
    subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", "mir.yml"],
        cwd=tmp_path,
        check=True,
    )
