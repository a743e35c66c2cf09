"""Models of the Hub, run from what its repositories hold: configuration, tokenizer, weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import torch
from sklearn import metrics

from tests.hub import FILES, commit_of, hub
from tests.unit.verify.tasks.text.conftest import card
from tests.unit.verify.tasks.text.small import bert, sentences, transformers

pytestmark = pytest.mark.slow

__all__ = ["hub"]

TEXTS = sentences(241, seed=1)
NAMES = {0: "bad", 1: "good"}


def published(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Put a model's folder on the Hub."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    monkeypatch.setitem(FILES, f"models/lab/{name}@main", files)
    return files


def classifier(saved: Callable[..., Path], rows: list[dict[str, Any]], **how: Any) -> tuple[Path, float]:
    """A classifier's folder with a card of what the pipeline reaches."""
    config = bert(id2label=NAMES, label2id={name: at for at, name in NAMES.items()})
    folder = saved("BertForSequenceClassification", config, **how)
    pipe = transformers.pipeline("text-classification", model=str(folder), dtype=torch.float32, device="cpu")
    answers = [answer["label"] for answer in pipe([row["text"] for row in rows], truncation=True, max_length=32)]
    right = metrics.accuracy_score([NAMES[row["label"]] for row in rows], answers)
    card(folder, "text-classification", {"accuracy": round(right, 4)})
    return folder, right


def rows_file(tmp_path: Path) -> tuple[Path, list[dict[str, Any]]]:
    rows = [{"text": text, "label": at % 2} for at, text in enumerate(TEXTS)]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file, rows


@pytest.mark.parametrize("sharded", [False, True])
def test_a_model_of_the_hub_is_run_from_its_repository(
    mir: Any, hub: Any, saved: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sharded: bool
) -> None:
    file, rows = rows_file(tmp_path)
    folder, right = classifier(saved, rows, **({"max_shard_size": "6KB"} if sharded else {}))
    files = published(folder, "text", monkeypatch)
    command = ("verify", "hf://lab/text", "--data", f"rows={file}", "--engine", "local", "--format", "json")
    code, out, err = mir(*command)
    assert code == 0, err
    (row,) = json.loads(out)
    assert row["verdict"] == "reproduced", row["reason"]
    assert float(row["measured"]) == pytest.approx(right)
    record = json.loads(next(Path("evidence").rglob("*.json")).read_text())
    weights = "model.safetensors.index.json" if sharded else "model.safetensors"
    assert f"hf://lab/text@{commit_of(files)}/{weights}" in json.dumps(record)
    assert str(tmp_path) not in json.dumps(record)

    # What was fetched is not fetched again, and what was measured still holds.
    before = len(hub.asked)
    assert json.loads(mir(*command)[1]) == json.loads(out)
    again = hub.asked[before:]
    assert not [path for path in again if path.endswith((".safetensors", "tokenizer.json"))]
    _, out, _ = mir("evidence", "check", "hf://lab/text", "--format", "json")
    assert [entry["state"] for entry in json.loads(out)] == ["fresh"]


