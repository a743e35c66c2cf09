"""Which front matter is a card of the Hugging Face Hub, and of what: a model, a data set or a Space.

The Hub reads the front matter of a repository's README and knows by the repository what it describes; a file alone is
told by its keys.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from registry.types import MapNode

Kind = Literal["model", "dataset", "space"]

MODEL_KEYS = frozenset(
    {
        "model-index", "library_name", "pipeline_tag", "base_model", "base_model_relation", "new_version",
        "co2_eq_emissions", "widget", "eval_results", "mask_token", "instance_prompt", "model_name", "inference",
        "model_index", "quantized_by", "prompt_template", "model_type",
    }
)  # fmt: skip
"""Keys that only a model's card has."""

_OF_MODELS = frozenset({"datasets", "metrics", "inference"})
"""Keys that a model's card has and that of a data set hardly ever."""

DATASET_KEYS = frozenset(
    {
        "task_categories", "task_ids", "size_categories", "pretty_name", "dataset_info", "configs", "viewer",
        "annotations_creators", "language_creators", "multilinguality", "source_datasets", "paperswithcode_id",
        "train-eval-index", "language_details", "dataset_summary",
    }
)  # fmt: skip
SPACE_KEYS = frozenset({"sdk", "sdk_version", "app_file", "app_port", "colorFrom", "colorTo", "suggested_hardware"})

_TELLING = frozenset(
    {
        "model-index", "library_name", "pipeline_tag", "base_model", "base_model_relation", "co2_eq_emissions",
        "license_name", "license_link", "language_bcp47", "extra_gated_prompt", "extra_gated_fields",
        "extra_gated_heading", "extra_gated_description", "extra_gated_button_content", "widget", "task_categories",
        "size_categories", "dataset_info", "annotations_creators", "new_version", "model_index",
    }
)  # fmt: skip
"""Keys that no other tool's front matter has, so that one of them is enough in any file."""

_SHARED = frozenset(
    {
        "license", "licence", "language", "languages", "tags", "datasets", "metrics", "thumbnail", "inference",
        "eval_results", "pinned", "arxiv", "model_name", "model_type", "mask_token", "instance_prompt", "gated",
        "quantized_by", "prompt_template", "library", "library-name", "pipeline-tag", "base-model", "model index",
    }
)  # fmt: skip
"""Keys of the Hub that other front matter has too: in a README without the others' keys they make a card."""

_OTHERS = frozenset(
    {
        "layout", "permalink", "nav_order", "has_children", "sidebar_label", "sidebar_position", "sidebar", "weight",
        "slug", "draft", "aliases", "toc", "categories", "hide_table_of_contents", "template", "hide", "parent",
        "grand_parent", "navigation", "menu", "output", "author", "authors", "date", "publishDate", "jupyter",
        "jupytext", "kernelspec", "redirect_from", "bibliography", "category",
    }
)  # fmt: skip
"""Keys of Jekyll, Hugo, Docusaurus, MkDocs, Quarto and their like."""

_COMMON = frozenset({"author", "authors", "date", "template", "output", "category", "categories", "weight", "aliases"})
"""Those of them that people write into cards as well: beside a licence in a README they are no sign of another tool."""

_CARDS = ("readme", "model", "card", "stdin")


def is_card(root: MapNode, file: str) -> bool:
    """Whether front matter is meant for the Hub.

    Args:
        root: The front matter.
        file: The file it stands in; a README is read more readily as a card than another page.
    """
    keys = root.keys()
    if keys & _TELLING or len(keys & SPACE_KEYS) > 1 or len(keys & DATASET_KEYS) > 1:
        return True
    lowered = {key.lower() for key in keys}
    stem = PurePath(file).stem.lower()
    if not any(word in stem for word in _CARDS):
        return False
    card_keys = lowered & (_SHARED | MODEL_KEYS | DATASET_KEYS | SPACE_KEYS)
    others = lowered & _OTHERS
    if others and stem == "readme" and lowered & {"license", "licence"}:
        others -= _COMMON
    return bool(card_keys) and not others


def kind_of(root: MapNode) -> Kind:
    """What a card describes.

    >>> from registry.types import Source
    >>> root = MapNode(Source(file="README.md", text=""), 0)
    >>> root.update({"license": "mit", "sdk": "gradio"})
    >>> kind_of(root)
    'space'
    """
    keys = root.keys()
    if "sdk" in keys or len(keys & SPACE_KEYS) > 1:
        return "space"
    if keys & (MODEL_KEYS - {"inference", "model_name", "model_type"}):
        return "model"
    signs = keys & DATASET_KEYS
    # Models of many languages borrow a key of the data sets, such as `language_details`.
    return "dataset" if len(signs) > (1 if keys & _OF_MODELS else 0) else "model"
