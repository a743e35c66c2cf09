"""How fast `mir check` is, beside `mi check` of PyPI's model-index and beside libyaml reading the same text.

Run it by hand: `python tests/bench/bench_check.py [--models 10000] [--repeat 5]`. It needs the published cards (see
`tests/conftest.py`) and, for the first comparison, `pip install model-index==0.1.11`. Everything runs on this machine
in this run; the figures go to `tests/bench/results/check-<device>.json`.
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
from pathlib import Path

from measure import ROOT, Command, best, keep

CORPORA = Path(os.environ.get("MIR_CORPORA", ROOT.parent / "shared" / "corpora"))
MIR = [sys.executable, "-c", "from registry.cli import main; main()", "check", "--format", "json"]
"""What the script that pip installs does, for the checkout that this file stands in."""

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


def against_mi(repeat: int) -> dict[str, object]:
    """mmpretrain's index: `mi check` and `mir check`, whole processes."""
    cwd = CORPORA / "mmpretrain"
    peer = shutil.which("mi", path=Path(sys.executable).parent)
    if peer is None:
        sys.exit("pip install model-index==0.1.11, the peer that this measures against")
    mir, mi = best(
        [Command(words=[*MIR, "model-index.yml"], cwd=cwd), Command(words=[peer, "check", "model-index.yml"], cwd=cwd)],
        repeat=repeat,
    )
    said = [line for line in mi.output.splitlines() if "metafile.yml: " in line]
    return {
        "mir_seconds": mir.wall,
        "mi_seconds": mi.wall,
        "ratio": mir.wall / mi.wall,
        "mir_processor_seconds": mir.cpu,
        "mi_processor_seconds": mi.cpu,
        "processor_ratio": mir.cpu / mi.cpu,
        "mir_findings": len(json.loads(mir.output)),
        "mi_findings": len(said),
        "mi_findings_about_readmes": sum("README" in line for line in said),
    }


def one_card(repeat: int) -> dict[str, object]:
    """A single card from the shell, and Python's own start for comparison."""
    card, python = best(
        [
            Command(words=[*MIR, "alexnet.md"], cwd=CORPORA / "seed"),
            Command(words=[sys.executable, "-c", "pass"]),
        ],
        repeat=repeat * 2,
    )
    return {"seconds": card.wall, "processor_seconds": card.cpu, "python_seconds": python.wall}


def many_models(models: int, repeat: int) -> dict[str, object]:
    """A large zoo on one core and on all, beside libyaml's C loader on the same text.

    What runs on one core is measured in processor time, which other programs on the machine change little.
    """
    with tempfile.TemporaryDirectory() as folder:
        sizes = sorted({100, 1000, models})
        zoos = [Path(folder) / str(size) for size in sizes]
        counts = [make_zoo(zoo, size) for zoo, size in zip(zoos, sizes, strict=True)]
        start, every, parse, *ones = best(
            [
                Command(words=[*MIR, "alexnet.md"], cwd=CORPORA / "seed", cores=1),
                Command(words=[*MIR, str(zoos[-1])]),
                Command(words=[sys.executable, "-c", PARSE, str(zoos[-1])], cores=1),
                *(Command(words=[*MIR, str(zoo)], cores=1) for zoo in zoos),
            ],
            repeat=repeat,
        )
    libyaml, one = float(parse.output), ones[-1]
    return {
        "models": counts[-1],
        "libyaml_seconds": libyaml,
        "one_core_seconds": one.cpu,
        "one_core_ratio": one.cpu / libyaml,
        "one_core_wall_seconds": one.wall,
        "every_core_wall_seconds": every.wall,
        "milliseconds_a_model": {
            count: 1000 * (run.cpu - start.cpu) / count for count, run in zip(counts, ones, strict=True)
        },
        "one_core_memory_mib": one.memory,
        "every_core_memory_mib": every.memory,
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
        "mmpretrain": against_mi(options.repeat),
        "one_card": one_card(options.repeat),
        "zoo": many_models(options.models, options.repeat),
    }
    keep(f"check-{device}", figures)


if __name__ == "__main__":
    main()
