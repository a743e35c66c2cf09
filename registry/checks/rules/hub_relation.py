"""A relation to the base model that the Hub does not know.

What:
    In a card of the Hugging Face Hub `base_model_relation` is none of `finetune`, `adapter`, `quantized` and `merge`,
    or there is no `base_model` for it.

Why:
    The Hub refuses another word, and puts the model nowhere in its tree without the model that it comes from.

Bad:
    # file: README.md
    ---
    base_model: openai-community/gpt2
    base_model_relation: finetuned
    ---

Good:
    # file: README.md
    ---
    base_model: openai-community/gpt2
    base_model_relation: finetune
    ---
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.fixes import replace_value
from registry.checks.hub_documents import values_of
from registry.checks.message_text import either, short
from registry.checks.rule import Context, Problem, rule
from registry.types import MapNode, SeqNode

RELATIONS = ("adapter", "finetune", "merge", "quantized")
_MEANT = {
    "finetuned": "finetune", "fine-tune": "finetune", "fine-tuned": "finetune", "finetuning": "finetune",
    "fine-tuning": "finetune", "sft": "finetune", "lora": "adapter", "peft": "adapter", "adapters": "adapter",
    "quantization": "quantized", "quantize": "quantized", "quant": "quantized", "gguf": "quantized",
    "quantised": "quantized", "merged": "merge", "merges": "merge",
}  # fmt: skip


@rule("MIR706", "hub-relation", "error", "hub-model", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    if not root.get("base_model_relation"):
        return
    if not root.get("base_model"):
        location = root.location("base_model_relation", "base_model_relation")
        yield Problem("base_model_relation is given without a base_model", location, severity="warning")
    if isinstance(root["base_model_relation"], SeqNode):
        location = root.location("base_model_relation", "base_model_relation")
        yield Problem("base_model_relation is a list; one word is meant", location)
    for leaf in values_of(root, "base_model_relation"):
        if leaf.value is not None and leaf.value not in RELATIONS:
            folded = str(leaf.value).strip().lower()
            meant = folded if folded in RELATIONS else _MEANT.get(folded)
            yield Problem(
                f"{leaf.path} is {short(leaf.value)}; it may be {either(RELATIONS)}",
                leaf.location,
                fix=replace_value(leaf, meant) if meant and isinstance(leaf.value, str) else None,
            )
