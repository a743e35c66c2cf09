"""Cards as the libraries that publish to the Hub write them: each by the library's own code, without a network.

`python -m tests.unit.convert.hub_writers` writes those whose library is installed to `hub_samples`, with the library's
version and the day. Most of the libraries are too heavy for the tests' environment: install them beside it, such as
`pip install sentence-transformers setfit peft diffusers stable-baselines3 huggingface_sb3 mteb spacy-huggingface-hub`.
"""

from __future__ import annotations

import datetime
import importlib
import importlib.metadata
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).with_name("hub_samples")


def _import(*names: str) -> Any:
    """The last of some modules; `ModuleNotFoundError` where the library is not there."""
    from registry.verify.torchvision_ops import import_torchvision

    import_torchvision()
    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    return [importlib.import_module(name) for name in names][-1]


def transformers() -> str:
    summary = _import("transformers.modelcard").TrainingSummary(
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
    )
    return str(summary.to_model_card())


def _sentences() -> Any:
    """A model of sentences that knows six words."""
    library = _import("sentence_transformers")
    words = _import("sentence_transformers.sentence_transformer.modules").BoW(
        ["a", "man", "is", "eating", "food", "bread"]
    )
    return library.SentenceTransformer(modules=[words], device="cpu")


def sentence_transformers() -> str:
    model = _sentences()
    evaluation = _import("sentence_transformers.sentence_transformer.evaluation")
    pairs = (["a man is eating", "a man", "food"], ["a man is eating bread", "bread", "food"])
    evaluators = [
        evaluation.EmbeddingSimilarityEvaluator(
            *pairs, scores=[0.8, 0.1, 1.0], name="sts-dev", main_similarity="cosine"
        ),
        evaluation.TripletEvaluator(["a man"], ["man"], ["bread"], name="all-nli-dev"),
        evaluation.InformationRetrievalEvaluator(
            {"q": "a man eating"}, {"1": "man eating bread", "2": "food"}, {"q": {"1"}}, name="NanoMSMARCO"
        ),
    ]
    data = model.model_card_data
    data.language, data.license, data.model_name = ["en"], "apache-2.0", "SentenceTransformer that knows six words"
    data.tags += ["loss:MultipleNegativesRankingLoss", "dataset_size:100"]
    data.base_model, data.base_model_revision = "microsoft/mpnet-base", "6996ce1e91bd2a9c7d7f61daec37463394f73f09"
    data.widget = [{"source_sentence": "a man is eating", "sentences": ["food", "bread"]}]
    for evaluator in evaluators:
        data.set_evaluation_metrics(evaluator, evaluator(model))
    return str(_import("sentence_transformers.base.model_card").generate_model_card(model))


def setfit() -> str:
    library = _import("setfit", "setfit.model_card")
    data = library.SetFitModelCardData(language=["en"], license="apache-2.0", tags=["a tag"])
    head = importlib.import_module("sklearn.linear_model").LogisticRegression()
    model = importlib.import_module("setfit").SetFitModel(
        model_body=_sentences(), model_head=head, model_card_data=data, labels=["bad", "good"]
    )
    data.set_st_id("sentence-transformers/paraphrase-mpnet-base-v2")
    data.widget = [{"text": ":D"}, {"text": "no: 'quoted'"}]
    data.post_training_eval_results({"test_accuracy": 0.8577, "test_f1": 0.851})
    return str(library.generate_model_card(model))


def peft() -> str:
    library, net = _import("peft"), _import("transformers")
    config = net.LlamaConfig(
        hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, vocab_size=8
    )
    config._name_or_path = "meta-llama/Llama-2-7b-hf"
    model = library.get_peft_model(net.LlamaForCausalLM(config), library.LoraConfig(r=1, task_type="CAUSAL_LM"))
    with tempfile.TemporaryDirectory() as folder:
        model.create_or_update_model_card(folder)
        return (Path(folder) / "README.md").read_text(encoding="utf-8")


def diffusers() -> str:
    library = _import("diffusers.utils.hub_utils")
    card = _import("huggingface_hub").ModelCard.from_template(
        card_data=_import("huggingface_hub").ModelCardData(
            license="openrail++",
            library_name="diffusers",
            inference=True,
            base_model="stabilityai/stable-diffusion-xl-base-1.0",
            instance_prompt="a photo of sks dog",
            widget=[{"text": "A photo of sks dog in a bucket", "output": {"url": "image_0.png"}}],
        ),
        template_path=library.MODEL_CARD_TEMPLATE_PATH,
        model_description="# SDXL LoRA",
    )
    return str(library.populate_model_card(card, tags=["text-to-image", "lora", "template:sd-lora"]))


def stable_baselines3() -> str:
    metadata = _import("huggingface_sb3.push_to_hub").generate_metadata("PPO", "LunarLander-v2", 250.1, 20.1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "README.md"
        file.write_text("# **PPO** Agent playing **LunarLander-v2**\n")
        _import("huggingface_hub").metadata_save(file, metadata)
        return file.read_text(encoding="utf-8")


def mteb() -> str:
    library, hub = _import("mteb"), _import("huggingface_hub")
    results = []
    for name, subset, score in (
        ("SummEval", "default", 0.31032),
        ("STS17", "en-de", 0.7),
        ("Banking77Classification", "default", 0.8),
    ):
        result = library.TaskResult.from_task_results(
            library.get_task(name), {"test": {subset: {"main_score": score}}}, 1.0
        )
        results += result.get_hf_eval_results()
    data = hub.ModelCardData(tags=["mteb"], model_name="e5-small", eval_results=results)
    return str(hub.ModelCard.from_template(data, model_id="e5-small"))


def spacy() -> str:
    library = _import("spacy_huggingface_hub.push")
    scores = {"ents_p": 0.8454, "ents_r": 0.8456, "ents_f": 0.8455, "tag_acc": 0.97, "dep_uas": 0.92, "dep_las": 0.9}
    scores |= {"sents_p": 0.92, "sents_f": 0.9}
    meta = {"lang": "en", "license": "MIT", "components": ["tok2vec", "ner", "tagger"], "performance": scores}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "meta.json").write_text(json.dumps(meta))
        (Path(folder) / "README.md").write_text("| Feature | Description |\n")
        library._create_model_card("en_core_web_sm", Path(folder))
        return (Path(folder) / "README.md").read_text(encoding="utf-8")


WRITERS: dict[str, tuple[str, Callable[[], str]]] = {
    "transformers": ("transformers", transformers),
    "sentence-transformers": ("sentence-transformers", sentence_transformers),
    "setfit": ("setfit", setfit),
    "peft": ("peft", peft),
    "diffusers": ("diffusers", diffusers),
    "stable-baselines3": ("huggingface_sb3", stable_baselines3),
    "mteb": ("mteb", mteb),
    "spacy": ("spacy-huggingface-hub", spacy),
}
"""What writes the cards of each library, and the package whose version counts."""


def main() -> int:
    """Write the samples of the libraries that are installed; say of the others what is missing."""
    versions = json.loads((SAMPLES / "versions.json").read_text()) if (SAMPLES / "versions.json").exists() else {}
    for name, (package, write) in WRITERS.items():
        try:
            text = write()
        except ModuleNotFoundError as error:
            print(f"{name} is left as it was: {error}", file=sys.stderr)
            continue
        (SAMPLES / f"{name}.md").write_text(text, encoding="utf-8")
        versions[name] = {"version": importlib.metadata.version(package), "day": str(datetime.date.today())}
    (SAMPLES / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
