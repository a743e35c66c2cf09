from pathlib import Path

import pytest

from registry.config import Config, find_config
from registry.types import ConfigError


def _project(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    inner = folder / "models" / "deep"
    inner.mkdir(parents=True)
    return inner


def test_the_nearest_table_above_counts(tmp_path: Path) -> None:
    inner = _project(tmp_path, '[tool.mir]\nignore = ["MIR5"]\n[tool.mir.datasets]\nimagenet = "data"\n')
    (inner / "pyproject.toml").write_text("[project]\nname = 'has-no-table'\n", encoding="utf-8")
    config = find_config(inner)
    assert (config.ignore, config.datasets, config.folder) == (("MIR5",), {"imagenet": "data"}, tmp_path)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert find_config(tmp_path) == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.mir]\nselct = []", "2:1: there is no setting 'selct'; did you mean 'select'"),
        ("[tool.mir]\nselect = 'MIR1'", "2:1: 'select' must be a list of texts"),
        ("[tool.mir]\ndialect = 3", "2:1: 'dialect' must be a text"),
        ("[tool.mir.datasets]\nimagenet = 3", "must map names to paths"),
        ("[tool.mir", "is not TOML"),
    ],
)
def test_a_wrong_table_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    _project(tmp_path, text)
    with pytest.raises(ConfigError, match=said) as raised:
        find_config(tmp_path)
    assert raised.value.location is not None
    assert raised.value.location.file.endswith("pyproject.toml")


def test_mir_toml_goes_before_pyproject_and_needs_no_table(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.mir]\nselect = ["MIR2"]\n')
    (tmp_path / "mir.toml").write_text('exclude = ["old/"]\n[per-file-ignores]\n"a/*.md" = ["MIR5"]\n')
    config = find_config(tmp_path)
    assert (config.select, config.exclude, config.per_file_ignores) == ((), ("old/",), {"a/*.md": ("MIR5",)})
    (tmp_path / "mir.toml").write_text("\n[hosst]\n")
    with pytest.raises(ConfigError, match=r"mir\.toml:2:2: there is no setting 'hosst'; did you mean 'hosts'"):
        find_config(tmp_path)
