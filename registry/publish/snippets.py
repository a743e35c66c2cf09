"""Lines to copy: how to load a model, how to verify it, how to cite it. Whatever a card puts in is quoted."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath

from registry.publish.catalog import CatalogEntry
from registry.publish.papers import PaperReference
from registry.vocabulary import slug

_BIBTEX = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n(\s*@\w+\s*\{.*?)^ {0,3}\1", re.MULTILINE | re.DOTALL)
_BUILDER = re.compile(r"[\w.\-]+:[\w.\-/]+")


def builder(entry: CatalogEntry) -> str | None:
    """`library:model` as the card names it, or as verifying it found out."""
    named = entry.model.get("Builder")
    found = [
        shown.evidence.measurement.details.get("builder")
        for shown in entry.claims
        if shown.evidence is not None and shown.evidence.measurement is not None
    ]
    return next((each for each in (named, *found) if isinstance(each, str) and _BUILDER.fullmatch(each)), None)


def load(entry: CatalogEntry) -> str | None:
    """Python that builds the model with the weights that the card names; `None` where no builder is known."""
    name = builder(entry)
    if name is None:
        return None
    library, _, model = name.partition(":")
    architecture, _, tag = model.partition(".")
    weights = entry.model.weights[0].url if entry.model.weights else ""
    own = weights and not weights.startswith("https://download.pytorch.org/")
    if library == "torchvision" and tag and not own:
        return _torchvision(architecture, tag)
    if library == "timm" and tag and not weights:
        return _timm(model)
    imports, build = {
        "timm": ("import timm", f"timm.create_model({json.dumps(model)})"),
        "torchvision": ("import torchvision", f"torchvision.models.get_model({json.dumps(architecture)})"),
    }.get(library, ("from registry.verify.builders import target", f"target({json.dumps(name)}).build()"))
    lines = [imports, "", f"model = {build}.eval()"]
    if not weights:
        return "\n".join(lines)
    if weights.endswith(".safetensors") and "://" not in weights:
        lines.insert(0, "from safetensors.torch import load_file")
        state = f"load_file({json.dumps(weights)})"
    elif weights.startswith("https://"):
        lines.insert(0, "import torch")
        lines.append(f"url = {json.dumps(weights)}")
        state = 'torch.hub.load_state_dict_from_url(url, map_location="cpu", weights_only=True)'
    else:
        return "\n".join(lines)
    lines.append(f"model.load_state_dict({state})")
    return "\n".join(lines)


def _torchvision(architecture: str, tag: str) -> str:
    """Torchvision's own way: its weights know their classes, the arguments that they need, and their transforms."""
    name, weights = json.dumps(architecture), json.dumps(tag)
    quantized = ", quantize=True" if architecture.startswith("quantized_") else ""
    return "\n".join(
        (
            "from torchvision.models import get_model, get_model_weights",
            "",
            f"weights = get_model_weights({name})[{weights}]",
            f"model = get_model({name}, weights=weights{quantized}).eval()",
            "preprocess = weights.transforms()",
        )
    )


def _timm(model: str) -> str:
    return "\n".join(
        (
            "import timm",
            "",
            f"model = timm.create_model({json.dumps(model)}, pretrained=True).eval()",
            "preprocess = timm.data.create_transform(**timm.data.resolve_model_data_config(model))",
        )
    )


def verify(entry: CatalogEntry, *, downloaded: bool = False) -> str:
    """The command that verifies the model.

    Args:
        entry: The model.
        downloaded: Whether its card is the one of a download, which lies in the working folder.
    """
    file = PurePosixPath(entry.file).name if downloaded else entry.file
    command = f"mir verify {shlex.quote(file)}"
    return command if len(entry.card.models) == 1 else f"{command} --model {shlex.quote(entry.name)}"


def citation(entry: CatalogEntry, papers: Sequence[PaperReference], text: str, date: str, address: str) -> str:
    """BibTeX: what the card's text holds, else its first paper, else the card itself.

    Args:
        entry: The model.
        papers: The papers that it refers to.
        text: The card's text.
        date: When it was published; empty where that is not known.
        address: Where the card or its page is; empty where that is not known.
    """
    found = _BIBTEX.search(text)
    if found is not None:
        return found[2].strip()
    paper = papers[0] if papers else None
    fields = {
        "title": f"{{{_braced(paper.title if paper else entry.name)}}}",
        "eprint": f"{{{paper.arxiv}}}" if paper and paper.arxiv else "",
        "archivePrefix": "{arXiv}" if paper and paper.arxiv else "",
        "year": f"{{{date[:4]}}}" if date else "",
        "url": f"{{{(paper.url if paper else None) or address}}}" if (paper and paper.url) or address else "",
        "note": "" if paper else "{Model card}",
    }
    lines = [f"  {name:<13} = {value}," for name, value in fields.items() if value]
    return "\n".join((f"@misc{{{slug(paper.title if paper else entry.name) or 'model'},", *lines, "}"))


def _braced(text: str) -> str:
    """Text that ends no BibTeX field."""
    return re.sub(r"[{}\\]", "", text)
