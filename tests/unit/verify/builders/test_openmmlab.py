"""OpenMMLab's zoos: configs are read and not run, and what is built counts and answers as the zoo's own does."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from registry.types import BuildError, Model
from registry.verify.builders import target
from registry.verify.builders.openmmlab.building import build as build_model
from registry.verify.builders.openmmlab.shim import MissingOperatorError, import_with_placeholders, import_zoo, stand_in
from registry.verify.builders.openmmlab.zoo_config import config_file, configs_of, model_named, read_config
from registry.verify.counts.count_models import verify_counts
from registry.verify.engines import Local
from registry.verify.geometry import Geometry
from registry.verify.preprocessing import normalise
from registry.verify.trace import build
from registry.verify.weights import Policy, fit, read_checkpoint, unwrap
from tests.unit.verify.builders.openmmlab_zoo import claim, needs_zoo, write


def test_a_config_is_merged_with_its_bases(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        base="model = dict(type='Net', backbone=dict(depth=50, out=(3,)), head=dict(type='A', n=10))\nsize = 224\n",
        own="_base_ = './base.py'\n"
        "model = dict(backbone=dict(depth=101), head=dict(_delete_=True, type='B', n=_base_.size // 2))\n"
        "ops = [dict(scale=each * 2) for each in (1, 2)]\n"
        "names = {{_base_.model.backbone}}\n"
        "extra = dict(ops[0], more=[*range(3)])\n"
        "extra.update(dict(last=-1.5e-3))\n",
    )
    config = read_config(folder / "own.py", folder)
    assert config["model"] == {
        "type": "Net",
        "backbone": {"depth": 101, "out": (3,)},
        "head": {"type": "B", "n": 112},
    }
    assert config["ops"] == [{"scale": 2}, {"scale": 4}]
    assert config["names"] == {"depth": 50, "out": (3,)}
    assert config["extra"] == {"scale": 2, "more": [0, 1, 2], "last": -0.0015}


@needs_zoo
def test_configs_are_read_as_mmengine_reads_them() -> None:
    config = importlib.import_module("mmengine.config").Config
    folder = configs_of("mmpretrain")
    files = sorted(file for file in folder.rglob("*.py") if "_base_" not in file.parts)
    for file in files[:: len(files) // 12]:
        reference = config.fromfile(str(file), import_custom_modules=False)._cfg_dict.to_dict()
        ours = read_config(file, folder)
        assert {key: ours.get(key) for key in ("model", "test_dataloader", "data_preprocessor")} == {
            key: reference.get(key) for key in ("model", "test_dataloader", "data_preprocessor")
        }, file.name


@needs_zoo
@pytest.mark.parametrize(
    ("config", "flops", "parameters", "convention"),
    [
        ("resnet/resnet152_8xb16_cifar10.py", "3740000000", "58160000", "32x32, features only"),
        ("deit/deit-tiny_4xb256_in1k.py", "1258219200", "5717416", "mmengine 0.10.7, attention counted, 224x224"),
        ("repvgg/repvgg-A0_8xb32_in1k.py", "1360233728", "8309384", "in deploy mode"),
    ],
)
def test_a_metafiles_numbers_come_out(
    card: Callable[..., Model], config: str, flops: str, parameters: str, convention: str
) -> None:
    weights = "https://download.openmmlab.com/mmclassification/v0/x/y.pth"
    model = card("x", Config=f"configs/{config}", Weights=weights)
    claims = [claim(model, "flops", flops), claim(model, "parameters", parameters)]
    outcomes = list(verify_counts([(model, claims)], engine=Local()))
    assert [outcome.verdict for outcome in outcomes] == ["reproduced", "reproduced"], [
        outcome.reason for outcome in outcomes
    ]
    assert outcomes[0].measurement is not None
    assert convention in str(outcomes[0].measurement.convention)


@needs_zoo
def test_a_model_is_named_by_its_config_or_by_its_metafiles_name() -> None:
    by_config = target("openmmlab:mmpretrain/resnet18_8xb32_in1k")
    assert (by_config.name, by_config.input_size) == ("mmpretrain/resnet18_8xb32_in1k", (3, 224, 224))
    by_name = target("openmmlab:mmpretrain/convnext-tiny_32xb128_in1k")
    assert by_name.weights is None or by_name.weights.url.startswith("https://download.openmmlab.com/")
    with pytest.raises(BuildError, match="no config and no model 'nope'"):
        target("openmmlab:mmpretrain/nope")
    with pytest.raises(BuildError, match="names no zoo"):
        target("openmmlab:resnet18")


@needs_zoo
def test_a_type_that_no_registry_has_is_refused_by_its_name() -> None:
    net = {"type": "ImageClassifier", "backbone": {"type": "LeNet5"}}
    with pytest.raises(BuildError, match=r"^mmpretrain has no 'NoSuchNet'$"):
        build_model("mmpretrain", {**net, "backbone": {"type": "NoSuchNet"}})
    with pytest.raises(BuildError, match=r"^mmengine has no 'LeNet5'$"):
        build_model("mmpretrain", {**net, "backbone": {"type": "LeNet5", "_scope_": "mmengine"}})


def test_a_package_of_data_that_does_not_load_is_stood_in_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """xtcocotools is compiled for one numpy and fails beside another; munkres is not there."""
    (tmp_path / "xtcocotools").mkdir()
    (tmp_path / "xtcocotools" / "__init__.py").write_text("")
    (tmp_path / "xtcocotools" / "mask.py").write_text("raise ValueError('numpy.dtype size changed')")
    (tmp_path / "posezoo.py").write_text("from munkres import Munkres\nfrom xtcocotools.mask import area as found\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("xtcocotools", "xtcocotools.mask", "munkres", "posezoo"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(
        "registry.verify.builders.openmmlab.shim._OF_DATA", {"munkres": "no_munkres", "xtcocotools": "xtcocotools.mask"}
    )
    stand_in()
    module = import_with_placeholders("posezoo", "posezoo")
    with pytest.raises(BuildError, match=r"^the installed xtcocotools lacks its module xtcocotools.mask, or"):
        module.found()
    for name in ("xtcocotools", "xtcocotools.mask", "munkres", "posezoo"):
        sys.modules.pop(name, None)


@needs_zoo
def test_a_classifier_answers_as_the_zoo_does(tmp_path: Path) -> None:
    """Random weights, saved as the zoo saves them; a picture goes through our preprocessing and the zoo's."""
    name = "deit-tiny_4xb256_in1k"
    network = target(f"openmmlab:mmpretrain/{name}")
    torch.manual_seed(0)
    saved = network.build()
    torch.save({"meta": {"epoch": 1}, "state_dict": saved.state_dict()}, tmp_path / "net-12345678.pth")

    ours = network.build().eval()
    fit(ours, unwrap(read_checkpoint(tmp_path / "net-12345678.pth", policy=Policy()), ours.state_dict()).tensors)
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8))
    picture.save(tmp_path / "picture.png")
    assert network.preprocessing is not None
    pixels = torch.from_numpy(Geometry.of(network.preprocessing).apply(picture)).permute(2, 0, 1)[None]
    with torch.no_grad():
        answer = ours(normalise(pixels, network.preprocessing))
    assert torch.allclose(answer, theirs(name, saved, tmp_path / "picture.png"), atol=1e-5)


