from __future__ import annotations

from pathlib import Path

import pytest

from registry.loader import load

METAFILE = "Models:\n- Name: r50\n  Config: configs/resnet/r50.py\n  Metadata: {FLOPs: 1}\n"


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    (tmp_path / "configs/resnet").mkdir(parents=True)
    (tmp_path / "model-index.yml").write_text("Import:\n- configs/resnet/metafile.yml\n")
    (tmp_path / "configs/resnet/metafile.yml").write_text(METAFILE)
    (tmp_path / "configs/resnet/card.yml").write_text(METAFILE)
    return tmp_path


@pytest.mark.parametrize("path", ["", "model-index.yml", "configs", "configs/resnet", "configs/resnet/metafile.yml"])
def test_paths_start_from_the_root_index_whatever_is_loaded(zoo: Path, path: str) -> None:
    [model] = [model for model in load([zoo / path]).models if model.dialect == "metafile"]
    assert Path(model.base) == zoo.resolve()


def test_paths_of_other_files_start_from_their_own_folder(zoo: Path) -> None:
    [model] = load([zoo / "configs/resnet/card.yml"]).models
    assert (model.dialect, Path(model.base)) == ("model-index", zoo.resolve() / "configs/resnet")
