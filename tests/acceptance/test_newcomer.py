"""Three newcomers at a terminal of 80 columns: a student with a model, a maintainer with cards, a reader of a card."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

NET = """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2))
        self.fc = nn.Linear(16 * 16 * 16, 10)

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))
"""

README = """\
---
license: mit
model-index:
- name: tiny-{number}
  results:
  - task: {{type: image-classification}}
    dataset: {{name: ImageNet, type: imagenet-1k, split: validation}}
    metrics:
    - {{type: accuracy, value: {value}}}
---
# Tiny {number}
"""


@pytest.fixture(autouse=True)
def at_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))


def fits(text: str) -> None:
    assert [line for line in text.splitlines() if len(line) > 80] == []


def test_a_student_counts_a_model_of_a_file(mir):
    Path("train.py").write_text(NET)
    code, out, err = mir("count", "./train.py:Net", "--input", "3x32x32")
    assert code == 0
    assert "running ./train.py to build the model" in err
    fits(out)
    rows = {line.split()[0].strip("├└─│"): line.split() for line in out.splitlines() if line.split()}
    assert rows["Net"][1:] == ["1x10", "41.4", "k", "483", "k", "100.00%"]
    assert re.search(r"├─ features +Sequential +1x16x16x16 +480 +442 k +91\.53%", out)
    assert re.search(r"│  ├─ 0 +Conv2d +1x16x32x32 +448 +442 k", out)
    # 3 * 9 * 16 * 32 * 32 + 4096 * 10, by hand
    assert "483328" in out
    assert " ".join(out.split()).count("967 k FLOPs (torch) is 2 x 483 k MACs") == 1
    assert "516 k (fvcore 0.1.5) adds normalisation" in " ".join(out.split())


@pytest.mark.parametrize("model", ["train.py", "train:Net", "train.py:"])
def test_a_student_is_told_how_a_file_is_named(mir, model):
    Path("train.py").write_text(NET)
    code, _, err = mir("count", model)
    assert code == 2
    assert "mir count ./train.py:Net" in err


def test_a_student_learns_where_three_numbers_of_one_model_come_from(mir):
    answers = {}
    for number in ("4.11G", "8.2G", "25.6M", "5.28G"):
        code, out, _ = mir("count", "torchvision:resnet50", "--explain", number)
        fits(out)
        answers[number] = code, " ".join(out.split())
    assert [code for code, _ in answers.values()] == [0, 0, 0, 1]
    assert "4111512576 fvcore 0.1.5" in answers["4.11G"][1]
    assert "8178368512 torch" in answers["8.2G"][1]
    assert (
        "8.18 G FLOPs (torch) is 2 x 4.09 G MACs; 4.11 G (thop 0.0.31, fvcore 0.1.5) adds normalisation"
        in answers["8.2G"][1]
    )
    assert "25.6M fits all parameters, 25557032" in answers["25.6M"][1]
    assert "nothing counts 5.28G" in answers["5.28G"][1]
    explained = json.loads(mir("count", "torchvision:resnet50", "--explain", "8.2G", "--format", "json")[1])[
        "explained"
    ]
    assert {"count": 8178368512, "convention": "torch"} in explained["fits"]
    for number, meant in (
        ("4.11", "4.11G"),
        ("4.11 MMACs", "4.11 GMACs"),
        ("4.09 MACs", "4.09 GMACs"),
        ("25.6", "25.6M"),
    ):
        code, out, _ = mir("count", "torchvision:resnet50", "--explain", number)
        assert (code, f"nothing counts {number}; did you mean {meant}?" in " ".join(out.split())) == (1, True)
    assert "'-3G' is not above zero" in mir("count", "torchvision:resnet50", "--explain=-3G")[2]
    assert "--explain: 'many' is not a number" in mir("count", "torchvision:resnet50", "--explain", "many")[2]


def test_a_maintainer_of_twelve_cards_guards_them_in_three_commands(mir):
    for number in range(12):
        Path(f"tiny-{number}").mkdir()
        Path(f"tiny-{number}", "README.md").write_text(
            README.format(number=number, value=174.5 if number == 7 else 70 + number)
        )
    code, out, _ = mir("check")
    assert code == 1
    assert "tiny-7" in out
    assert "174.5" in out
    code, _, err = mir("init")
    assert code == 0
    text = Path("tiny-7/README.md").read_text()
    Path("tiny-7/README.md").write_text(text.replace("174.5", "74.5"))
    code, out, err = mir("check")
    assert (code, out) == (0, "")
    assert "12 files, no findings" in err


def test_a_reader_of_a_card_on_the_internet_is_led_to_it(mir):
    for command in ("check", "verify"):
        code, _, err = mir(command, "https://example.org/zoo/card.md")
        assert code == 2
        assert "curl -LO https://example.org/zoo/card.md" in err
        code, _, err = mir(command, "acme/resnet50.a1_in1k")
        assert code == 2
        assert "hf://acme/resnet50.a1_in1k" in err
    Path("card.md").write_text(README.format(number=1, value=70))
    assert "did you mean card.md?" in mir("check", "crad.md")[2]


def test_a_page_of_the_hub_is_its_address(mir):
    for address in ("https://huggingface.co/acme/net", "https://hf.co/acme/net/blob/main/README.md", "hf:acme/net"):
        code, _, err = mir("check", address, "--offline")
        assert code == 2
        assert "acme/net was not fetched before" in err


CARD = """\
Models:
- Name: resnet50.IMAGENET1K_V1
  Metadata: {Parameters: 25557032, FLOPs: 4089184256}
  Results:
  - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 76.13%}}
- Name: vgg19.IMAGENET1K_V1
  Metadata: {Parameters: 143667240}
