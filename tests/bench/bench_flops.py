"""How fast models are counted, beside thop and fvcore on the same models in the same run.

Run it by hand: `python tests/bench/bench_flops.py [--only resnet] [--repeat 1]`. The models are those of torchvision's
115 classification weights, each at the size of its weights' crop, on two cores. thop and fvcore run as their users run
them, on real tensors with real, randomly filled models, whose building is timed apart; mir builds without weights,
traces, and counts under every convention with every switch. The three take turns model by model. Peak memory is that of
a whole process, torch included. Needs `pip install --no-deps -r tests/peers.txt`. The figures go to
`tests/bench/results/flops-<device>.json`.

The floor, in milliseconds of processor for eight models with 2 056 module and 2 576 function calls (November 2026):
torch alone runs them on meta in 400, of which its own shape functions are most, and a function and a dispatch mode that
record nothing add 44 to that. mir, which works shapes out itself, builds them in 65, traces in 100 and counts in 27
(160, 125 and 66 before, and up to 330 to build with Python's collector at work).
"""

from __future__ import annotations

import argparse
import collections
import json
import logging
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache, partial
from typing import Any

from measure import ROOT, Command, measure

sys.path.insert(0, str(ROOT))
CORES = 2
HEAVIEST = ("vit_h_14", 518)


@dataclass(kw_only=True)
class Row:
    """Seconds of wall clock for one weights entry."""

    weights: str
    size: int
    mir_build: float
    mir_trace: float
    mir_count: float
    mir_variants: int
    real_build: float
    thop: float
    fvcore: float

    @property
    def mir(self) -> float:
        """Everything under every convention, building left out as for the others."""
        return self.mir_trace + self.mir_count