def theirs(name: str, saved: torch.nn.Module, picture: Path) -> torch.Tensor:
    """The zoo's logits, through its own pipeline and preprocessor."""
    apis: Any = importlib.import_module("mmpretrain.apis")
    registry: Any = importlib.import_module("mmpretrain.registry")
    compose: Any = importlib.import_module("mmengine.dataset").Compose
    model = apis.get_model(str(configs_of("mmpretrain") / "deit" / f"{name}.py"), device="cpu")
    model.load_state_dict(saved.state_dict())
    steps = [registry.TRANSFORMS.build(step) for step in model._config.test_dataloader.dataset.pipeline]
    batch = compose(steps)({"img_path": str(picture)})
    data = model.data_preprocessor({"inputs": [batch["inputs"]], "data_samples": [batch["data_samples"]]}, False)
    with torch.no_grad():
        answer: torch.Tensor = model(data["inputs"], mode="tensor")
    return answer


@pytest.mark.skipif(find_spec("mmseg") is None, reason="mmsegmentation is not installed")
@pytest.mark.parametrize(
    "config", ["fcn/fcn_r50-d8_4xb2-40k_cityscapes-512x1024", "segformer/segformer_mit-b0_8xb2-160k_ade20k-512x512"]
)
def test_a_segmenter_is_built(config: str) -> None:
    model = build(target(f"openmmlab:mmseg/{config.rpartition('/')[2]}").build)
    assert sum(parameter.numel() for parameter in model.parameters()) > 1e6


