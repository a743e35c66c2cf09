"""timm's models, found by name, by the file of their weights, and by its list of renames where that can be trusted.

The list of renames (`timm.models._registry._deprecated_models`) sends some models to another one:
`ig_resnext101_32x16d`, `32x32d` and `32x48d` all go to 32x8d. A renamed model is therefore accepted only where its
parameters agree with the card's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from registry.evidence.rejudge.fineness import readings
from registry.types import BuildError, MissingExtraError
from registry.verify.builders.hub_folder import holds, read_object
from registry.verify.builders.package import Clues, file_name, installed_version, unknown_name, weights_at
from registry.verify.parameters import ledger, variants
from registry.verify.target import Interpolation, Preprocessing, Target, WeightsRef
from registry.verify.torchvision_ops import import_torchvision
from registry.verify.trace import build as build_on_meta

if TYPE_CHECKING:
    from torch import nn


_HUB = re.compile(r"hf[-_]hub:(?:(?P<owner>[\w.-]+)/)?(?P<name>[\w.-]+)(?:@[\w./-]+)?", re.ASCII)
_MOST_CLASSES = 1_000_000


class Timm:
    """timm as a library of models; a model may carry the tag of its weights: `resnet50.a1_in1k`."""

    name = "timm"
    links = ("/pytorch-image-models/",)

    def target(self, name: str, how: str) -> Target:
        """The model called `name`, which may be timm's id of it on the Hub; see `Library.target`."""
        if (found := _HUB.fullmatch(name)) is not None:
            if found["owner"] not in ("timm", None):
                whose = f"{found['owner']}/{found['name']}"
                raise BuildError(f"only the Hub knows what {whose} is: keep the card beside its config.json")
            name = found["name"]
        if not _is_current(name):
            renamed = _registry()._deprecated_models.get(name)
            if renamed is None:
                raise unknown_name(self.name, name, _registry()._model_entrypoints)
            return _target(renamed, f"{how}, following timm's rename of {name} to {renamed}")
        return _target(name, how)

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model of the card's ID, else of its weights; see `Library.find`."""
        if hinted and clues.folder and (found := _of_config(clues)) is not None:
            return found
        if not hinted:
            name = _by_weights(clues.weights)
            return None if name is None else _target(name, "by its weights' URL")
        for label, said in (("ID", clues.id), ("name", clues.name.removeprefix("timm/"))):
            if said and _is_current(said):
                return _target(said, f"by its {label} '{said}'")
        return self._renamed(clues)

    def _renamed(self, clues: Clues) -> Target | None:
        """What became of a model that timm no longer has under its name."""
        old = clues.id or clues.name
        tried: list[str] = []
        for name, how in _successors(old, clues.weights):
            found = _target(name, how)
            if clues.parameters is None:
                return found
            counts = _parameters(name)
            if any(reading.holds(count) for reading, _ in readings(clues.parameters) for count in counts):
                return _target(name, f"{how}, whose parameters agree with the card's")
            tried.append(f"{name} has {counts[0]}")
        if tried:
            raise BuildError(
                f"timm {installed_version('timm')} no longer has '{old}', and none of its possible successors has the "
                f"card's {clues.parameters} parameters: {'; '.join(tried)}"
            )
        if old:
            raise unknown_name(self.name, old, _registry()._model_entrypoints)
        return None


def _of_config(clues: Clues) -> Target | None:
    """The model of the `config.json` beside a card of the Hub, as timm writes it: with its name and its classes."""
    if not holds(clues.folder, "config.json"):
        return None
    said = read_object(Path(clues.folder), "config.json")
    name = said.get("architecture")
    if not isinstance(name, str) or not _is_current(name.partition(".")[0]):
        return None
    cfg = said.get("pretrained_cfg")
    tag = cfg.get("tag") if isinstance(cfg, dict) else None
    tagged = f"{name}.{tag}" if isinstance(tag, str) and _is_current(f"{name}.{tag}") else name
    found = _target(tagged, "by the config.json beside the card")
    classes = said.get("num_classes")
    if isinstance(classes, int) and not isinstance(classes, bool) and 0 <= classes <= _MOST_CLASSES:
        found = replace(found, build=partial(build, found.name, num_classes=classes))
    return found