def timed(run: Callable[..., Any], *args: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = run(*args)
    return time.perf_counter() - start, result


def mir(factory: Callable[[], Any], size: int) -> tuple[float, float, float, int]:
    """Seconds to build, to trace and to count, and the number of variants counted."""
    from registry.verify.conventions import variants
    from registry.verify.trace import build, trace

    build_time, model = timed(build, factory)
    traced, graph = timed(trace, model, (3, size, size))
    counted, totals = timed(lambda: [variant(graph).total for variant in variants()])
    return build_time, traced, counted, len(totals)


def thop(model: Any, size: int) -> None:
    import torch

    collections.Iterable = collections.abc.Iterable  # type: ignore[attr-defined]  # thop 0.0.31 is older than its removal
    from thop import profile

    profile(model, inputs=(torch.randn(1, 3, size, size),), verbose=False)


def fvcore(model: Any, size: int) -> None:
    import torch
    from fvcore.nn import FlopCountAnalysis

    FlopCountAnalysis(model, (torch.randn(1, 3, size, size),)).total()


def weights(only: str) -> Iterator[tuple[str, Callable[[], Any], int]]:
    """Every entry of torchvision's classification weights: its name, its builder and the size of its crop."""
    from registry.verify.torchvision_ops import import_torchvision

    models = import_torchvision().models
    for name in models.list_models(module=models):
        for entry in models.get_model_weights(name):
            label = f"{type(entry).__name__.removesuffix('_Weights')}.{entry.name}"
            if only.lower() in label.lower():
                size = entry.transforms().crop_size[0]
                yield label, _at(models.get_model_builder(name), size), size


@cache
def _at(builder: Callable[..., Any], size: int) -> Callable[..., Any]:
    """A builder for pictures of that size: vision transformers are made for one."""
    return partial(builder, image_size=size) if builder.__name__.startswith("vit_") else builder


def compare(only: str, repeat: int) -> list[Row]:
    """Time the three on each model in turn, the best of some repetitions each."""
    import torch

    torch.set_num_threads(CORES)
    rows = []
    _, first, size = next(weights("alexnet"))
    mir(first, size), thop(first(), size), fvcore(first(), size)  # what is done once a process is done here
    current: tuple[Any, Any, float] = (None, None, 0.0)
    for label, builder, size in weights(only):
        if current[0] is not builder:
            current = (None, None, 0.0)  # let go of the last model before the next is made
            seconds, model = timed(builder)
            model.eval()
            current = (builder, model, seconds)
        runs = []
        for _ in range(repeat):
            build_time, traced, counted, variants = mir(builder, size)
            slow, _ = timed(thop, current[1], size)
            slower, _ = timed(fvcore, current[1], size)
            runs.append((build_time, traced, counted, slow, slower))
        build_time, traced, counted, slow, slower = (min(column) for column in zip(*runs, strict=True))
        rows.append(
            Row(
                weights=label,
                size=size,
                mir_build=build_time,
                mir_trace=traced,
                mir_count=counted,
                mir_variants=variants,
                real_build=current[2],
                thop=slow,
                fvcore=slower,
            )
        )
        print(f"{label:42} {size:4} mir {rows[-1].mir:7.3f} s  thop {slow:7.3f} s  fvcore {slower:7.3f} s", flush=True)
    return rows


def alone(tool: str) -> None:
    """Count the heaviest model with one tool, in a process of its own."""
    import torch

    torch.set_num_threads(CORES)
    name, size = HEAVIEST
    builder = next(builder for _, builder, side in weights(name) if side == size)
    if tool == "mir":
        mir(builder, size)
    else:
        {"thop": thop, "fvcore": fvcore}[tool](builder(weights=None).eval(), size)


def summary(rows: list[Row], memory: dict[str, float]) -> dict[str, Any]:
    """The figures that the project promises, and the sums they come from."""

    def total(value: Callable[[Row], float]) -> float:
        return sum(map(value, rows))

    def mean(value: Callable[[Row], float]) -> float:
        return math.exp(sum(math.log(value(row)) for row in rows) / len(rows))

    figures = {
        "entries": len(rows),
        "variants": rows[0].mir_variants,
        "mir_seconds": total(lambda row: row.mir),
        "mir_seconds_with_building": total(lambda row: row.mir + row.mir_build),
        "thop_seconds": total(lambda row: row.thop),
        "thop_seconds_with_building": total(lambda row: row.thop + row.real_build),
        "fvcore_seconds": total(lambda row: row.fvcore),
        "times_faster_than_thop_in_total": total(lambda row: row.thop) / total(lambda row: row.mir),
        "times_faster_than_fvcore_geometric_mean": mean(lambda row: row.fvcore / row.mir),
        "times_faster_than_fvcore_with_building_geometric_mean": mean(
            lambda row: (row.fvcore + row.real_build) / (row.mir + row.mir_build)
        ),
        "times_faster_than_fvcore_least": min(row.fvcore / row.mir for row in rows),
    }
    for row in rows:
        if (row.weights.split(".")[0].lower(), row.size) == HEAVIEST:
            figures["times_faster_than_fvcore_on_vit_h_14_at_518"] = row.fvcore / row.mir
    if memory:
        figures["memory_mib_on_vit_h_14_at_518"] = memory
        figures["memory_share_of_fvcore"] = memory["mir"] / memory["fvcore"]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="weights with this in their name")
    parser.add_argument("--repeat", type=int, default=1, help="repetitions, of which the best counts")
    parser.add_argument("--alone", choices=("mir", "thop", "fvcore"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    # Threads that wait by spinning would make the peers look slow on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    load = os.getloadavg()[0]
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    if options.alone:
        alone(options.alone)
        return
    memory = {}
    for tool in () if options.only else ("mir", "thop", "fvcore"):
        words = [sys.executable, __file__, "--alone", tool]
        memory[tool] = measure(Command(words=words, cores=CORES)).memory
        print(f"{tool}: {memory[tool]:.0f} MiB on {HEAVIEST[0]} at {HEAVIEST[1]}", flush=True)
    rows = compare(options.only, options.repeat)
    figures = summary(rows, memory)
    print(json.dumps(figures, indent=2))
    if not options.only:
        import torch

        versions = {"python": sys.version.split()[0], "torch": torch.__version__, "load": [load, os.getloadavg()[0]]}
        device = f"cpu-{CORES}core"
        out = ROOT / "tests" / "bench" / "results" / f"flops-{device}.json"
        document = {"device": device, **versions, **figures, "rows": [asdict(row) for row in rows]}
        out.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
