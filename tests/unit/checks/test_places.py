"""Where the files and collections of a card are looked for: beside it, in its index, in its repository."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from registry.types import Finding

CARD = "Models:\n- Name: a\n  In Collection: Net\n  Config: configs/x/a.py\n"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def of(rule: str, findings: list[Finding]) -> list[str]:
    return [finding.hint for finding in findings if finding.rule == rule]


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        {
            "model-index.yml": "Import:\n- configs/x/metafile.yml\n- configs/y/metafile.yml\n",
            "configs/x/metafile.yml": CARD,
            "configs/x/a.py": "",
            "configs/y/metafile.yml": "Collections:\n- Name: Net\n  Metadata: {Epochs: 90}\n",
        },
    )


def test_a_file_that_is_checked_alone_has_the_collections_of_its_index(zoo: Path) -> None:
    index = registry.load(zoo / "configs/x/metafile.yml")
    assert registry.check(zoo / "configs/x/metafile.yml") == []
    [model] = index.models
    assert (model.get("Epochs"), model.metadata["Epochs"].inherited, index.collections) == (90, True, ())
    assert [collection.name for collection in index.around] == ["Net"]


def test_a_collection_that_the_index_lacks_too_is_unknown_and_said_once(zoo: Path) -> None:
    file = zoo / "configs/x/metafile.yml"
    file.write_text(CARD.replace("Net", "Nat") + "- Name: b\n  In Collection: Nat\n")
    [finding] = registry.check(file)
    assert (finding.rule, finding.hint, len(finding.related)) == ("MIR401", "Is 'Net' meant?", 1)


def test_paths_may_start_from_the_repository_where_there_is_no_index(zoo: Path) -> None:
    (zoo / "model-index.yml").unlink()
    (zoo / ".git").mkdir()
    assert of("MIR402", registry.check(zoo)) == []
    assert of("MIR402", registry.check(zoo / "configs/x")) == []


def test_a_missing_file_is_said_once_with_the_file_that_is_meant(zoo: Path) -> None:
    file = zoo / "configs/x/metafile.yml"
    write(zoo, {"configs/x/net_2x.py": "", "configs/x/net-1x.py": "", "moved/other.py": "", "configs/g+w/a.py": ""})
    for config, meant in {
        "configs/x/net_1x.py": "configs/x/net-1x.py",
        "configs/x/other.py": "moved/other.py",
        "configs/g%2Bw/a.py": "configs/g+w/a.py",
    }.items():
        file.write_text(f"Models:\n- Name: a\n  Config: {config}\n- Name: b\n  Config: {config}\n")
        assert of("MIR402", registry.check(zoo)) == [f"Is '{meant}' meant?"]


def test_what_lies_in_a_submodule_that_is_not_there_is_not_judged(zoo: Path) -> None:
    write(zoo, {".gitmodules": '[submodule "s"]\n\tpath = sub\n\turl = x\n', "configs/x/metafile.yml": CARD})
    (zoo / "sub").mkdir()
    (zoo / "configs/x/metafile.yml").write_text("Models:\n- Name: a\n  Config: sub/a.py\n")
    assert of("MIR402", registry.check(zoo)) == []
    write(zoo, {"sub/README.md": ""})
    assert len(of("MIR402", registry.check(zoo))) == 1


def test_what_openmmlabs_packages_bring_along_is_found(tmp_path: Path, zoo: Path) -> None:
    package = tmp_path / "site" / "mmx" / ".mim"
    package.parent.mkdir(parents=True)
    (zoo / "configs").rename(tmp_path / "held")
    package.mkdir()
    (tmp_path / "held").rename(package / "configs")
    (zoo / "model-index.yml").rename(package / "model-index.yml")
    assert len(registry.load(tmp_path / "site").models) == 1
