"""Logs of a harness and cards of a few lines, and what importing comes to."""

import json
from pathlib import Path
from typing import Any

import registry
from registry.claims import read_claims
from registry.evidence import Store
from registry.harness.importing import import_logs
from registry.types import Evidence


def card_of(folder: Path, results: list[dict[str, Any]], name: str = "tiny") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    index = json.dumps([{"name": name, "results": results}])
    (folder / "README.md").write_text(f"---\nlibrary_name: transformers\nmodel-index: {index}\n---\n# A\n")


def result(name: str, metrics: dict[str, Any], *, kind: str = "", task: str = "text-generation", **data: Any):
    return {
        "task": {"type": task},
        "dataset": {"name": name, "type": kind or name, **data},
        "metrics": [{"type": metric, "value": value} for metric, value in metrics.items()],
    }


def log_of(task: str, scores: dict[str, Any], *, shots: int | None = 0, size: int = 1000, **config: Any):
    return {
        "results": {task: scores},
        "versions": {task: 1},
        "configs": {task: config},
        "n-shot": {task: shots},
        "n-samples": {task: {"original": size, "effective": size}},
        "lm_eval_version": "0.4.9",
        "git_hash": "1a2b3c4",
        "date": 1735787045.0,
        "model_name": "owner/tiny",
        "config": {"model_args": "pretrained=owner/tiny"},
    }


def import_small(folder: Path, *logs: Any, **options: str):
    files = []
    for at, log in enumerate(logs):
        files.append(folder / f"log{at}.json")
        files[-1].write_text(json.dumps(log))
    store = Store(folder / "evidence")
    return list(import_logs(files, read_claims(registry.load(folder / "README.md")), store, **options)), store


def evidence_in(items):
    return [item for item in items if isinstance(item, Evidence)]
