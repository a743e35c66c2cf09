"""A card leads to code by what it names and links to, and says how; an unknown name is one clear sentence."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from registry.types import BuildError, Model
from registry.verify import plugins
from registry.verify.builders import libraries, resolution, resolve, target
from registry.verify.builders.package import Builder, Package

CardMaker = Callable[..., Model]
TORCHVISION = "https://github.com/pytorch/vision/blob/5a31545/torchvision/models/alexnet.py#L53"


def test_the_builder_field_goes_before_everything_else(card: CardMaker) -> None:
    target = resolve(card("AlexNet", Builder="registry:digits-cnn", Code=TORCHVISION, metadata={"ID": "alexnet"}))
    assert (target.library, target.name, target.how) == ("registry", "digits-cnn", "by its Builder field")
    assert target.input_size == (1, 8, 8)
    assert target.preprocessing is not None
    assert target.categories == tuple("0123456789")


def test_a_builder_is_shaped_by_the_weights_that_the_card_links(card: CardMaker) -> None:
    second = "https://download.pytorch.org/models/resnet50-11ad3fa6.pth"
    target = resolve(card("ResNet-50", Builder="torchvision:resnet50", Weights=second))
    assert (target.name, target.how) == ("resnet50.IMAGENET1K_V2", "by its Builder field and by its weights' URL")
    other = resolve(card("ResNet-18", Builder="torchvision:resnet18", Weights=second))
    assert (other.name, other.how) == ("resnet18.IMAGENET1K_V1", "by its Builder field")


def test_a_file_that_was_uploaded_again_is_found_and_the_difference_said(card: CardMaker) -> None:
    target = resolve(card("AlexNet", Weights="https://download.pytorch.org/models/alexnet-owt-4df8aa71.pth"))
    assert target.name == "alexnet.IMAGENET1K_V1"
    assert target.how == (
        "by its weights' file alexnet-owt-4df8aa71.pth, which torchvision now publishes as alexnet-owt-7be5be79.pth"
    )
    assert target.weights is not None
    assert target.weights.sha256 == "7be5be79"


def test_the_same_stem_on_another_host_proves_nothing(card: CardMaker) -> None:
    with pytest.raises(BuildError, match=r"no library here publishes the weights alexnet-owt-4df8aa71\.pth"):
        resolve(card("AlexNet", Weights="https://example.org/alexnet-owt-4df8aa71.pth"))


def test_a_link_to_the_code_and_an_id_are_enough(card: CardMaker) -> None:
    assert resolve(card("AlexNet", Code=TORCHVISION, metadata={"ID": "alexnet"})).how == "by its ID 'alexnet'"
    assert resolve(card("ResNet-101", Code=TORCHVISION)).how == "by its name 'ResNet-101'"


@pytest.mark.parametrize(
    ("builder", "message"),
    [
        ("resnet50", "'resnet50' names no builder; write the library and the model, such as torchvision:resnet50"),
        ("keras:resnet50", "no builder library is called 'keras'; there are torchvision, timm, registry"),
        ("torchvision:resnet5", "has no model 'resnet5'; nearest are resnet50"),
        ("torchvision:resnet50.V9", "resnet50 has no weights 'V9'; it has IMAGENET1K_V1, IMAGENET1K_V2"),
        ("registry:digits", "registry has no model 'digits'; it has digits-cnn"),
    ],
)
def test_an_unknown_builder_is_one_sentence_with_what_is_known(card: CardMaker, builder: str, message: str) -> None:
    with pytest.raises(BuildError) as caught:
        resolve(card("x", Builder=builder))
    assert message in caught.value.message


def test_code_of_a_library_without_builders_is_named(card: CardMaker) -> None:
    with pytest.raises(BuildError, match=r"no builder is known for the code at https://github\.com/facebookresearch"):
        resolve(card("ResNet-50", Code={"URL": "https://github.com/facebookresearch/deit/x.py", "Version": "v0.15"}))


@pytest.mark.parametrize(
    "builder",
    [
        "torchvision:resnet50",
        "torchvision:vit_h_14.IMAGENET1K_SWAG_E2E_V1",
        "torchvision:deeplabv3_resnet50",
        "torchvision:fasterrcnn_resnet50_fpn",
        "registry:digits-cnn",
    ],
)
def test_what_resolve_returns_goes_to_another_process(builder: str) -> None:
    assert pickle.loads(pickle.dumps(target(builder))).name == target(builder).name


def test_torchvision_models_are_shaped_by_their_weights_without_a_download() -> None:
    import torch

    with torch.device("meta"):
        segmentation = target("torchvision:deeplabv3_resnet50").build()
        tall = target("torchvision:vit_b_16.IMAGENET1K_SWAG_E2E_V1").build()
    assert sum(parameter.numel() for parameter in segmentation.parameters()) == 42004074  # torchvision's own num_params
    assert sum(parameter.numel() for parameter in tall.parameters()) == 86859496


def test_the_transform_of_the_weights_is_plain_data() -> None:
    steps = target("torchvision:inception_v3").preprocessing
    assert steps is not None
    assert (steps.resize, steps.crop, steps.interpolation, steps.antialias) == (342, 299, "bilinear", True)


class Installed:
    name, dist = "zoo", None

    @staticmethod
    def load() -> dict[str, Builder]:
        return {"tiny": Builder(build=dict)}  # type: ignore[arg-type]


def test_an_installed_package_offers_builders_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "is_worker", lambda: True)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [Installed] if group == "mir.builders" else [])
    for cached in (resolution.library, plugins.installed, plugins._load):
        cached.cache_clear()
    try:
        assert isinstance(resolution.library("zoo"), Package)
        assert "zoo" in libraries()
        assert target("zoo:tiny").library == "zoo"
        with pytest.raises(BuildError, match="zoo has no model 'huge'; it has tiny"):
            target("zoo:huge")
    finally:
        for cached in (resolution.library, plugins.installed, plugins._load):
            cached.cache_clear()