@cache
def _parameters(name: str) -> list[int]:
    return list(variants(ledger(build_on_meta(partial(build, name)))).values())


def _successors(old: str, weights: str) -> Iterator[tuple[str, str]]:
    """Models that an old name may mean, the surest first, each with how it was found."""
    registry = _registry()
    seen = set()
    renamed = registry._deprecated_models.get(old)
    candidates = [(_by_weights(weights), "by its weights' URL"), (renamed, f"by timm's rename of {old}")]
    if renamed is not None:
        architecture = max((each for each in registry._model_entrypoints if _ends(old, each)), key=len, default=None)
        tagged = f"{architecture}.{renamed.partition('.')[2]}"
        if tagged in registry._model_pretrained_cfgs:
            candidates.append((tagged, f"by the end of its ID {old} and the tag of timm's rename"))
    for name, how in candidates:
        if name is not None and name not in seen:
            seen.add(name)
            yield name, how


def _ends(old: str, architecture: str) -> bool:
    return old.endswith(f"_{architecture}")


def _is_current(name: str) -> bool:
    registry = _registry()
    if name in registry._deprecated_models:
        return False
    architecture, _, tag = name.partition(".")
    return architecture in registry._model_entrypoints and (not tag or name in registry._model_pretrained_cfgs)


def _by_weights(url: str) -> str | None:
    return _weights_files().get(file_name(url)) if url else None


@cache
def _weights_files() -> dict[str, str]:
    """Model names, with tag where there is one, by the weights' file name."""
    found: dict[str, str] = {}
    for name, config in _registry()._model_pretrained_cfgs.items():
        if config.url and ("." in name or file_name(config.url) not in found):
            found[file_name(config.url)] = name
    return found


@cache
def _registry() -> Any:
    installed_version("timm")
    try:
        import_torchvision()
    except MissingExtraError as error:
        raise BuildError(error.message) from error
    import_module("timm")
    return import_module("timm.models._registry")


def _target(name: str, how: str) -> Target:
    config = _registry().get_pretrained_cfg(name)
    # All that timm itself takes from a configuration when it makes a model without weights.
    takes = ("num_classes", "input_size", "fixed_input_size", "global_pool", "test_input_size")
    said = " ".join(f"{each}={getattr(config, each, None)}" for each in takes)
    return Target(
        library="timm",
        name=name,
        version=installed_version("timm"),
        how=how,
        build=partial(build, name),
        input_size=tuple(config.input_size) if config is not None else None,
        conventions=("fvcore 0.1.5",),
        same=f"{name.partition('.')[0]} {said}" if config is not None else "",
        weights=None if config is None else _weights(config),
        preprocessing=None if config is None else _preprocessing(config),
    )


def build(name: str, **shape: Any) -> nn.Module:
    """Make a model of timm without its weights; every name that comes here was found in timm's own list."""
    _registry()
    return cast("nn.Module", import_module("timm").create_model(name, pretrained=False, **shape))


def _weights(config: Any) -> WeightsRef | None:
    if config.hf_hub_id:
        return WeightsRef(url=f"hf://{config.hf_hub_id}/{config.hf_hub_filename or 'model.safetensors'}")
    return weights_at(config.url) if config.url else None


def _preprocessing(config: Any) -> Preprocessing:
    """Timm's evaluation transform as plain data: resized to the crop's side over `crop_pct`, rounded down."""
    side = config.input_size[-1]
    known = re.fullmatch("nearest|bilinear|bicubic|lanczos", config.interpolation)
    return Preprocessing(
        resize=int(side / config.crop_pct),
        crop=side,
        interpolation=cast("Interpolation", config.interpolation if known else "bicubic"),
        mean=tuple(config.mean),
        std=tuple(config.std),
    )


LIBRARY = Timm()
