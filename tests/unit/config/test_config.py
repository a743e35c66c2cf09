import re
from pathlib import Path

import pytest

from registry.card_config import CardConfigs
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


def test_the_search_ends_at_the_border_of_the_repository(tmp_path: Path) -> None:
    inner = _project(tmp_path, '[tool.mir]\nignore = ["MIR5"]\n')
    (inner.parent / ".git").mkdir()
    assert find_config(inner) == Config()


def test_the_search_ends_where_everybody_may_put_files(tmp_path: Path) -> None:
    inner = _project(tmp_path, '[tool.mir]\nignore = ["MIR5"]\n')
    inner.parent.chmod(0o1777)
    assert find_config(inner) == Config()


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "9" * 5000,
        "#" * (1 << 20) + "\n",
        "a = '\udcff'",
        "a" + ".a" * 100_000 + " = 1",
    ],
    ids=["deep", "long number", "large", "no UTF-8", "long key"],
)
def test_a_file_that_nobody_writes_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError) as raised:
        find_config(tmp_path)
    assert len(str(raised.value)) < 1000


POWERS = """
[tool.mir]
hosts = ["*"]
private-hosts = ["127.0.0.1"]
evidence = "s3://elsewhere/evidence"
shared_cache = "/nowhere"
vocabulary = ["/dev/zero"]
baseline = "/dev/zero"
ignore = ["MIR5"]
dialect = "metafile"
[tool.mir.datasets]
imagenet = "/"
"""


def test_a_configuration_beside_cards_has_no_powers(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(POWERS)
    beside = CardConfigs(Config())
    found = beside.of(str(tmp_path / "deep" / "card.yml"))
    assert found == Config(file=tmp_path / "pyproject.toml", ignore=("MIR5",), dialect="metafile")
    ((at, said),) = beside.unheeded.items()
    assert at.file.endswith("pyproject.toml")
    assert said.startswith(
        "baseline, datasets, evidence, hosts, private-hosts, shared_cache, vocabulary: this counts only in"
    )


def test_a_private_host_is_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "mir.toml").write_text('private-hosts = ["*.lab"]\n')
    with pytest.raises(ConfigError, match="'private-hosts' must name each host in full"):
        find_config(tmp_path)


def test_the_callers_own_is_none_of_those_beside_cards(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(POWERS)
    beside = CardConfigs(find_config(tmp_path))
    assert beside.of(str(tmp_path / "card.yml")) is None
    assert beside.unheeded == {}


def test_the_nearest_one_is_that_of_a_card(tmp_path: Path) -> None:
    inner = _project(tmp_path, '[tool.mir]\nignore = ["MIR5"]\n')
    (inner.parent / "pyproject.toml").write_text('[tool.mir]\nignore = ["MIR6"]\n')
    beside = CardConfigs(find_config(tmp_path))
    near = beside.of(str(inner / "card.yml"))
    assert near is not None
    assert near.ignore == ("MIR6",)
    assert beside.of(str(tmp_path / "card.yml")) is None


def test_one_that_is_a_link_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "pyproject.toml").write_text(POWERS)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "pyproject.toml").symlink_to("../there/pyproject.toml")
    assert CardConfigs(Config()).of(str(tmp_path / "here" / "card.yml")) is None


def test_a_wrong_one_is_named_and_those_above_count(tmp_path: Path) -> None:
    inner = _project(tmp_path, '[tool.mir]\nignore = ["MIR5"]\n')
    (inner / "pyproject.toml").write_text("[tool.mir]\nignroe = []\n")
    beside = CardConfigs(Config())
    found = beside.of(str(inner / "card.yml"))
    assert found is not None
    assert found.ignore == ("MIR5",)
    ((at, said),) = beside.wrong.items()
    assert at.file.endswith("deep/pyproject.toml")
    assert said.startswith("there is no setting 'ignroe'")
    assert beside.dialect([inner], {"metafile"}) is None


def test_only_the_folder_that_mir_runs_in_is_asked_for_a_configuration() -> None:
    """No path of a card leads to settings that read, write or ask."""
    package = Path(__file__).parents[3] / "registry"
    asked = {
        argument.strip()
        for file in package.rglob("*.py")
        for argument in re.findall(r"(?<!def )\bfind_config\(([^)]*\)?)\)", file.read_text(encoding="utf-8"))
    }
    assert asked == {"Path()", "folder"}, "folder is the one that an editor has open"
