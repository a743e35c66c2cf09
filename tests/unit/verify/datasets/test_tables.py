from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from registry.evidence.digest_cache import Remembered
from registry.types import DatasetError, DatasetRef
from registry.verify.datasets import find, name_of
from registry.verify.datasets.dataset import GUESSED, check_classes

ROWS = [{"idx": at, "sentence": f'text {at}, "quoted"', "label": at % 2} for at in range(6)]
FEATURES = {
    "sentence": {"dtype": "string", "_type": "Value"},
    "label": {"names": ["negative", "positive"], "_type": "ClassLabel"},
    "idx": {"dtype": "int32", "_type": "Value"},
}


def write(path: Path, rows: list[dict[str, Any]], features: dict[str, Any] | None = None) -> Path:
    """Rows in the format that a file's suffix says, as the library datasets writes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".parquet", ".arrow"):
        table = pa.Table.from_pylist(rows)
        if features:
            metadata = json.dumps({"info": {"features": features}})
            table = table.replace_schema_metadata({"huggingface": metadata})
        if path.suffix == ".parquet":
            pq.write_table(table, path)
        else:
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif path.suffix == ".json":
        path.write_text(json.dumps({"version": "1", "data": rows}), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as opened:
            quoting = {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "escapechar": None, "quotechar": None}
            writer = csv.DictWriter(opened, list(rows[0]), **(quoting if path.suffix == ".tsv" else {}))
            writer.writeheader()
            writer.writerows(rows)
    return path


def texts(path: Path, **how: Any) -> Any:
    return find("set", {"set": path}, **{"answers": "labelled texts", **how})


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "jsonl", "parquet", "arrow"])
def test_a_table_is_the_same_in_every_format(tmp_path: Path, suffix: str) -> None:
    dataset = texts(write(tmp_path / f"rows.{suffix}", ROWS))
    assert dataset.sample(3) == 'text 3, "quoted"'
    assert dataset.labels.tolist() == [0, 1, 0, 1, 0, 1]
    assert dataset.about["columns"] == {"text": "sentence", "label": "label"}
    same = texts(write(tmp_path / "other" / "rows.jsonl", ROWS))
    remembered = Remembered(tmp_path / "digests.sqlite")
    assert dataset.fingerprint(remembered) == same.fingerprint(remembered)
    other = texts(write(tmp_path / "more" / "rows.jsonl", [*ROWS[:-1], {**ROWS[-1], "label": 0}]))
    assert dataset.fingerprint(remembered) != other.fingerprint(remembered)


LAYOUTS = {
    "the Hub's": ["data/train-00000-of-00001.parquet", "data/validation-00000-of-00001.parquet"],
    "with configurations": ["sst2/train-00000-of-00001.parquet", "sst2/validation-00000-of-00001.parquet"],
    "save_to_disk's": ["train/data-00000-of-00001.arrow", "validation/data-00000-of-00001.arrow"],
    "plain": ["train.csv", "dev.csv"],
    "prefixed": ["my_train.jsonl", "my_validation.jsonl"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_card_s_split_is_found_in_every_layout(tmp_path: Path, layout: str) -> None:
    train, validation = LAYOUTS[layout]
    write(tmp_path / train, ROWS[:2], FEATURES)
    write(tmp_path / validation, ROWS[2:], FEATURES)
    if layout == "with configurations":
        write(tmp_path / "cola" / "validation-00000-of-00001.parquet", ROWS[:1], FEATURES)
    dataset = texts(tmp_path, split="validation" if layout != "plain" else "dev", config="sst2")
    assert [dataset.sample(at) for at in range(4)] == [row["sentence"] for row in ROWS[2:]]
    assert dataset.about["split"] in ("validation", "my_validation", "dev")
    assert len(texts(tmp_path, split="train", config="sst2").names) == 2
    if layout != "plain":
        assert len(texts(tmp_path, config="sst2").names) == 4, "where no card says it, training data comes last"
    with pytest.raises(DatasetError, match=r"has .* and not holdout"):
        texts(tmp_path, split="holdout", config="sst2")


def test_shards_are_read_in_their_order(tmp_path: Path) -> None:
    for at in (1, 0):
        write(tmp_path / f"test-{at:05}-of-00002.parquet", ROWS[3 * at : 3 * at + 3])
    assert [texts(tmp_path).sample(at) for at in range(6)] == [row["sentence"] for row in ROWS]


def test_an_exact_split_goes_before_one_that_means_the_same(tmp_path: Path) -> None:
    write(tmp_path / "validation_matched.jsonl", ROWS[:2])
    write(tmp_path / "validation_mismatched.jsonl", ROWS[2:])
    assert len(texts(tmp_path, split="validation_matched").names) == 2
    assert len(texts(tmp_path, split="validation_mismatched").names) == 4


def test_classes_are_numbered_as_the_model_numbers_them(tmp_path: Path) -> None:
    file = write(tmp_path / "rows.parquet", ROWS, FEATURES)
    dataset = texts(file, categories=("POSITIVE", "NEGATIVE"))
    assert dataset.labels.tolist() == [1, 0, 1, 0, 1, 0]
    assert dataset.about["renumbered"]
    assert texts(file, categories=("no", "yes")).labels.tolist() == [0, 1, 0, 1, 0, 1]
    json_lines = write(
        tmp_path / "named.jsonl", [{"text": row["sentence"], "label": "ba"[row["label"]]} for row in ROWS]
    )
    assert texts(json_lines, categories=("b", "a")).labels.tolist() == [0, 1, 0, 1, 0, 1]
    assert texts(json_lines, categories=("b", "a")).class_order == ""
    assert texts(json_lines).class_order == GUESSED


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"text": "a", "label": -1}], "they are not published"),
        ([{"alpha": "a", "beta": "b", "label": 1}], "nothing says which of the columns alpha, beta holds the texts"),
        ([{"text": "a", "label": 1}, {"text": None, "label": 0}], "empty cell in row 1"),
        ([{"text": "a"}], "holds the classes"),
    ],
)
def test_what_cannot_be_told_is_said(tmp_path: Path, rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        texts(write(tmp_path / "rows.jsonl", rows))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x00\x01", "cannot be read"),
        (b'{"a": 1}\n[2]\n', "row 1 is no mapping"),
        (b"", "holds no row"),
        (b'"text"', "neither a list of rows nor a mapping"),
    ],
)
def test_a_damaged_file_is_the_reason(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "rows.json").write_bytes(data)
    with pytest.raises(DatasetError, match=message):
        texts(tmp_path / "rows.json")


def test_pictures_lie_in_rows_too_and_none_outside_of_the_folder(tmp_path: Path) -> None:
    picture = io.BytesIO()
    Image.fromarray(np.full((4, 5, 3), 7, np.uint8)).save(picture, "PNG")
    (tmp_path / "set").mkdir()
    (tmp_path / "outside.png").write_bytes(picture.getvalue())
    rows = [{"image": {"bytes": picture.getvalue(), "path": "0.png"}, "label": 0}]
    dataset = find("set", {"set": write(tmp_path / "set" / "test.parquet", rows)}, answers="labels")
    assert np.asarray(dataset.sample(0)).tolist() == np.full((4, 5, 3), 7).tolist()
    outsider = find("x", {"x": write(tmp_path / "x" / "metadata.jsonl", [{"image": "../outside.png", "label": 0}])})
    with pytest.raises(DatasetError, match="names no file of the data set's folder"):
        outsider.fingerprint(Remembered(tmp_path / "digests.sqlite"))


def test_data_is_found_by_the_card_s_type_and_configuration(tmp_path: Path) -> None:
    reference = DatasetRef(
        name="General Language Understanding", type="nyu-mll/glue", config="sst2", split="validation"
    )
    for name in ("glue/sst2", "nyu-mll/glue/sst2", "nyu-mll/glue", "General Language Understanding", "glue"):
        assert name_of(reference, {name: tmp_path, "glue/cola": tmp_path}).casefold() == name.casefold()
    assert name_of(reference, {"glue/cola": tmp_path}) == reference.name


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_a_class_that_the_data_lacks_moves_no_other(tmp_path: Path, suffix: str) -> None:
    names = ("Negative", "Neutral", "Positive")
    words = [{**row, "label": "negative" if row["label"] == 0 else "positive"} for row in ROWS]
    file = write(tmp_path / f"rows.{suffix}", ROWS if suffix == "parquet" else words, FEATURES)
    dataset = texts(file, categories=names)
    assert dataset.classes == ("negative", "Neutral", "positive")
    assert dataset.labels.tolist() == [0, 2] * 3
    assert dataset.class_order != GUESSED
    other = texts(file, categories=("bad", "so so", "good"))
    with pytest.raises(DatasetError, match="has 2 classes and the model has 3 outputs, so that nobody can tell"):
        check_classes(other, 3)


def test_a_table_whose_cells_stand_between_semicolons(tmp_path: Path) -> None:
    (tmp_path / "wine.csv").write_text('"fixed acidity";"pH";"target"\n7.4;3.51;5\n7.8;3.2;6\n', encoding="utf-8")
    dataset: Any = find("wine", {"wine": tmp_path / "wine.csv"}, answers="numbers")
    assert dataset.sample(1).tolist() == pytest.approx([7.8, 3.2])
    assert dataset.answers == [5.0, 6.0]


@pytest.mark.parametrize(
    ("names", "config", "source"),
    [
        (None, None, "de"),
        (("opus-mt-en-de",), "de-en", "en"),
        (("t5-base",), "en-de", "en"),
        (("t5-base",), "de-en", "de"),
    ],
)
def test_the_name_of_a_model_says_which_way_it_translates(tmp_path: Path, names: Any, config: Any, source: str) -> None:
    rows = [{"translation": {"de": f"Satz {at}", "en": f"sentence {at}"}} for at in range(3)]
    file = write(tmp_path / "rows.jsonl", rows)
    dataset = find("set", {"set": file}, answers="translated texts", categories=names, config=config)
    assert list(dataset.samples) == [row["translation"][source] for row in rows]
    again = find("set", {"set": file}, answers="translated texts", categories=dataset.classes, config=config)
    assert again.fingerprint(Remembered()) == dataset.fingerprint(Remembered())
    columns = write(tmp_path / "rows.csv", [row["translation"] for row in rows])
    assert (
        find("set", {"set": columns}, answers="translated texts", categories=names, config=config).sample(0)
        == (rows[0]["translation"][source])
    )
