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
        if (match := _HUB.fullmatch(name)) is not None:
            if match["owner"] not in ("timm", None):
                whose = f"{match['owner']}/{match['name']}"
                raise BuildError(f"only the Hub knows what {whose} is: keep the card beside its config.json")
            name = match["name"]
        if not _is_current(name):
            renamed = _registry()._deprecated_models.get(name)
            if renamed is None:
                raise unknown_name(self.name, name, _registry()._model_entrypoints)
            return _target(renamed, f"{how}, following timm's rename of {name} to {renamed}")
        return _target(name, how)

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model of the card's ID, else of its weights; see `Library.find`."""
        if hinted and clues.folder and (target := _of_config(clues)) is not None:
            return target
        if not hinted:
            name = _by_weights(clues.weights)
            return None if name is None else _target(name, "by its weights' URL")
        for label, identifier in (("ID", clues.id), ("name", clues.name.removeprefix("timm/"))):
            if identifier and _is_current(identifier):
                return _target(identifier, f"by its {label} '{identifier}'")
        return self._renamed(clues)

    def _renamed(self, clues: Clues) -> Target | None:
        """What became of a model that timm no longer has under its name."""
        old = clues.id or clues.name
        mismatches: list[str] = []
        for name, how in _successors(old, clues.weights):
            target = _target(name, how)
            if clues.parameters is None:
                return target
            counts = _parameters(name)
            if any(reading.holds(count) for reading, _ in readings(clues.parameters) for count in counts):
                return _target(name, f"{how}, whose parameters agree with the card's")
            mismatches.append(f"{name} has {counts[0]}")
        if mismatches:
            raise BuildError(
                f"timm {installed_version('timm')} no longer has '{old}', and none of its possible successors has the "
                f"card's {clues.parameters} parameters: {'; '.join(mismatches)}"
            )
        if old:
            raise unknown_name(self.name, old, _registry()._model_entrypoints)
        return None


def _of_config(clues: Clues) -> Target | None:
    """The model of the `config.json` beside a card of the Hub, as timm writes it: with its name and its classes."""
    if not holds(clues.folder, "config.json"):
        return None
    config = read_object(Path(clues.folder), "config.json")
    name = config.get("architecture")
    if not isinstance(name, str) or not _is_current(name.partition(".")[0]):
        return None
    cfg = config.get("pretrained_cfg")
    tag = cfg.get("tag") if isinstance(cfg, dict) else None
    tagged = f"{name}.{tag}" if isinstance(tag, str) and _is_current(f"{name}.{tag}") else name
    target = _target(tagged, "by the config.json beside the card")
    classes = config.get("num_classes")
    if isinstance(classes, int) and not isinstance(classes, bool) and 0 <= classes <= _MOST_CLASSES:
        target = replace(target, build=partial(build, target.name, num_classes=classes))
    return target


@cache
def _parameters(name: str) -> list[int]:
    return list(variants(ledger(build_on_meta(partial(build, name)))).values())


def _successors(old: str, weights: str) -> Iterator[tuple[str, str]]:
    """Models that an old name may mean, the surest first, each with how it was found."""
    registry = _registry()
    names = set()
    renamed = registry._deprecated_models.get(old)
    candidates = [(_by_weights(weights), "by its weights' URL"), (renamed, f"by timm's rename of {old}")]
    if renamed is not None:
        architecture = max(
            (entrypoint for entrypoint in registry._model_entrypoints if _ends(old, entrypoint)), key=len, default=None
        )
        tagged = f"{architecture}.{renamed.partition('.')[2]}"
        if tagged in registry._model_pretrained_cfgs:
            candidates.append((tagged, f"by the end of its ID {old} and the tag of timm's rename"))
    for name, how in candidates:
        if name is not None and name not in names:
            names.add(name)
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
    names: dict[str, str] = {}
    for name, config in _registry()._model_pretrained_cfgs.items():
        if config.url and ("." in name or file_name(config.url) not in names):
            names[file_name(config.url)] = name
    return names


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
    built_from = " ".join(f"{field}={getattr(config, field, None)}" for field in takes)
    return Target(
        library="timm",
        name=name,
        version=installed_version("timm"),
        how=how,
        build=partial(build, name),
        input_size=tuple(config.input_size) if config is not None else None,
        conventions=("fvcore 0.1.5",),
        same=f"{name.partition('.')[0]} {built_from}" if config is not None else "",
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
    supported = re.fullmatch("nearest|bilinear|bicubic|lanczos", config.interpolation)
    return Preprocessing(
        resize=int(side / config.crop_pct),
        crop=side,
        interpolation=cast("Interpolation", config.interpolation if supported else "bicubic"),
        mean=tuple(config.mean),
        std=tuple(config.std),
    )


LIBRARY = Timm()
