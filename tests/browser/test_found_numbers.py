"""The page that finds a number, asked for numbers whose origin is known.

The numbers are from torchvision's documentation (`GFLOPS` of its weights), from runs of the tools themselves, and from
papers and READMEs of tools; none was taken from the page.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from registry.evidence import Store
from registry.loader import load
from registry.publish.content import gather
from registry.publish.material import Material
from registry.publish.pages import why

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ROOT = Path(__file__).parents[2]

# What is typed as the number and as the model, then what the first row of the answer tells: name, count, input, tools.
ASKED = (
    # The tools, run on torchvision's ResNet-50.
    ("4089184256", "ResNet-50", "resnet50", "4,089,184,256 MACs", "3x224x224", "MACs"),
    ("4,089,238,376", "resnet50", "resnet50", "4,089,238,376 MACs", "3x224x224", "torchinfo 1.8.0"),
    ("4100300288", "resnet 50", "resnet50", "4,100,300,288 MACs", "3x224x224", "torchprofile 0.1.0"),
    ("4111512576", "resnet50", "resnet50", "4,111,512,576 MACs", "3x224x224", "fvcore 0.1.5"),
    ("4111514624", "resnet50", "resnet50", "4,111,514,624 MACs", "3x224x224", "thop 0.0.31"),
    ("4121924096", "resnet50", "resnet50", "4,121,924,096 MACs", "3x224x224", "mmcv 1.x"),
    ("4132436968", "resnet50", "resnet50", "4,132,436,968 MACs", "3x224x224", "ptflops 0.7.5 (pytorch)"),
    ("4133742592", "resnet50", "resnet50", "4,133,742,592 MACs", "3x224x224", "thop 0.1.1"),
    ("8211108352", "resnet50", "resnet50", "8,211,108,352 FLOPs", "3x224x224", "deepspeed 0.19.8 (flops)"),
    # As people round them.
    ("4.09", "resnet50", "resnet50", "4,089,184,256 MACs", "3x224x224", "MACs"),
    ("4.11", "resnet50", "resnet50", "4,111,512,576 MACs", "3x224x224", "fvcore 0.1.5"),
    ("4.12 GMACs", "ResNet50", "resnet50", "4,121,924,096 MACs", "3x224x224", "mmcv 1.x"),
    ("8.2 GFLOPs", "resnet50", "resnet50", "2 x 4,089,184,256 MACs", "3x224x224", "MACs"),
    ("4,11", "resnet50", "resnet50", "4,111,512,576 MACs", "3x224x224", "fvcore 0.1.5"),
    # torchvision's documentation.
    ("15.47", "vgg16", "vgg16", "15,470,264,320 MACs", "3x224x224", "MACs"),
    ("17.56", "vit_b_16", "vit_b_16", "17,563,828,224 MACs", "3x224x224", "MACs"),
    ("61.55", "vit_l_16", "vit_l_16", "61,554,712,576 MACs", "3x224x224", "MACs"),
    ("55.48", "vit_b_16", "vit_b_16", "55,484,350,464 MACs", "3x384x384", "MACs"),
    ("15.43", "swin_b", "swin_b", "15,430,946,816 MACs", "3x224x224", "MACs"),
    ("2.83", "densenet121", "densenet121", "2,834,161,664 MACs", "3x224x224", "MACs"),
    ("37.75", "efficientnet_b7", "efficientnet_b7", "37,745,884,192 MACs", "3x600x600", "MACs"),
    ("0.22", "mobilenet_v3_large", "mobilenet_v3_large", "216,589,760 MACs", "3x224x224", "MACs"),
    ("15.91", "regnet_y_16gf", "regnet_y_16gf", "15,911,510,272 MACs", "3x224x224", "MACs"),
    ("5.71", "inception_v3", "inception_v3", "5,713,216,096 MACs", "3x299x299", "MACs"),
    ("5.56", "maxvit_t", "maxvit_t", "5,558,046,720 MACs", "3x224x224", "MACs"),
    ("134.38", "faster rcnn", "fasterrcnn_resnet50_fpn", "134,379,721,216 MACs", "3x800x800", "MACs"),
    # Papers, and READMEs of the tools.
    ("17.6", "ViT-B/16", "vit_b_16", "17,563,828,224 MACs", "3x224x224", "MACs"),
    ("4.5 G", "Swin-T", "swin_t", "4,490,566,656 MACs", "3x224x224", "MACs"),
    ("4.5e9", "ConvNeXt-T", "convnext_tiny", "4,455,531,264 MACs", "3x224x224", "MACs"),
    ("0.39B", "EfficientNet-B0", "efficientnet_b0", "385,814,752 MACs", "3x224x224", "MACs"),
    ("0.33", "MobileNetV2", "mobilenet_v2", "327,486,720 MACs", "3x224x224", "thop 0.1.1"),
    ("2.88", "DenseNet-121", "densenet121", "2,882,619,136 MACs", "3x224x224", "mmcv 1.x"),
    ("5.73", "Inception v3", "inception_v3", "5,731,282,144 MACs", "3x299x299", "fvcore 0.1.5"),
)

# What is said where no convention gives the number, and what the last column of the first row tells.
UNLIKE = (
    ("3.8 x 10^9", "resnet50", "its first version", "7.6%"),
    ("300M", "MobileNetV2", "No convention gives this number to its last digit", "0.3%"),
    ("146M", "ShuffleNet V2 1x", 'those with "ShuffleNet V2"', "0.6%"),
    ("12,345,678", "resnet50", "another version of the model, or a mistake", "331 times more"),
    ("4.1", "no such network", "No model that was counted here has such a name", ""),
    ("much", "resnet50", "This is no number", ""),
)


def test_tells_who_counts_a_number_so(browser: Browser, tmp_path: Path) -> None:
    models = ROOT / "models"
    index = load([models / "torchvision", models / "alexnet.md"], root=models)
    content = gather(Material(index=index, evidence=Store(models / "evidence").records()))
    (tmp_path / "ways-data.js").write_text(why.data(content), encoding="utf-8")
    script = (ROOT / "site" / "theme" / "ways.js").read_text(encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<meta charset="utf-8"><div id="mir-ways" data-ways="ways-data.js" data-models="models/x.html" '
        'data-conventions="conventions/x.html"></div>'
        f"<script>{script}</script>",
        encoding="utf-8",
    )
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    rows, answer = page.locator("#mir-ways-answer tbody tr"), page.locator("#mir-ways-answer")
    page.locator("#mir-ways-number").wait_for()
    wrong = []
    for number, model, *expected in ASKED:
        page.fill("#mir-ways-number", number)
        page.fill("#mir-ways-model", model)
        name, count, size, tools = (rows.first.inner_text().split("\t") if rows.count() else [""] * 4)[:4]
        if [name.partition(".")[0], count, size] != expected[:3] or expected[3] not in tools.split("; "):
            wrong.append((number, model, name, count, size, tools))
    assert wrong == []
    for number, model, sentence, last in UNLIKE:
        page.fill("#mir-ways-number", number)
        page.fill("#mir-ways-model", model)
        if sentence not in answer.inner_text() or (last and rows.first.inner_text().split("\t")[-1] != last):
            wrong.append((number, model, answer.inner_text()))
    assert wrong == []
    page.close()