"""


@pytest.fixture
def cards() -> Path:
    Path("models").mkdir()
    Path("models/zoo.yml").write_text(CARD)
    return Path("models")


def test_a_reader_finds_a_model_by_a_part_of_its_name(mir, cards):
    code, out, _ = mir("show", "ResNet-50")
    fits(out)
    assert code == 0
    assert out.startswith("resnet50.IMAGENET1K_V1")
    code, out, _ = mir("search", "resnet")
    fits(out)
    assert (code, "resnet50.IMAGENET1K_V1" in out, "vgg19" in out) == (0, True, False)
    assert mir("show", "resnet50", cards)[0] == mir("show", "resnet50", "--cards", cards)[0] == 0
    assert "vgg19" in mir("show", "vgg91.IMAGENET1K_V1")[2]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("cuont torchvision:resnet50", "there is no command 'cuont'; did you mean count?"),
        ("verify models --only flops,parms", "no card claims 'parms'; did you mean Parameters?"),
        ("verify models --only typo", "no card claims 'typo'; there are flops, parameters, top-1-accuracy"),
        ("verify models --data imagnet=.", "no card names the dataset 'imagnet'; did you mean ImageNet?"),
        (
            "verify models --set Interpolaton=bicubic",
            "preprocessing has no 'Interpolaton'; did you mean Interpolation?",
        ),
        ("verify models --model resnet51.IMAGENET1K_V1", "did you mean resnet50.IMAGENET1K_V1?"),
        ("verify models --engine proces", "'proces' is not one of"),
        ("verify models --dta imagenet=.", "--data"),
        ("search 'parms < 5'", "did you mean"),
        ("search 'dataset = imagnet'", "no card has the dataset 'imagnet'; did you mean ImageNet?"),
        ("search 'not dataset != imagnet'", "no card has the dataset 'imagnet'; did you mean ImageNet?"),
        ("search 'resnet50 and task ~ clasification'", "did you mean"),
        ("search 'top1.mesured > 1'", "did you mean top1.measured?"),
        ("search resnte50.IMAGENET1K_V1", "did you mean resnet50.IMAGENET1K_V1?"),
        ("search resnte", "no card has the name 'resnte'; did you mean resnet?"),
        ("query \"SELECT * FROM claims WHERE verdict = 'refutd'\"", "'refutd' is no verdict"),
        ("query \"SELECT * FROM claims WHERE dataset IN ('imagenet')\"", "did you mean ImageNet?"),
        ("check models --select not-postive", "not-positive"),
        ("check models --dialect huggingfase", "huggingface"),
        ("schema model-indx", "model-index"),
        ("explain MIR20", "MIR20"),
        ("check models --also sarrif=x", "did you mean sarif?"),
        ("evidence check models --evidence modls", "there is no file or folder 'modls'; did you mean models?"),
        ("evidence show modls", "did you mean models?"),
        ("evidence show models --model resnte50", "no card has a model named 'resnte50'"),
        ("site build models --evidence modls", "did you mean models?"),
        ("rescore modls", "did you mean models?"),
        ("init modls", "did you mean models?"),
        ("convert models --to hugingface", "huggingface"),
    ],
)
def test_a_slip_of_the_keyboard_is_refused_with_what_was_meant(mir, cards, command, message):
    import shlex

    code, out, err = mir(*shlex.split(command))
    assert message in " ".join((out + err).split())
    assert code == 2


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("search 'dataset = CIFAR-10'", "no card has the dataset 'CIFAR-10'"),
        ("search 'name = resnet50'", "no card has the name 'resnet50'; there is resnet50.IMAGENET1K_V1"),
        ("search resnet500", "no card has the name 'resnet500'; did you mean resnet50?"),
        ("search 'dataset != CIFAR-10' --limit 1", "no card has the dataset 'CIFAR-10'"),
        ("query \"SELECT * FROM claims WHERE dataset = 'CIFAR-10'\"", "no row has the dataset 'CIFAR-10'"),
        ("query \"SELECT * FROM claims WHERE verdict = 'refuted'\"", ""),
    ],
)
def test_what_is_spelt_right_and_in_no_card_is_named_and_no_error(mir, cards, command, message):
    import shlex

    code, _, err = mir(*shlex.split(command))
    assert (code, message in err) == (0, True)


def test_a_misspelt_setting_is_refused_at_its_line(mir, cards):
    Path("mir.toml").write_text('paths = ["models"]\nexcldue = ["a"]\n')
    code, _, err = mir("check")
    assert code == 2
    assert "mir.toml:2:1" in err
    assert "did you mean 'exclude'?" in err


def test_no_digit_is_folded_at_any_width(mir, cards, monkeypatch):
    numbers = ("25557032", "4089184256", "143667240")
    for columns in (40, 60, 80, 100):
        monkeypatch.setenv("COLUMNS", str(columns))
        code, out, _ = mir("verify", "models", "--only", "parameters,flops", "--evidence", "evidence")
        assert all(number in out for number in numbers), columns
        assert max(map(len, out.splitlines())) <= columns
        assert all(number in mir("search", "")[1] for number in numbers[:2])
        assert code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal of this kind")
def test_a_real_terminal_is_asked_for_its_width(cards):
    import pty
    import struct
    import termios
    from fcntl import ioctl

    parent, child = pty.openpty()
    ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    subprocess.run(
        [sys.executable, "-m", "registry", "show", "resnet50", "--cards", str(cards)],
        stdout=child,
        check=True,
        env={**environment, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    os.close(child)
    screen = os.read(parent, 10000).decode()
    os.close(parent)
    assert "resnet50.IMAGENET1K_V1" in screen
    assert max(len(line.rstrip()) for line in screen.splitlines()) <= 60
