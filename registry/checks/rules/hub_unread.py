"""Metadata of a Hub card that its readers drop or stop at.

What:
    A key in another spelling than the Hub's (`model_index`, `Licence`, `languages`), several models in `model-index`, a
    result without a `dataset`, `eval_results` in the front matter, or several tags or metrics in one
    text.

Why:
    The Hub takes such a card without a word, and the readers lose what it says: huggingface_hub matches keys letter by
    letter, keeps the name of the last of several models, and raises an error at a result without a data set, so that
    nothing of the card is read.

Bad:
    # file: README.md
    ---
    library_name: transformers
    model_index:
    - name: distilbert
      results: []
    ---

Good:
    # file: README.md
    ---
    library_name: transformers
    model-index:
    - name: distilbert
      results: []
    ---
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.fixes import replace_key
from registry.checks.hub_documents import results_of
from registry.checks.message_text import short, times
from registry.checks.rule import Context, Problem, rule
from registry.checks.schema_check import plan_of
from registry.dialects.hub_cards import kind_of
from registry.types import MapNode, SeqNode
from registry.vocabulary.hub_identifiers import hub_ids, key_meant


@rule("MIR707", "hub-unread", "warning", "hub-card", fixable=True)
def check(root: MapNode, context: Context) -> Iterator[Problem]:
    yield from _keys(root)
    if kind_of(root) != "model":
        return
    entries = root.get("model-index")
    if isinstance(entries, SeqNode) and len(entries) > 1:
        message = f"model-index has {len(entries)} models; huggingface_hub gives all results the name of the last"
        yield Problem(message, entries.location(1, "model-index[1]"), hint="A repository on the Hub is one model.")
    bare = [
        result.source.location(result.start, result.end, path)
        for result, path in results_of(root)
        if "dataset" not in result
    ]
    if bare:
        message = f"{bare[0].path} has no dataset{times(len(bare))}; huggingface_hub raises an error, and reads nothing"
        yield Problem(message, bare[0], related=tuple(bare[1:]))
    if root.get("eval_results"):
        message = "eval_results in a card is an error to huggingface_hub, which then reads nothing of it"
        hint = "Results stand in model-index, or in files of the folder .eval_results."
        yield Problem(message, root.location("eval_results", "eval_results"), hint=hint)
    for key, noun in (("tags", "tag"), ("metrics", "metric")):
        value = root.get(key)
        if isinstance(value, str) and "," in value:
            yield Problem(f"{key} {short(value)} is one {noun}", root.location(key, key), f"Several {key} are a list.")


def _keys(root: MapNode) -> Iterator[Problem]:
    plan = plan_of("huggingface")
    for key in root:
        name = None if key in plan.children else key_meant(key, plan.names)
        if name is None:
            continue
        message = f"{short(key)} is no key of the Hub's, and its readers ignore it"
        if name in root:
            yield Problem(f"{message}; '{name}' stands beside it", root.key_location(key, key))
        else:
            # TRL's template says `licence: license`, which under the right key would be refused.
            safe = name != "license" or (isinstance(root[key], str) and root[key] in hub_ids("licenses"))
            fix = replace_key(root, key, name, f"Write '{name}'") if safe else None
            yield Problem(message, root.key_location(key, key), hint=f"Write {name}.", fix=fix)
