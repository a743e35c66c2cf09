"""How fast `mir check` is, beside `mi check` of PyPI's model-index and beside libyaml reading the same text.

Run it by hand: `python tests/bench/bench_check.py [--models 10000] [--repeat 5]`. It needs the published cards (see
`tests/conftest.py`) and, for the first comparison, `pip install model-index==0.1.11`. Everything runs on this machine
in this run; the figures go to `tests/bench/results/check-<device>.json`. Times are medians of processor time, and each
command takes turns with its peer.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from measure import ROOT, Command, Run, keep, middle

CORPORA = Path(os.environ.get("MIR_CORPORA", ROOT.parent / "shared" / "corpora"))
MIR = [sys.executable, "-c", "from registry.cli import main; main()", "check", "--format", "json"]
"""What the script that pip installs does, for the checkout that this file stands in."""

HELLO = """
import click
@click.command()
@click.option("--name", default="you", help="Whom to greet.")
def hello(name): click.echo(f"Hello {name}")
hello()
"""

# The floor: a program that only reads the YAML, with the loader that PyYAML calls fast.
PARSE = r"""
import pathlib, re, sys, time, yaml
texts = []
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if path.suffix == ".yml":
        texts.append(path.read_text())
    elif path.suffix == ".mdx":
        texts += re.findall(r"<!--\s*(Type: model-index.*?)-->", path.read_text(), re.DOTALL)
start = time.process_time()
for text in texts:
    yaml.load(text, Loader=yaml.CSafeLoader)
