"""Of what generators of cards write, nearly every number leads to a task of mir or to a harness by its name."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import registry
from registry.claims import read_claims
from registry.harness.lead import lead
from registry.types import Claim
from registry.verify.lacking import COUNTED, TIMED
from registry.verify.tasks import task_of
from registry.verify.verification import prepare

HUB = Path(__file__).parents[4] / "shared" / "corpora" / "huggingface"

RETRIEVAL = "accuracy@1 accuracy@10 precision@5 recall@3 ndcg@10 mrr@10 map@100"
ROUGE = "rouge1 rouge2 rougeL rougeLsum"

# Generator: lines of task, data set and the metrics that it writes, as its templates and examples have them.
GENERATED = {
    "transformers, Trainer": f"""
        text-classification|glue|accuracy f1 precision recall matthews_correlation
        text-classification|stsb|pearson spearmanr
        token-classification|conll2003|precision recall f1 accuracy
        question-answering|squad|exact_match f1
        translation|wmt16|bleu
        text2text-generation|opus_books|bleu
        summarization|xsum|{ROUGE}
        text2text-generation|billsum|{ROUGE}
        automatic-speech-recognition|common_voice|wer cer
        text-generation|wikitext|perplexity accuracy
        fill-mask|wikitext|perplexity accuracy
        image-classification|imagefolder|accuracy f1
        audio-classification|superb|accuracy f1
        multiple-choice|swag|accuracy
        object-detection|cppe-5|map
        image-segmentation|scene_parse_150|mean_iou mean_accuracy
        video-classification|ucf101|accuracy""",
    "sentence-transformers": f"""
        Semantic Similarity|sts-dev|pearson_cosine spearman_cosine pearson_dot spearman_dot pearson_max
        Information Retrieval|NanoMSMARCO|{" ".join(f"cosine_{name}" for name in RETRIEVAL.split())}
        Triplet|all-nli-dev|cosine_accuracy
        Binary Classification|quora|cosine_accuracy cosine_accuracy_threshold cosine_f1 cosine_precision cosine_ap
        Paraphrase Mining|x|average_precision f1 precision recall
        Knowledge Distillation|x|negative_mse
        Translation|x|src2trg_accuracy trg2src_accuracy mean_accuracy
        Cross Encoder Reranking|gooaq|map mrr@10 ndcg@10
        Cross Encoder Classification|x|accuracy f1 average_precision f1_macro
        Cross Encoder Correlation|x|pearson spearman
        Sparse Information Retrieval|x|dot_accuracy@1 dot_ndcg@10 query_active_dims corpus_sparsity_ratio
        Reranking|x|map mrr@10 ndcg@10
        Nano BEIR|NanoBEIR_mean|cosine_ndcg@10""",
    "SetFit": "text-classification|Unknown|accuracy",
    "spaCy, flair, SpanMarker": """
        NER|x|precision recall f_score
        token-classification|conll2003|f1
        Named Entity Recognition|FewNERD|f1 precision recall""",
    "SpeechBrain, NeMo, pyannote, Asteroid": """
        Speaker Verification|voxceleb|eer
        Speech Enhancement|voicebank|pesq stoi
        audio-to-audio|Libri2Mix|si_sdr si_sdr_imp stoi
        speaker-diarization|AMI|der jer
        Automatic Speech Recognition|LibriSpeech (clean)|wer""",
    "AutoTrain, scikit-learn, Keras": """
        text-classification|autotrain|f1_macro f1_micro precision_macro recall_weighted auc loss
        tabular-regression|wine|r2_score mean_squared_error mean_absolute_error explained_variance
        image-classification|cifar10|accuracy loss val_accuracy""",
    "diffusers, PyLate, LeRobot, TRL, Ultralytics": """
        text-to-image|coco|fid clip_score
        PyLate Information Retrieval|NanoFiQA|MaxSim_accuracy@1 MaxSim_ndcg@10
        robotics|lerobot|pc_success
        text-generation|ultrafeedback|rewards/accuracies rewards/margins
        object-detection|coco|mAP@0.5(box)
        image-classification|imagenet|accuracy_top1 accuracy_top5""",
    "OPUS-MT": "translation|flores_101|bleu chr-f comet",
    "stable-baselines3": "reinforcement-learning|CartPole-v1|mean_reward",
    "mteb": """
        Classification|MTEB AmazonPolarityClassification|accuracy ap f1 main_score
        Retrieval|MTEB ArguAna|map_at_1 map_at_10 mrr_at_10 ndcg_at_10 precision_at_5 recall_at_1000
        STS|MTEB STS12|cos_sim_pearson cos_sim_spearman manhattan_pearson""",
    "the Open LLM Leaderboard": """
        Text Generation|HellaSwag (10-Shot)|acc_norm
        Text Generation|MMLU (5-Shot)|acc
        Text Generation|IFEval (0-Shot)|inst_level_strict_acc
        Text Generation|MuSR (0-shot)|acc_norm
        text-generation|HumanEval|pass@1
        text-generation|MT-Bench|score""",
}


def _claims(folder: Path, lines: str) -> Iterator[Claim]:
    results = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        task, dataset, metrics = line.split("|")
        entries = [{"type": metric, "name": metric, "value": 0.5} for metric in metrics.split()]
        results.append(
            {"task": {"type": task, "name": task}, "dataset": {"name": dataset, "type": dataset}, "metrics": entries}
        )
    index = json.dumps([{"name": "m", "results": results}])
    (folder / "README.md").write_text(f"---\nlibrary_name: transformers\nmodel-index: {index}\n---\n")
    for model_claims in read_claims(registry.load(folder / "README.md")):
        yield from model_claims.claims


def _lost(claims: list[Claim]) -> Counter[str]:
    """What leads nowhere, by metric."""
    return Counter(claim.label for claim in claims if task_of(claim) is None and lead(claim) is None)


def test_nine_of_ten_generated_numbers_lead_somewhere(tmp_path: Path):
    claims = [claim for lines in GENERATED.values() for claim in _claims(tmp_path, lines)]
    lost = _lost(claims)
    assert len(claims) > 80
    assert lost.total() <= 0.1 * len(claims), lost


@pytest.mark.skipif(not HUB.is_dir(), reason="the corpus of Hub cards is not here")
def test_nine_of_ten_numbers_of_published_cards_lead_somewhere():
    claims = [
        claim
        for model_claims in read_claims(registry.load(HUB))
        for claim in model_claims.claims
        if claim.subject not in COUNTED | TIMED
    ]
    lost = _lost(claims)
    assert claims
    assert lost.total() <= 0.1 * len(claims), lost


def test_a_card_with_1500_results_is_planned_with_work_that_grows_no_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from registry.harness import lead as module

    looked: list[int] = []
    original = module._of_mteb
    monkeypatch.setattr(module, "_of_mteb", lambda *names: looked.append(1) or original(*names))
    monkeypatch.setenv("MIR_CACHE", str(tmp_path / "cache"))
    for count in (150, 1500):
        module._lead.cache_clear()
        looked.clear()
        lines = "\n".join(f"Classification|MTEB Task{at} (en)|accuracy f1 main_score" for at in range(count // 3))
        assert len(list(_claims(tmp_path, lines))) == count
        plan = prepare(tmp_path / "README.md", harnesses=["mteb"]).plan()
        assert len(plan.cannot) == count
        # The names of each claim are looked up once, however often a run asks who measures it.
        assert len(looked) == count
