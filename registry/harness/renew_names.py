"""Makes `names.toml`, the tasks of lm-evaluation-harness and mteb with their data sets, anew.

    python -m registry.harness.renew_names

needs an environment with `lm-eval` and `mteb`, which the project's own lacks: they are large. Nothing is downloaded.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).with_name("names.toml")
_MOST = 80
"""Configurations of one data set that are listed: those of hundreds are languages, of which nobody names a task."""

_SHORTEST = 2


def lm_eval() -> list[str]:
    """`PATH CONFIGURATION TASK` of every configuration, `-` where it has no name, and `- - GROUP` of every group."""
    from lm_eval.tasks import TaskManager  # type: ignore[import-not-found]

    pairs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    groups: list[str] = []
    for name, entry in TaskManager().task_index.items():
        settings: dict[str, Any] = entry.cfg or {}
        path = settings.get("dataset_path")
        if isinstance(path, str) and " " not in path:
            pairs[path][str(settings.get("dataset_name") or "-").replace(" ", "_")].append(name)
        elif entry.kind.name == "GROUP" and len(name) > _SHORTEST:
            groups.append(name)
    lines = [f"- - {name}" for name in sorted(groups)]
    for path, configurations in sorted(pairs.items()):
        for configuration, names in sorted(configurations.items())[:_MOST]:
            lines.append(f"{path} {configuration} {min(names, key=lambda name: (len(name), name))}")
    return lines


def mteb() -> list[str]:
    """`PATH MAIN_SCORE TASK` of every task, `-` where it has no data set of its own."""
    import mteb as package  # type: ignore[import-not-found]

    tasks = package.get_tasks(exclude_superseded=False)
    rows = {(task.metadata.name, task.metadata.dataset["path"], task.metadata.main_score) for task in tasks}
    return [f"{'-' if ' ' in path else path} {score} {name}" for name, path, score in sorted(rows)]


def table(name: str, package: str, lines: Iterable[str]) -> str:
    """A table with its source, and the lines in one text, which is read faster than a list."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    text = "\n".join(lines)
    return f'[{name}]\nsource = {json.dumps(f"PyPI {package} {version(package)}, {today}")}\ntasks = """\n{text}"""\n'


if __name__ == "__main__":
    tables = [table("lm-eval", "lm-eval", lm_eval()), table("mteb", "mteb", mteb())]
    OUTPUT.write_text("# Made by `python -m registry.harness.renew_names`; do not edit.\n" + "\n".join(tables), "utf-8")
