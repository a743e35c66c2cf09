"""Claims lead to the harness that measures them, by the names that cards and generators write."""

from typing import Any

import pytest

from registry.harness.lead import OWN, Lead, lead
from registry.types import Claim, DatasetRef, Location, Quantity
from registry.verify.tasks import task_of, unmeasured


def _claim(
    task: str, dataset: str, metric: str, *, kind: str | None = None, config: str | None = None, args: Any = None
):
    return Claim(
        model="a",
        subject=metric.replace("_", "-"),
        label=metric,
        kind="ratio",
        reported=Quantity.parse("50.0", "ratio"),
        location=Location(file="README.md"),
        task=task,
        dataset=DatasetRef(name=dataset, type=kind, config=config, args=args),
    )


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        # The Open LLM Leaderboard's cards, first and second version.
        (
            _claim("Text Generation", "AI2 Reasoning Challenge (25-Shot)", "acc_norm", kind="ai2_arc",
                   config="ARC-Challenge", args={"num_few_shot": 25}),
            Lead("lm-eval", "arc_challenge", 25),
        ),
        (_claim("Text Generation", "HellaSwag (10-Shot)", "acc_norm", kind="hellaswag"),
         Lead("lm-eval", "hellaswag", 10)),
        (_claim("Text Generation", "MMLU (5-Shot)", "acc", kind="cais/mmlu", config="all"), Lead("lm-eval", "mmlu", 5)),
        (_claim("Text Generation", "TruthfulQA (0-shot)", "mc2", kind="truthful_qa", config="multiple_choice"),
         Lead("lm-eval", "truthfulqa_mc1", 0)),
        (_claim("Text Generation", "Winogrande (5-shot)", "acc", kind="winogrande", config="winogrande_xl"),
         Lead("lm-eval", "winogrande", 5)),
        (_claim("Text Generation", "GSM8k (5-shot)", "acc", kind="gsm8k", config="main"), Lead("lm-eval", "gsm8k", 5)),
        (_claim("Text Generation", "IFEval (0-Shot)", "inst_level_strict_acc", kind="HuggingFaceH4/ifeval"),
         Lead("lm-eval", "leaderboard_ifeval", 0)),
        (_claim("Text Generation", "MMLU-PRO (5-shot)", "acc", kind="TIGER-Lab/MMLU-Pro", config="main"),
         Lead("lm-eval", "leaderboard_mmlu_pro", 5)),
        (_claim("text-generation", "HumanEval", "pass@1", kind="openai_humaneval"), Lead("lm-eval", "humaneval")),
        (_claim("text-generation", "MultiPL-HumanEval (Python)", "pass@1", kind="nuprl/MultiPL-E"),
         Lead("bigcode-evaluation-harness")),
        # mteb's own cards.
        (_claim("Classification", "MTEB AmazonCounterfactualClassification (en)", "accuracy",
                kind="mteb/amazon_counterfactual", config="en"), Lead("mteb", "AmazonCounterfactualClassification")),
        (_claim("STS", "MTEB STS22 (zh-en)", "cos_sim_spearman", kind="mteb/sts22-crosslingual-sts"),
         Lead("mteb", "STS22")),
        (_claim("Retrieval", "MTEB A task of tomorrow", "ndcg_at_10", kind="x/y"), Lead("mteb", "A task of tomorrow")),
        # `.eval_results`.
        (_claim("diamond", "Idavidrein/gpqa", "value"), Lead("lm-eval", "leaderboard_gpqa")),
        (_claim("hle", "cais/hle", "value"), Lead("inspect-ai", "hle")),
        # Generators.
        (_claim("Semantic Similarity", "sts dev", "spearman_cosine", kind="sts-dev"), Lead("sentence-transformers")),
        (_claim("Information Retrieval", "NanoMSMARCO", "cosine_ndcg@10"), Lead("sentence-transformers")),
        (_claim("Triplet", "all nli dev", "cosine_accuracy"), Lead("sentence-transformers")),
        (_claim("Cross Encoder Reranking", "gooaq dev", "mrr@10"), Lead("sentence-transformers")),
        (_claim("NER", "x", "NER Precision"), Lead("spacy")),
        (_claim("reinforcement-learning", "CartPole-v1", "mean_reward"), Lead("stable-baselines3")),
    ],
)  # fmt: skip
def test_a_claim_leads_to_its_harness(claim: Claim, expected: Lead):
    assert lead(claim) == expected
    assert claim.task is not None
    if expected.harness in ("lm-eval", "mteb", "inspect-ai"):
        assert task_of(claim) is None
        assert f"needs {expected.harness}: pip install {expected.harness}" in unmeasured(claim)


@pytest.mark.parametrize(
    "claim",
    [
        _claim("Image Classification", "ImageNet", "accuracy"),
        _claim("text-classification", "glue", "accuracy", kind="glue", config="sst2"),
        _claim("Image Classification", "CIFAR-10 (5-shot)", "accuracy"),
        _claim("text-generation", "my own texts", "perplexity"),
        _claim("text-generation", "wikitext", "perplexity", kind="wikitext"),
        _claim("Object Detection", "COCO", "box_ap"),
    ],
)
def test_what_mir_measures_itself_is_left_to_no_harness(claim: Claim):
    harness_lead = lead(claim)
    assert harness_lead is None or harness_lead.harness not in OWN
    assert task_of(claim) is not None
