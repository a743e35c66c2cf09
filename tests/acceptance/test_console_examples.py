"""The console examples of README and the guide: every command line is one that mir takes, and what is shown is printed.

`MIR_UPDATE=1 python -m pytest tests/acceptance/test_console_examples.py` writes what is printed today.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from registry.cli.main import group

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "site" / "pages").glob("*.md"))]
BLOCK = re.compile(r"^```(?:console|sh|bash)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VERSION = re.compile(r"\b\d+\.\d+\.\d+(?:\.post\d+)?(?:\+\w+)?")
TIMES = re.compile(r"\d+ of \d+ models")

FOUR_MISTAKES = """\
<!--
Type: model-index
Models:
- Name: my-model
  Metadata:
    FLOPs: -3
    Paramters: 25.6M
  Results:
  - Task: Image Classification
    Dataset: Imagenet
    Metrics:
      Top 1 Accuracy: 1074.67%
-->
"""
TWO_CARDS = """\
Models:
- Name: resnet
  Metadata:
    Parameters: 25.6M
"""
ON_HUB = """\
---
license: Apache License 2.0
language:
- zh-CN
---
# A model
"""
RESNET18 = "Models:\n- Name: resnet18.IMAGENET1K_V1\n  Metadata: {Parameters: 11689513}\n"


def _models(*names: str) -> Callable[[], None]:
    def make() -> None:
        for name in names:
            source = ROOT / "models" / name
            target = Path("models", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)

    return make


def _resnet() -> None:
    Path("models").mkdir()
    Path("models/resnet.md").write_text(
        "---\nlicense: mit\n---\n# ResNet\n\n<!--\nType: model-index\nModels:\n- Name: a\n  Metadata:\n"
        "    Parameters: 25.6M\n    FLOPs: -3\n-->\n"
    )
    Path("models/vgg.yml").write_text(TWO_CARDS)


def _history() -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)

    Path("models").mkdir()
    git("init", "-q")
    for text in (RESNET18, RESNET18.replace("11689513", "11689512")):
        Path("models/resnet.yml").write_text(text)
        git("add", ".")
        git("commit", "-q", "-m", "cards")


SETUPS: dict[str, Callable[[], object]] = {
    "mir check card.md": lambda: Path("card.md").write_text(FOUR_MISTAKES),
    "mir verify models/alexnet.md": _models("alexnet.md", "digits-cnn.md", "digits-cnn.safetensors"),
    "mir count torchvision": lambda: None,
    "mir search 'flops < 1 GFLOPs": _models("torchvision"),
    "mir diff HEAD~1": _history,
    "mir check models": _resnet,
    "mir check --baseline": lambda: Path("card.md").write_text(FOUR_MISTAKES),
    "mir site build": _resnet,
    "mir check README.md": lambda: Path("README.md").write_text(ON_HUB),
    "mir convert models/alexnet.md": _models("alexnet.md"),
}
"""What has to be there before an example is run, by the beginning of its first command."""

ELSEWHERE = ("mir count hf://",)
"""Examples that need the network; their command lines are checked."""


def _blocks() -> Iterator[tuple[Path, str, str]]:
    """Page, command and output of each example."""
    for page in PAGES:
        if page.name == "commands.md":
            continue
        for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
            lines = block[1].splitlines()
            console = block[0].startswith("```console")
            command = ""
            output: list[str] = []
            for line in lines:
                if line.startswith("$ ") or (not console and line):
                    if command:
                        yield page, command, "\n".join(output)
                    command, output = line.removeprefix("$ ").partition("  #")[0].strip(), []
                else:
                    output.append(line)
            if command:
                yield page, command, "\n".join(output)


EXAMPLES = list(_blocks())
LINES = sorted({command for _, command, _ in EXAMPLES if command.startswith("mir ")})
SHOWN = [(page, command, output) for page, command, output in EXAMPLES if command.startswith("mir ") and output]


@pytest.mark.parametrize("line", LINES)
def test_every_command_line_of_the_guide_is_one_that_mir_takes(line):
    command: click.Command = group
    context = click.Context(group, info_name="mir")
    arguments = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        subcommand = command.get_command(context, arguments[0])
        assert subcommand is not None, f"there is no command {arguments[0]}"
        command, context, arguments = (
            subcommand,
            click.Context(subcommand, info_name=arguments[0], parent=context),
            arguments[1:],
        )
    refused = ""
    try:
        command.make_context(line, arguments)
    except click.UsageError as error:
        refused = str(error)
    assert not refused or "does not exist" in refused


def test_every_example_that_shows_an_output_is_run_or_says_why_not():
    assert len(SHOWN) >= 9
    for _, command, _ in SHOWN:
        assert command.startswith((*SETUPS, *ELSEWHERE)), command


@pytest.mark.parametrize(
    ("page", "command", "example"),
    [example for example in SHOWN if not example[1].startswith(ELSEWHERE)],
    ids=[command for _, command, _ in SHOWN if not command.startswith(ELSEWHERE)],
)
def test_what_an_example_shows_is_printed(mir, tmp_path, monkeypatch, page, command, example):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    next(make for start, make in SETUPS.items() if command.startswith(start))()
    _, out, err = mir(*shlex.split(command)[1:])
    printed = (out + err).strip("\n")
    if os.environ.get("MIR_UPDATE") and "...\n" not in example:
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(example, printed), encoding="utf-8")
        return
    assert _pattern(example.strip("\n")).fullmatch(_plain(printed) + "\n"), (
        f"{page.name} shows another output:\n{printed}"
    )


def _plain(text: str) -> str:
    return TIMES.sub("N of N models", VERSION.sub("V", text))


def _pattern(example: str) -> re.Pattern[str]:
    """What is printed as a pattern: a line of three dots stands for any lines."""
    lines = (r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in _plain(example).splitlines())
    return re.compile("".join(lines))
