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
        ("[tool.mir]\nselct = []", "has no key 'selct'"),
        ("[tool.mir]\nselect = 'MIR1'", "'select' in .* must be a list of texts"),
        ("[tool.mir]\ndialect = 3", "'dialect' in .* must be a text"),
        ("[tool.mir.datasets]\nimagenet = 3", "must map names to paths"),
        ("[tool.mir", "cannot be read"),
    ],
)
def test_a_wrong_table_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    _project(tmp_path, text)
    with pytest.raises(ConfigError, match=said) as raised:
        find_config(tmp_path)
    assert raised.value.location is not None
    assert raised.value.location.file.endswith("pyproject.toml")
