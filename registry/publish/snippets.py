"""Lines to copy: how to load a model, how to verify it, how to cite it. Whatever a card puts in is quoted."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from registry.publish.catalog import CatalogEntry
from registry.publish.papers import PaperReference
from registry.vocabulary import slug

_BIBTEX = re.compile(r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*\n(\s*@\w+\s*\{.*?)^ {0,3}\1", re.MULTILINE | re.DOTALL)
_BUILDER = re.compile(r"[\w.\-]+:[\w.\-/]+")


def builder(entry: CatalogEntry) -> str | None:
    """`library:model` as the card names it, or as verifying it found out."""
    card_name = entry.model.get("Builder")
    record_names = (outcome.details.get("builder") for outcome in entry.claims)
    return next(
        (
            candidate
            for candidate in (card_name, *record_names)
            if isinstance(candidate, str) and _BUILDER.fullmatch(candidate)
        ),
        None,
    )


def load(entry: CatalogEntry) -> str | None:
    """Python that builds the model with the weights that the card names; `None` where no builder is known."""
    name = builder(entry)
    folder = _of_transformers(entry, name)
    if folder is not None:
        return _transformers(folder)
    if name is None:
        return None
    library, _, model = name.partition(":")
    architecture, _, tag = model.partition(".")
    weights = entry.model.weights[0].url if entry.model.weights else ""
    own = weights and not weights.startswith("https://download.pytorch.org/")
    if library == "torchvision" and tag and not own:
        return _torchvision(architecture, tag)
    if library == "timm" and tag and (not weights or _is_of_timm(weights, model)):
        return _timm(model, entry)
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
    elif weights.startswith("https://") and weights.endswith(".safetensors"):
        lines[:0] = ["import torch", "from safetensors.torch import load_file"]
        lines.append(f'torch.hub.download_url_to_file({json.dumps(weights)}, "model.safetensors")')
        state = 'load_file("model.safetensors")'
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


def _is_of_timm(weights: str, model: str) -> bool:
    """Whether weights are those that timm loads under a model's name: its own, or of a repository so named."""
    parts = urlsplit(weights)
    owner, _, rest = parts.path.strip("/").partition("/")
    if parts.hostname == "github.com":
        return owner in ("huggingface", "rwightman") and rest.startswith("pytorch-image-models/releases/")
    return parts.hostname == "huggingface.co" and (owner == "timm" or rest.partition("/")[0] == model)


def _timm(model: str, entry: CatalogEntry) -> str:
    size, crop = entry.model.get("Image Size"), entry.model.get("Crop Pct")
    arguments = ""
    if type(size) is int and isinstance(crop, int | float):  # timm's tables are of other inputs than its defaults
        arguments = f', args={{"input_size": (3, {size}, {size}), "crop_pct": {crop}}}'
    return "\n".join(
        (
            "import timm",
            "",
            f"model = timm.create_model({json.dumps(model)}, pretrained=True).eval()",
            f"settings = timm.data.resolve_model_data_config(model{arguments})",
            "preprocess = timm.data.create_transform(**settings)",
        )
    )


def _of_transformers(entry: CatalogEntry, name: str | None) -> str | None:
    """The folder or the Hub's name that transformers loads a model from; `None` where it is none of its models."""
    if "transformers" in (entry.model.get("library_name"), entry.model.get("Library")):
        config = entry.model.get("Config")
        if isinstance(config, str) and config.endswith("config.json") and "://" not in config:
            return PurePosixPath(config).parent.as_posix()
        if entry.file.startswith("hf://"):
            return "/".join(entry.file.removeprefix("hf://").split("/")[:2]).partition("@")[0]
    return name.partition(":")[2] if name and re.fullmatch(r"transformers:[\w.\-]+/[\w.\-]+", name) else None


def _transformers(folder: str) -> str:
    return "\n".join(
        (
            "import transformers",
            "",
            f"config = transformers.AutoConfig.from_pretrained({json.dumps(folder)})",
            f"model = getattr(transformers, config.architectures[0]).from_pretrained({json.dumps(folder)}).eval()",
            f"preprocess = transformers.AutoProcessor.from_pretrained({json.dumps(folder)})",
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
    match = _BIBTEX.search(text)
    if match is not None:
        return match[2].strip()
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