print(time.process_time() - start)
"""

# Where the rest goes: what each step takes together with those before it. No reader that knows lines and columns can do
# with less than libyaml's events.
EVENTS = PARSE.replace("yaml.load(text, Loader=yaml.CSafeLoader)", "list(yaml.parse(text, Loader=yaml.CSafeLoader))")
TREES = r"""
import pathlib, sys, time
from registry.gc import without_collector
from registry.read import read
paths = [path for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")) if path.suffix in (".yml", ".mdx")]
start = time.process_time()
with without_collector():
    for path in paths:
        read(path, str(path))
print(time.process_time() - start)
"""
CARDS = r"""
import pathlib, sys, time
from registry.gc import without_collector
from registry.loader import load
start = time.process_time()
with without_collector():
    load([pathlib.Path(sys.argv[1])])
print(time.process_time() - start)
"""

_NAMES = re.compile(r"^(\s*-?\s*(?:Name|In Collection): )(\S.*)$", re.MULTILINE)


def make_zoo(folder: Path, models: int) -> int:
    """Fill `folder` with copies of the published cards, each copy under names of its own; the number of models."""
    count = copy = 0
    cards = [
        path
        for corpus in ("mmpretrain", "timm")
        for path in sorted((CORPORA / corpus).rglob("*"))
        if path.suffix in (".yml", ".mdx") and path.name != "model-index.yml"
    ]
    while count < models:
        for path in cards:
            if count >= models:
                break
            text = _NAMES.sub(rf"\g<1>\g<2>-{copy}", path.read_text(encoding="utf-8"))
            count += len(re.findall(r"^\s*-?\s*In Collection:", text, re.MULTILINE))
            target = folder / f"zoo{copy}" / path.relative_to(CORPORA)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        copy += 1
    return count


def start(repeat: int) -> dict[str, object]:
    """`mir --version` beside click's own hello, and one card beside the import of the libraries that read one."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {"MIR_CACHE": cache}
        version, hello, first, again, libraries, ours, python = middle(
            [
                Command(words=[*MIR[:3], "--version"]),
                Command(words=[sys.executable, "-c", HELLO]),
                Command(words=[*MIR, "--no-cache", "alexnet.md"], cwd=CORPORA / "seed"),
                Command(words=[*MIR, "alexnet.md"], cwd=CORPORA / "seed", environment=environment),
                Command(words=[sys.executable, "-c", "import yaml, jsonschema"]),
                Command(words=[sys.executable, "-c", "import click, yaml, jsonschema_rs"]),
                Command(words=[sys.executable, "-c", "pass"]),
            ],
            repeat=repeat,
        )
    return {
        "version_seconds": version.cpu,
        "click_hello_seconds": hello.cpu,
        "version_ratio": version.cpu / hello.cpu,
        "one_card_seconds": first.cpu,
        "one_card_again_seconds": again.cpu,
        "libraries_seconds": libraries.cpu,
        "one_card_ratio": first.cpu / libraries.cpu,
        "one_card_again_ratio": again.cpu / libraries.cpu,
        "floor_python_seconds": python.cpu,
        "floor_libraries_seconds": ours.cpu,
    }


def against_mi(repeat: int) -> dict[str, object]:
    """mmpretrain's index: `mi check` and `mir check`, whole processes; the floor is to start and read the YAML."""
    cwd = CORPORA / "mmpretrain"
    peer = shutil.which("mi", path=Path(sys.executable).parent) or shutil.which("mi")
    if peer is None:
        sys.exit("pip install model-index==0.1.11, the peer that this measures against")
    with tempfile.TemporaryDirectory() as cache:
        first, again, mi, parse, card, *steps = middle(
            [
                Command(words=[*MIR, "--no-cache", "model-index.yml"], cwd=cwd),
                Command(words=[*MIR, "model-index.yml"], cwd=cwd, environment={"MIR_CACHE": cache}),
                Command(words=[sys.executable, peer, "check", "model-index.yml"], cwd=cwd),
                Command(words=[sys.executable, "-c", PARSE, str(cwd)]),
                Command(words=[*MIR, "--no-cache", "alexnet.md"], cwd=CORPORA / "seed"),
                *_steps(cwd),
            ],
            repeat=repeat,
        )
    lines = [line for line in mi.output.splitlines() if "metafile.yml: " in line]
    return {
        "first_seconds": first.cpu,
        "again_seconds": again.cpu,
        "mi_seconds": mi.cpu,
        "first_ratio": first.cpu / mi.cpu,
        "again_ratio": again.cpu / mi.cpu,
        "floor_start_seconds": card.cpu,
        "floor_libyaml_seconds": float(parse.output),
        **_seconds_of(steps),
        "first_over_floor": first.cpu / (card.cpu + float(parse.output)),
        "same_bytes": first.output == again.output,
        "mir_findings": len(json.loads(first.output)),
        "mi_findings": len(lines),
        "mi_findings_about_readmes": sum("README" in line for line in lines),
    }


def _steps(folder: Path) -> list[Command]:
    return [Command(words=[sys.executable, "-c", script, str(folder)], cores=1) for script in (EVENTS, TREES, CARDS)]


def _seconds_of(steps: Sequence[Run]) -> dict[str, float]:
    """What libyaml's events, then our trees, then our cards take, each with those before it; rules take the rest."""
    names = ("floor_events_seconds", "to_trees_seconds", "to_cards_seconds")
    return {name: float(step.output) for name, step in zip(names, steps, strict=True)}


def a_thousand_files(repeat: int) -> dict[str, object]:
    """A thousand files: the first run, the same again, and again with one of them changed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        zoo = folder / "zoo"
        models = make_zoo(zoo, 1000)
        while sum(1 for _ in cards_of(zoo)) < 1000:
            models += 500
            make_zoo(zoo, models)
        files = list(cards_of(zoo))[1000:]
        for file in files:
            file.unlink()
        changed = next(cards_of(zoo))

        def change() -> None:
            changed.write_text(f"{changed.read_text(encoding='utf-8')}\n", encoding="utf-8")

        environment = {"MIR_CACHE": str(folder / "cache")}
        first, one, again, card, version = middle(
            [
                Command(words=[*MIR, "--no-cache", "."], cwd=zoo, cores=1),
                Command(words=[*MIR, "."], cwd=zoo, cores=1, environment=environment, before=change),
                Command(words=[*MIR, "."], cwd=zoo, cores=1, environment=environment),
                Command(words=[*MIR, "--no-cache", "alexnet.md"], cwd=CORPORA / "seed", cores=1),
                Command(words=[*MIR[:3], "--version"], cores=1),
            ],
            repeat=repeat,
        )
    return {
        "files": 1000,
        "first_seconds": first.cpu,
        "again_seconds": again.cpu,
        "again_ratio": again.cpu / first.cpu,
        "one_changed_seconds": one.cpu,
        "one_changed_ratio": one.cpu / first.cpu,
        "one_changed_floor_seconds": again.cpu + card.cpu - version.cpu,
        "same_bytes": again.output == one.output,
    }


def cards_of(zoo: Path) -> Iterator[Path]:
    """The files of a zoo."""
    return (path for path in sorted(zoo.rglob("*")) if path.is_file())


def many_models(models: int, repeat: int) -> dict[str, object]:
    """A large zoo on one core and on all, beside libyaml's C loader on the same text.

    What runs on one core is measured in processor time, which other programs on the machine change little; what runs
    on two cannot be, so that there the wall clock counts, beside that of one core in the same turns.
    """
    with tempfile.TemporaryDirectory() as folder:
        sizes = sorted({100, 1000, models})
        zoos = [Path(folder) / str(size) for size in sizes]
        counts = [make_zoo(zoo, size) for zoo, size in zip(zoos, sizes, strict=True)]
        card, cores, parse, *others = middle(
            [
                Command(words=[*MIR, "--no-cache", "alexnet.md"], cwd=CORPORA / "seed", cores=1),
                Command(words=[*MIR, "--no-cache", str(zoos[-1])]),
                Command(words=[sys.executable, "-c", PARSE, str(zoos[-1])], cores=1),
                *_steps(zoos[-1]),
                *(Command(words=[*MIR, "--no-cache", str(zoo)], cores=1) for zoo in zoos),
            ],
            repeat=repeat,
        )
    steps, ones = others[:3], others[3:]
    libyaml, one = float(parse.output), ones[-1]
    return {
        "models": counts[-1],
        "floor_libyaml_seconds": libyaml,
        **_seconds_of(steps),
        "one_core_seconds": one.cpu,
        "one_core_ratio": one.cpu / libyaml,
        "one_core_wall_seconds": one.wall,
        "every_core_wall_seconds": cores.wall,
        "every_core_ratio": cores.wall / one.wall,
        "milliseconds_a_model": {
            count: 1000 * (run.cpu - card.cpu) / count for count, run in zip(counts, ones, strict=True)
        },
        "one_core_memory_mib": one.memory,
        "every_core_memory_mib": cores.memory,
        "findings": len(json.loads(one.output)),
    }


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    # As an installation by pip does: otherwise the first run of each module would be measured too.
    compileall.compile_dir(ROOT / "registry", quiet=1)
    device = f"cpu-{len(os.sched_getaffinity(0))}core"
    figures = {
        "device": device,
        "python": sys.version.split()[0],
        "load_average_before": os.getloadavg()[0],
        "start": start(options.repeat),
        "mmpretrain": against_mi(options.repeat),
        "thousand": a_thousand_files(options.repeat),
        "zoo": many_models(options.models, options.repeat),
    }
    keep(f"check-{device}", figures)


if __name__ == "__main__":
    main()
