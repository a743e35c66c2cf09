"""A card of the Hub as a card of the Hub: huggingface_hub reads the same from both, to the letter and in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import EvalResult, ModelCard, ModelCardData

import registry
from registry.checks import check
from registry.convert import convert
from tests.unit.convert import hub_writers

SAMPLES = {file.stem: file.read_text(encoding="utf-8") for file in sorted(hub_writers.SAMPLES.glob("*.md"))}


def there_and_back(text: str, folder: Path) -> str:
    file = folder / "README.md"
    file.write_text(text, encoding="utf-8")
    converted = convert(registry.load(file), "huggingface")
    assert converted.losses == ()
    (output,) = converted.outputs
    return output.text


def read(text: str) -> dict[str, Any]:
    """What huggingface_hub reads of a card; it stops at results without a data set, which spaCy writes."""
    document: dict[str, Any] = ModelCard(text, ignore_metadata_errors="dataset:" not in text).data.to_dict()
    return document


@pytest.mark.parametrize("library", SAMPLES)
def test_what_libraries_write_comes_back(tmp_path, library):
    text = SAMPLES[library]
    result = there_and_back(text, tmp_path)
    before, after = (yaml.safe_load(card.split("---\n")[1]) for card in (text, result))
    assert list(after) == list(before)
    assert yaml.safe_dump(after, sort_keys=False) == yaml.safe_dump(before, sort_keys=False)
    assert read(result) == read(text)
    assert result.split("---\n", 2)[2].strip() == text.split("---\n", 2)[2].strip()


@pytest.mark.parametrize("library", SAMPLES)
def test_what_libraries_write_is_a_card_and_is_not_refused(tmp_path, library):
    file = tmp_path / "README.md"
    file.write_text(SAMPLES[library], encoding="utf-8")
    index = registry.load(file)
    assert [card.dialect for card in index.cards] == ["huggingface"]
    findings = [finding for finding in check(index) if finding.severity != "info"]
    # spaCy writes no data set, at which huggingface_hub stops; nothing else is wrong with any of them.
    assert [finding.rule for finding in findings] == (["MIR707"] if library == "spacy" else [])


def test_there_is_a_sample_of_every_writer():
    versions = json.loads((hub_writers.SAMPLES / "versions.json").read_text())
    assert list(versions) == list(hub_writers.WRITERS)
    assert set(SAMPLES) == set(hub_writers.WRITERS)


@pytest.mark.parametrize("library", ["transformers", "peft", "diffusers", "sentence-transformers"])
def test_what_the_installed_libraries_write_comes_back_and_is_not_refused(tmp_path, library):
    try:
        text = hub_writers.WRITERS[library][1]()
    except ModuleNotFoundError:
        pytest.skip(f"{library} is not installed; its kept sample is tried")
    assert read(there_and_back(text, tmp_path)) == read(text)
    assert [finding for finding in check(registry.load(tmp_path / "README.md")) if finding.severity != "info"] == []


def test_what_huggingface_hub_writes_comes_back(tmp_path):
    result = EvalResult(
        task_type="automatic-speech-recognition",
        dataset_type="common_voice",
        dataset_name="Common Voice (French)",
        dataset_config="fr",
        dataset_args={"language": "fr"},
        metric_type="wer",
        metric_value="20.0 ± 1.2",
        metric_args={"max_order": 4},
        verified=True,
        source_name="Leaderboard",
        source_url="https://example.org",
    )
    data = ModelCardData(language=["fr", "no"], license="mit", model_name="voice", eval_results=[result], tags=["a"])
    text = str(ModelCard.from_template(data, model_id="voice"))
    before, after = ModelCard(text), ModelCard(there_and_back(text, tmp_path))
    assert after.data.to_dict() == before.data.to_dict()


def test_published_cards_come_back(corpora, tmp_path):
    files = sorted((corpora / "huggingface").glob("*/README.md"))
    if not files:
        pytest.skip("no cards of the Hub here")
    for file in files:
        text = file.read_text(encoding="utf-8")
        before, after = ModelCard(text), ModelCard(there_and_back(text, tmp_path))
        assert after.data.to_dict() == before.data.to_dict(), file.parent.name
        assert list(vars(after.data)) == list(vars(before.data)), file.parent.name


def test_files_of_results_come_back(tmp_path):
    folder = tmp_path / "model" / ".eval_results"
    folder.mkdir(parents=True)
    texts = {
        "gpqa.yaml": "- value: 0.412\n  dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond}\n",
        "hle.yaml": "- dataset: {id: cais/hle, task_id: default, more: 1}\n  value: 20.90\n  evaluation_framework: x\n",
        "untold.yaml": "- dataset: {id: cais/hle}\n  value: 20.90\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    converted = convert(registry.load(tmp_path), "eval-results")
    assert converted.losses == ()
    contents = {output.file: yaml.safe_load(output.text) for output in converted.outputs}
    assert contents == {f"model/.eval_results/{name}": yaml.safe_load(text) for name, text in texts.items()}


def test_metrics_in_mappings_keep_the_names_of_the_mappings(tmp_path):
    file = tmp_path / "metafile.yml"
    metrics = "{PSNR: {x2: 35.0, x4: 30.6}, Set5: {SSIM: 0.86}}"
    file.write_text(
        f"Models:\n- Name: net\n  Results:\n  - {{Task: Image Super-Resolution, Dataset: Set, Metrics: {metrics}}}\n"
    )
    converted = convert(registry.load(file), "huggingface")
    card = yaml.safe_load(converted.outputs[0].text.split("---\n")[1])
    assert card["model-index"][0]["results"][0]["metrics"] == [
        {"type": "psnr", "value": 35.0, "name": "PSNR x2"},
        {"type": "psnr", "value": 30.6, "name": "PSNR x4"},
        {"type": "ssim", "value": 0.86, "name": "Set5 SSIM"},
    ]
    assert sum("'PSNR x2'" in loss.reason for loss in converted.losses) == 1
    rows = convert(registry.load(file), "csv").outputs[0].text
    assert [line.split(",")[3] for line in rows.splitlines()[1:]] == ["PSNR.x2", "PSNR.x4", "Set5.SSIM"]
