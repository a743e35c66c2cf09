"""How fast `mir site build` is, beside MkDocs building as many hand-written pages of the same size.

Run it by hand: `python tests/bench/bench_site.py [--models 1000 10000] [--repeat 3]`. Each card has its own text, like
a model zoo's README, and its numbers; the hand-written pages say the same in Markdown and have as many bytes as the
pages that mir generates. Both are built by the same MkDocs with the same configuration, in whole processes, one
after the other. The figures are processor seconds, which a busy machine does not stretch, and go to
`tests/bench/results/site-<device>.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from pathlib import Path

from measure import ROOT, Command, best, measure

BUILD = [sys.executable, "-m", "registry", "site", "build"]
MKDOCS = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file"]

TEXT = """
# {name}

**{name}** is a convolutional network with [residual connections](https://arxiv.org/abs/1512.03385), of width {width}.
It keeps the `stem` of its family and changes how the *bottleneck* is laid out, so that stage {stage} is cheaper.

## How do I load this model?

```python
import timm

model = timm.create_model("{name}", pretrained=True)
model.eval()
```

To load and preprocess the image:

```python
from PIL import Image
from timm.data import resolve_data_config
from timm.data.transforms_factory import create_transform

config = resolve_data_config({{}}, model=model)
transform = create_transform(**config)
image = Image.open("dog.jpg").convert("RGB")
tensor = transform(image).unsqueeze(0)
```

Replace the name with the variant that you want to use. Read [the guide](guide.md) first.

| layer | width | blocks |
|---|---|---|
| stem | {width} | 1 |
| one | {width} | {stage} |
| two | {width} | {stage} |

## Citation

```bibtex
@article{{he2016,
  title   = {{Deep Residual Learning for Image Recognition}},
  author  = {{Kaiming He and Xiangyu Zhang and Shaoqing Ren and Jian Sun}},
  journal = {{CVPR}},
  year    = {{2016}}
}}
```
"""

CARD = """<!--
Type: model-index
Collections:
- Name: family-{family}
  Paper: https://arxiv.org/abs/1512.{family:05d}
Models:
- Name: {name}
  In Collection: family-{family}
  Metadata:
    FLOPs: {flops}
    Parameters: {parameters}
    Architecture: [Convolution, Batch Normalization, ReLU]
    Training Data: [ImageNet]
    Epochs: 90
  Results:
  - Task: Image Classification
    Dataset: ImageNet
    Metrics:
      Top 1 Accuracy: {top1:.2f}%
      Top 5 Accuracy: {top5:.2f}%
  Weights: https://example.org/weights/{name}.pth
-->
"""

CLAIMS = """
## Claims

| claim | reported | measured | verdict |
|---|---|---|---|
| FLOPs | {flops} | - | self-reported |
| Parameters | {parameters} | - | self-reported |
| Top 1 Accuracy | {top1:.2f}% | - | self-reported |
| Top 5 Accuracy | {top5:.2f}% | - | self-reported |
"""


def numbers(at: int) -> dict[str, object]:
    """What the card of one model says; the same on every run."""
    draw = random.Random(at)
    return {
        "name": f"net_{at:05d}",
        "family": at // 20,
        "width": draw.choice([32, 48, 64, 96]),
        "stage": draw.randint(2, 9),
        "flops": draw.randint(10**8, 10**11),
        "parameters": draw.randint(10**6, 10**9),
        "top1": draw.uniform(55, 88),
        "top5": draw.uniform(88, 98),
    }


def write_cards(folder: Path, models: int) -> None:
    """As many cards, one a file."""
    for at in range(models):
        fields = numbers(at)
        path = folder / f"family-{fields['family']}" / f"{fields['name']}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((CARD + TEXT).format(**fields), encoding="utf-8")


def write_pages(folder: Path, generated: Path) -> None:
    """As many hand-written pages as the generated folder has for models, each of the same number of bytes."""
    (folder / "models").mkdir(parents=True)
    (folder / "index.md").write_text("# Models\n", encoding="utf-8")
    for page in sorted((generated / "models").glob("net-*.md")):
        at = int(page.stem.removeprefix("net-"))
        fields = numbers(at)
        text, size = TEXT.format(**fields) + CLAIMS.format(**fields), page.stat().st_size
        while len(text) < size:
            text += TEXT.format(**fields).replace("\n# ", "\n## ")
        (folder / "models" / page.name).write_text(text[:size].rstrip("`\n ") + "\n", encoding="utf-8")


def config(folder: Path) -> Path:
    """mir's own mkdocs.yml for hand-written pages: the same theme, plugins and extensions."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").replace("site/overrides", str(ROOT / "site" / "overrides"))
    settings = text[: text.index("nav:")] + "nav: [index.md]\n" + text[text.index("not_in_nav:") :]
    settings = settings.replace("build/docs", "docs").replace("build/html", "html")
    lines = [line for line in settings.splitlines() if not line.startswith(("extra_css", "extra_javascript"))]
    file = folder / "mkdocs.yml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def against_mkdocs(models: int, repeat: int, work: Path) -> dict[str, object]:
    """One size: mir, MkDocs alone, and a second build after one card changed."""
    cards, out, pages = work / "cards", work / "site" / "html", work / "hand" / "docs"
    write_cards(cards, models)
    again = Command(words=[*BUILD, "--cards", str(cards), "--out", str(out)])
    anew = Command(words=["sh", "-c", 'rm -rf "$0" && exec "$@"', str(out.parent), *again.words])
    measure(anew)
    write_pages(pages, out.with_name("docs"))
    by_hand = Command(words=[*MKDOCS, str(config(pages.parent))], cwd=pages.parent)
    mir, peer = best([anew, by_hand], repeat=repeat)
    count = len(list(pages.parent.glob("html/models/*.html")))
    assert count == len(list(out.glob("models/net-*.html"))) == models, "both built every page"
    card = min(cards.rglob("*.md"))
    card.write_text(card.read_text(encoding="utf-8").replace("Epochs: 90", "Epochs: 91"), encoding="utf-8")
    changed = measure(again)
    return {
        "models": models,
        "mir_seconds": mir.cpu,
        "mkdocs_seconds": peer.cpu,
        "ratio": mir.cpu / peer.cpu,
        "one_card_changed_seconds": changed.cpu,
        "mir_peak_mib": mir.memory,
        "page_bytes": sum(page.stat().st_size for page in (out.with_name("docs") / "models").glob("net-*.md"))
        // models,
        "site_mb": sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e6,
    }


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--device", default=f"cpu-{os.cpu_count()}core")
    options = parser.parse_args()
    figures = []
    for models in options.models:
        with tempfile.TemporaryDirectory() as folder:
            figures.append(against_mkdocs(models, options.repeat if models <= 1000 else 1, Path(folder)))
        print(json.dumps(figures[-1], indent=2))
    results = ROOT / "tests" / "bench" / "results" / f"site-{options.device}.json"
    results.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
