"""How fast questions to ten thousand models are answered, beside a script that reads the YAML for each question.

Run it by hand: `python tests/bench/bench_query.py [--models 10000] [--repeat 5]`. It needs the published cards (see
`tests/conftest.py`). Every figure is a whole process from the shell, in seconds of wall clock and of all cores. The
tables are built in the first question and kept in a cache of this run's own; the figures go to
`tests/bench/results/query-<device>.json`.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench_check import make_zoo
from measure import ROOT, Command, best, keep, measure

SEARCH = 'flops < 5e9 and top1 > 0.75 and dataset = "ImageNet"'
SELECT = "SELECT dataset, count(*), max(value) FROM claims WHERE subject = 'top-1-accuracy' GROUP BY ALL ORDER BY 2"

# What somebody would write by hand: read all metadata with libyaml, and go through it.
BY_HAND = r"""
import pathlib, re, sys, yaml
found = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if path.suffix == ".yml":
        texts = [path.read_text()]
    elif path.suffix == ".mdx":
        texts = re.findall(r"<!--\s*(Type: model-index.*?)-->", path.read_text(), re.DOTALL)
    else:
        continue
    for text in texts:
        for model in (yaml.load(text, Loader=yaml.CSafeLoader) or {}).get("Models") or []:
            for result in model.get("Results") or []:
                found += "ImageNet" in str(result.get("Dataset"))
print(found)
"""

# DuckDB alone, asked the same of the same tables.
ALONE = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute(sys.argv[2]).fetchall())"


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    compileall.compile_dir(ROOT / "registry", quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MIR_CACHE"] = f"{folder}/cache"
        zoo = Path(folder) / "zoo"
        models = make_zoo(zoo, options.models)
        time.sleep(3)  # files that were written a moment ago are not trusted to tell of their next change
        mir = [sys.executable, "-m", "registry"]
        search = Command(words=[*mir, "search", SEARCH, "--cards", str(zoo), "--format", "csv"])
        query = Command(words=[*mir, "query", SELECT, "--cards", str(zoo), "--format", "csv"])
        export = Command(words=[*mir, "query", "--to", f"{folder}/all.duckdb", "--cards", str(zoo)])
        builds = []
        for _ in range(options.repeat):
            shutil.rmtree(f"{folder}/cache", ignore_errors=True)
            builds.append((measure(search), measure(query)))
        measure(export)
        searched, queried, by_hand, alone = best(
            [
                search,
                query,
                Command(words=[sys.executable, "-c", BY_HAND, str(zoo)]),
                Command(words=[sys.executable, "-c", ALONE, f"{folder}/all.duckdb", SELECT]),
            ],
            repeat=options.repeat,
        )
    device = f"cpu-{len(os.sched_getaffinity(0))}core"
    figures = {
        "device": device,
        "python": sys.version.split()[0],
        "models": models,
        "found": len(searched.output.splitlines()) - 1,
        "build_seconds": min(build.wall for build, _ in builds),
        "build_cpu_seconds": min(build.cpu for build, _ in builds),
        "build_database_seconds": min(database.wall for _, database in builds),
        "build_database_cpu_seconds": min(database.cpu for _, database in builds),
        "search_seconds": searched.wall,
        "search_cpu_seconds": searched.cpu,
        "search_memory_mib": searched.memory,
        "by_hand_seconds": by_hand.wall,
        "search_ratio": searched.wall / by_hand.wall,
        "query_seconds": queried.wall,
        "query_cpu_seconds": queried.cpu,
        "query_memory_mib": queried.memory,
        "duckdb_alone_seconds": alone.wall,
        "query_ratio": queried.wall / alone.wall,
    }
    keep(f"query-{device}", figures)


if __name__ == "__main__":
    main()