def test_another_commit_s_weights_are_measured_again(
    mir: Any, hub: Any, saved: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, rows = rows_file(tmp_path)
    folder, _ = classifier(saved, rows)
    published(folder, "text", monkeypatch)
    command = ("verify", "hf://lab/text", "--data", f"rows={file}", "--engine", "local", "--format", "json")
    assert mir(*command)[0] == 0
    other, _ = classifier(saved, rows, seed=5)
    readme = FILES["models/lab/text@main"]["README.md"]
    FILES["models/lab/text@main"]["model.safetensors"] = (other / "model.safetensors").read_bytes()
    assert FILES["models/lab/text@main"]["README.md"] == readme
    code, out, _ = mir(*command)
    (row,) = json.loads(out)
    assert (code, row["verdict"]) == (1, "refuted")


def test_the_plan_knows_the_weights_and_fetches_none(
    mir: Any, hub: Any, saved: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, rows = rows_file(tmp_path)
    folder, _ = classifier(saved, rows)
    published(folder, "text", monkeypatch)
    code, out, _ = mir("verify", "hf://lab/text", "--data", f"rows={file}", "--plan", "--format", "json")
    assert code == 0
    (job,) = json.loads(out)["jobs"]
    assert job["task"] == "text-classification"
    assert not any(path.endswith(".safetensors") for path in hub.asked)


def test_a_card_of_one_s_own_names_a_model_of_the_hub(
    mir: Any, hub: Any, saved: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, rows = rows_file(tmp_path)
    folder, right = classifier(saved, rows)
    published(folder, "text", monkeypatch)
    Path("card.yml").write_text(
        "Models:\n- Name: ours\n  Builder: transformers:lab/text\n  Results:\n  - Task: Text Classification\n"
        f"    Dataset: rows\n    Metrics:\n      Accuracy: {right:.2%}\n"
    )
    code, out, err = mir("verify", "card.yml", "--data", f"rows={file}", "--engine", "local", "--format", "json")
    assert code == 0, err
    (row,) = json.loads(out)
    assert row["verdict"] == "reproduced", row["reason"]


def _parquet(rows: list[dict[str, Any]], folder: Path, name: str) -> bytes:
    """Rows with their features in the schema, as the library datasets pushes them."""
    label = {"names": ["no", "yes"], "_type": "ClassLabel"}
    features = {"sentence": {"dtype": "string", "_type": "Value"}, "label": label}
    table = pyarrow.table({"sentence": [row["text"] for row in rows], "label": [row["label"] for row in rows]})
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), folder / f"{name}.parquet")
    return (folder / f"{name}.parquet").read_bytes()


CONFIGS = b"""---
configs:
- config_name: film
  data_files:
  - {split: train, path: film/train-*}
  - {split: validation, path: film/validation-*}
---
"""


@pytest.mark.parametrize("how", ["by the card", "by names", "converted", "by address"])
def test_data_by_name_is_fetched_as_the_library_would_load_it(
    mir: Any, hub: Any, saved: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    _, rows = rows_file(tmp_path)
    folder, right = classifier(saved, rows)
    data = {"name": "reviews", "type": "lab/reviews", "config": "film", "split": "validation"}
    card(folder, "text-classification", {"accuracy": round(right, 4)}, data)
    published(folder, "text", monkeypatch)
    validation = _parquet(rows, tmp_path, "validation")
    files = {"film/validation-00000-of-00001.parquet": validation, "film/train-00000-of-00001.parquet": b"never"}
    files["mrpc/validation-00000-of-00001.parquet"] = b"never"
    if how == "converted":
        monkeypatch.setitem(FILES, "datasets/lab/reviews@main", {"reviews.py": b"raise SystemExit"})
        files = {"film/validation/0000.parquet": validation, "film/train/0000.parquet": b"never"}
        monkeypatch.setitem(FILES, "datasets/lab/reviews@refs/convert/parquet", files)
    else:
        card_too = {} if how == "by names" else {"README.md": CONFIGS}
        monkeypatch.setitem(FILES, "datasets/lab/reviews@main", {**files, **card_too})
    option = ("--data", "reviews=hf://datasets/lab/reviews") if how == "by address" else ("--fetch-data",)
    code, out, err = mir("verify", "hf://lab/text", *option, "--engine", "local", "--format", "json")
    assert code == 0, err
    (row,) = json.loads(out)
    assert row["verdict"] == "reproduced", row["reason"]
    record = next(Path("evidence").rglob("*.json")).read_text()
    assert '"repository": "lab/reviews"' in record
    assert '"columns": {"label": "label", "text": "sentence"}' in record
    assert '"split": "validation"' in record
    assert not any("train" in path or "mrpc" in path for path in hub.asked)


def test_data_that_cannot_be_fetched_is_told(
    mir: Any, hub: Any, saved: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, rows = rows_file(tmp_path)
    folder, _ = classifier(saved, rows)
    card(folder, "text-classification", {"accuracy": 0.5}, {"name": "gone", "type": "lab/gone"})
    published(folder, "text", monkeypatch)
    code, out, err = mir("verify", "hf://lab/text", "--fetch-data", "--format", "json")
    assert (code, json.loads(out)[0]["verdict"]) == (0, "unverifiable")
    assert "lab/gone is not fetched" in err
    assert "Traceback" not in err
    code, _, err = mir("verify", "hf://lab/text", "--data", "gone=hf://datasets/lab/gone")
    assert (code, "hf://datasets/lab/gone" in err) == (2, True)