@needs_zoo
def test_a_compiled_operator_that_is_not_here_says_its_name() -> None:
    import_zoo("mmpretrain")
    if importlib.import_module("mmcv._ext").__spec__.loader is not None:  # type: ignore[union-attr]
        pytest.skip("mmcv has its compiled operators")
    ops: Any = importlib.import_module("mmcv.ops")
    with pytest.raises(MissingOperatorError, match="it needs the compiled operator 'nms' of mmcv"):
        ops.nms(torch.rand(3, 4), torch.rand(3), 0.5)


@pytest.mark.skipif(find_spec("mmdet") is None, reason="mmdet is not installed")
def test_a_detector_is_built_or_refused_with_the_reason(card: Callable[..., Model]) -> None:
    model = card("x", Builder="openmmlab:mmdet/faster-rcnn_r50-caffe-c4_ms-1x_coco")
    (outcome,) = verify_counts([(model, [claim(model, "parameters", "41755286")])], engine=Local())
    assert outcome.verdict in ("refuted", "unverifiable")
    assert outcome.reason.startswith(("the model has 3", "mmdet cannot be imported", "the model cannot be built"))


@pytest.mark.skipif(find_spec("mmdet") is None, reason="mmdet is not installed")
def test_what_a_constructor_fetches_from_the_hub_is_not_fetched() -> None:
    network = target("openmmlab:mmdet/glip_atss_swin-t_a_fpn_dyhead_16xb2_ms-2x_funtune_coco")
    with pytest.raises(BuildError, match=r"fetches a part of it from the Hugging Face Hub|cannot be imported"):
        build(network.build)


@needs_zoo
def test_names_lead_where_mim_and_the_zoo_lead(tmp_path: Path) -> None:
    """Both read the metafiles by the package model-index and ask in lower case."""
    load = pytest.importorskip("modelindex.load_model_index").load
    root = configs_of("mmpretrain").parent
    index = tmp_path / "model-index.yml"
    files = [root / "configs" / name / "metafile.yml" for name in ("resnet", "clip", "itpn", "vision_transformer")]
    index.write_text("Import:\n" + "".join(f"- {file}\n" for file in files))
    models = load(str(index)).models
    assert len(models) > 40
    for entry in models:
        model = model_named("mmpretrain", entry.name.upper())
        assert model is not None
        assert model.name == entry.name
        assert root / "configs" / model.config == root / entry.config
        assert config_file("mmpretrain", entry.name).is_file()


@pytest.mark.skipif(find_spec("mmdet") is None, reason="mmdet is not installed")
def test_an_alias_leads_to_its_model() -> None:
    assert model_named("mmdet", "RTMDet-T") is model_named("mmdet", "rtmdet_tiny_8xb32-300e_coco")


def test_a_part_that_a_wheel_lacks_is_lacked_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel of mmaction2 1.2.0 lacks a folder that its own package imports."""
    package = tmp_path / "holed_zoo"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "models" / "__init__.py").write_text("from .drn.drn import DRN\nfrom .here import Here\n")
    (package / "models" / "here.py").write_text("class Here: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = import_with_placeholders("holed_zoo", "holed_zoo.models")
    assert module.Here.__name__ == "Here"
    with pytest.raises(BuildError, match=r"the installed holed_zoo lacks its module holed_zoo\.models\.drn\.drn"):
        module.DRN()
    (package / "other.py").write_text("import elsewhere\n")
    importlib.invalidate_caches()
    with pytest.raises(ModuleNotFoundError, match="elsewhere"):
        import_with_placeholders("holed_zoo", "holed_zoo.other")
