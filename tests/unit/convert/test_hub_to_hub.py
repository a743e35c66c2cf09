"""A card of the Hub as a card of the Hub: huggingface_hub reads the same from both, to the letter and in order."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from huggingface_hub import EvalResult, ModelCard, ModelCardData

import registry
from registry.checks import check
from registry.convert import convert

STABLE_BASELINES = """\
library_name: stable-baselines3
tags:
- LunarLander-v2
- deep-reinforcement-learning
model-index:
- name: PPO
  results:
  - task:
      type: reinforcement-learning
      name: reinforcement-learning
    dataset:
      name: LunarLander-v2
      type: LunarLander-v2
    metrics:
    - type: mean_reward
      value: 250.10 +/- 20.1
      name: mean_reward
      verified: false
"""
SPACY = """\
tags:
- spacy
- token-classification
language:
- en
license: mit
model-index:
- name: en_core_web_sm
  results:
  - task:
      name: NER
      type: token-classification
    metrics:
    - name: NER Precision
      type: precision
      value: 0.8454836771
"""
SENTENCE_TRANSFORMERS = """\
language:
- en
tags:
- sentence-transformers
- loss:MultipleNegativesRankingLoss
base_model: microsoft/mpnet-base
widget:
- source_sentence: A man is eating food.
  sentences:
  - The man is eating.
datasets:
- sentence-transformers/all-nli
pipeline_tag: sentence-similarity
library_name: sentence-transformers
metrics:
- cosine_accuracy
model-index:
- name: SentenceTransformer based on microsoft/mpnet-base
  results:
  - task:
      type: triplet
      name: Triplet
    dataset:
      name: all nli dev
      type: all-nli-dev
    metrics:
    - type: cosine_accuracy
      value: 0.9130012
      name: Cosine Accuracy
"""
MTEB = """\
tags:
- mteb
model-index:
- name: e5-small
  results:
  - task:
      type: Summarization
    dataset:
      type: mteb/summeval
      name: MTEB SummEval
      config: default
      split: test
      revision: cda12ad7615edc362dbf25a00fdd61d3b1eaf93c
    metrics:
    - type: cos_sim_pearson
      value: 31.032
"""
SETFIT = """\
tags:
- setfit
widget:
- text: ':D'
metrics:
- accuracy
pipeline_tag: text-classification
library_name: setfit
inference: true
base_model: sentence-transformers/paraphrase-mpnet-base-v2
model-index:
- name: SetFit with sentence-transformers/paraphrase-mpnet-base-v2
  results:
  - task:
      type: text-classification
      name: Text Classification
    dataset:
      name: Unknown
      type: unknown
      split: test
    metrics:
    - type: accuracy
      value: 0.8577
      name: Accuracy
"""
TRAINER = """\
library_name: transformers
license: apache-2.0
base_model: distilbert-base-uncased
tags:
- generated_from_trainer
datasets:
- glue
metrics:
- accuracy
model-index:
- name: out
  results:
  - task:
      name: Text Classification
      type: text-classification
    dataset:
      name: glue
      type: glue
      config: sst2
      split: validation
      args: sst2
    metrics:
    - name: Accuracy
      type: accuracy
      value: 0.9105504587155964
"""
PEFT = """\
base_model: meta-llama/Llama-2-7b-hf
library_name: peft
pipeline_tag: text-generation
tags:
- base_model:adapter:meta-llama/Llama-2-7b-hf
- lora
"""
DIFFUSERS = """\
base_model: stabilityai/stable-diffusion-xl-base-1.0
library_name: diffusers
license: openrail++
instance_prompt: a photo of sks dog
widget:
- text: 'A photo of sks dog in a bucket'
  output:
    url: image_0.png
tags:
- text-to-image
- template:sd-lora
"""
SHAPES = {
    "stable-baselines3": STABLE_BASELINES,
    "spacy": SPACY,
    "sentence-transformers": SENTENCE_TRANSFORMERS,
    "mteb": MTEB,
    "setfit": SETFIT,
    "transformers": TRAINER,
    "peft": PEFT,
    "diffusers": DIFFUSERS,
}
"""What the libraries' own templates write, shortened."""


def there_and_back(text: str, folder: Path) -> str:
    file = folder / "README.md"
    file.write_text(text, encoding="utf-8")
    converted = convert(registry.load(file), "huggingface")
    assert converted.losses == ()
    (output,) = converted.outputs
    return output.text


@pytest.mark.parametrize("library", SHAPES)
def test_what_libraries_write_comes_back(tmp_path, library):
    text = f"---\n{SHAPES[library]}---\n# A model\n"
    written = there_and_back(text, tmp_path)
    before, after = yaml.safe_load(SHAPES[library]), yaml.safe_load(written.split("---\n")[1])
    assert list(after) == list(before)
    assert yaml.safe_dump(after, sort_keys=False) == yaml.safe_dump(before, sort_keys=False)


@pytest.mark.parametrize("library", SHAPES)
def test_what_libraries_write_is_not_refused(tmp_path, library):
    file = tmp_path / "README.md"
    file.write_text(f"---\n{SHAPES[library]}---\n# A model\n")
    found = [finding for finding in check(registry.load(file)) if finding.severity != "info"]
    # spaCy writes no data set, at which huggingface_hub stops; nothing else is wrong with any of them.
    assert [finding.rule for finding in found] == (["MIR707"] if library == "spacy" else [])


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


def test_what_transformers_writes_comes_back_and_is_not_refused(tmp_path):
    modelcard = pytest.importorskip("transformers.modelcard")
    written = modelcard.TrainingSummary(
        model_name="out",
        language="en",
        license="apache-2.0",
        finetuned_from="distilbert/distilbert-base-uncased",
        tasks="text-classification",
        dataset="GLUE",
        dataset_tags="glue",
        dataset_args="sst2",
        dataset_metadata=[{"config": "sst2", "split": "validation"}],
        eval_results={"loss": 0.31, "accuracy": 0.9105504587155964},
        hyperparameters={},
    ).to_model_card()
    before, after = ModelCard(written), ModelCard(there_and_back(written, tmp_path))
    assert [each.metric_value for each in before.data.eval_results] == [0.9105504587155964]
    assert after.data.to_dict() == before.data.to_dict()
    assert [finding for finding in check(registry.load(tmp_path / "README.md")) if finding.severity != "info"] == []


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
    found = {output.file: yaml.safe_load(output.text) for output in converted.outputs}
    assert found == {f"model/.eval_results/{name}": yaml.safe_load(text) for name, text in texts.items()}
