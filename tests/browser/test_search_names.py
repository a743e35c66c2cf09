"""What the search shows first of the names of `models/`, for what people type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from registry.evidence import Store
from registry.loader import load
from registry.publish import Material, search_names
from registry.publish.content import gather
from registry.publish.links import Links

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def ranking(browser: Browser) -> Iterator[Page]:
    """A page with nothing but the ranking and the names."""
    cards = ROOT / "models"
    material = Material(index=load([cards]), findings=[], evidence=Store(cards / "evidence").all())
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "site" / "theme" / "ranking.js")
    page.add_script_tag(content=search_names.script(gather(material), Links()))
    page.evaluate("window.entries = mirRank.read(mirNames)")
    yield page
    page.close()


def first(page: Page, typed: str) -> tuple[str, str]:
    """Kind and name of what stands first."""
    found = page.evaluate("typed => mirRank.find(mirNames, entries, typed, 1)", typed)
    return (found[0]["kind"], found[0]["name"]) if found else ("", "")


@pytest.mark.parametrize(
    ("name", "spellings"),
    [
        ("resnet50.IMAGENET1K_V1", ("resnet50", "ResNet 50", "resnet-50", "Resnet_50", "ResNet/50")),
        ("resnet50.IMAGENET1K_V2", ("resnet50 v2", "resnet50.IMAGENET1K_V2")),
        ("resnet101.IMAGENET1K_V1", ("resnet 101", "ResNet-101")),
        ("resnet50d.a1_in1k", ("resnet50d", "ResNet-50-D")),
        ("swin_t.IMAGENET1K_V1", ("swin-t", "Swin-T", "swin tiny")),
        ("swin_v2_t.IMAGENET1K_V1", ("swin v2 t", "SwinV2-T")),
        ("vit_b_16.IMAGENET1K_V1", ("ViT-B/16", "vit_b_16", "vit-base-p16", "vit base patch16", "vitb16")),
        ("vit_l_16.IMAGENET1K_V1", ("ViT-L/16", "vit large 16")),
        ("vit_large_patch14_clip_224.openai_ft_in1k", ("ViT-L/14",)),
        ("convnext_tiny.IMAGENET1K_V1", ("convnext-t", "convnext tiny", "ConvNeXt-Tiny", "convnexttiny")),
        ("convnextv2_base.fcmae_ft_in1k", ("convnext v2 base", "ConvNeXtV2-B")),
        ("efficientnet_b0.IMAGENET1K_V1", ("efficientnet b0", "EfficientNet-B0")),
        ("efficientnet_v2_s.IMAGENET1K_V1", ("EfficientNetV2-S", "efficientnet v2 small")),
        ("mobilenet_v2.IMAGENET1K_V1", ("mobilenet v2", "MobileNetV2")),
        ("mobilenet_v3_large.IMAGENET1K_V1", ("mobilenet v3 large", "MobileNetV3-L")),
        ("densenet121.IMAGENET1K_V1", ("densenet121", "DenseNet-121")),
        ("deit_small_patch16_224.fb_in1k", ("deit small", "DeiT-S")),
        ("inception_v3.IMAGENET1K_V1", ("inception v3", "Inception-V3")),
        ("vgg16.IMAGENET1K_V1", ("vgg16", "VGG-16")),
        ("vgg19_bn.IMAGENET1K_V1", ("vgg 19 bn",)),
        ("googlenet.IMAGENET1K_V1", ("googlenet", "GoogLeNet")),
        ("AlexNet", ("alexnet",)),
        ("wide_resnet50_2.IMAGENET1K_V1", ("wide resnet 50", "Wide-ResNet-50-2")),
        ("resnext50_32x4d.IMAGENET1K_V1", ("resnext50", "ResNeXt-50 (32x4d)")),
        ("regnet_y_16gf.IMAGENET1K_V1", ("regnet y 16gf", "RegNetY-16GF")),
        ("maskrcnn_resnet50_fpn.COCO_V1", ("mask r-cnn", "Mask RCNN ResNet-50 FPN")),
    ],
)
def test_a_model_is_found_first_however_it_is_spelt(ranking: Page, name: str, spellings: tuple[str, ...]) -> None:
    assert {typed: first(ranking, typed) for typed in spellings} == dict.fromkeys(spellings, ("model", name))


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("imagenet", "data set", "ImageNet"),
        ("ImageNet-1k", "data set", "ImageNet"),
        ("imagenet a", "data set", "ImageNet-A"),
        ("coco", "data set", "COCO"),
        ("image classification", "task", "Image Classification"),
        ("fvcore", "convention", "fvcore 0.1.5"),
        ("mir204", "rule", "MIR204 percentage-range"),
        ("wrong numbers", "guide", "Wrong numbers in published zoos"),
        ("4.11", "number", "Which count is 4.11? Find it"),
        ("8.2 GFLOPs", "number", "Which count is 8.2 GFLOPs? Find it"),
        ("41282200", "guide", "Wrong numbers in published zoos"),
        ("qqqqq", "", ""),
        ("<script>", "", ""),
        ("--", "", ""),
    ],
)
def test_something_else_is_found_first(ranking: Page, typed: str, kind: str, name: str) -> None:
    assert first(ranking, typed) == (kind, name)


def test_the_names_of_ten_thousand_models_would_stay_small(ranking: Page) -> None:
    size = ranking.evaluate("JSON.stringify(mirNames).length")
    models = ranking.evaluate("mirNames.kinds[0][2].length")
    assert size / models * 10_000 < 1_000_000
