"""What lies beside a `config.json` of transformers: weights, and how the outputs are called.

Weights are put in by the library itself, which knows the older names of its own layers and which of them are tied; that
nothing is missing and nothing is left over is made sure of here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.files import relative
from registry.verify.builders.hub_folder import weights_on_hub
from registry.verify.builders.model_folder import WEIGHTS, ModelFolder
from registry.verify.target import Target, WeightsRef
from registry.verify.weights.fit import misfit
from registry.verify.weights.refused import RefusedError

if TYPE_CHECKING:
    from torch import nn

_NO_NAME = re.compile(r"LABEL_\d+")
"""What transformers calls a class that nobody has named."""


def with_files(
    target: Target, file: Path, base: str, settings: Mapping[str, Any], model_class: Callable[[], tuple[Any, Any]]
) -> Target:
    """A target with the files that lie beside its configuration.

    Args:
        target: The architecture.
        file: Its `config.json`.
        base: Folder of the card, which relative paths of weights start from.
        settings: The configuration.
        model_class: Gives the model's class and its configuration object; picklable.
    """
    folder = ModelFolder(str(file.parent))
    return replace(
        target,
        weights=weights_beside(folder, base),
        categories=class_names(settings),
        folder=folder.path,
        loads=partial(load, model_class),
    )


def weights_beside(folder: ModelFolder, base: str, names: Sequence[str] = WEIGHTS) -> WeightsRef | None:
    """The weights in a model's folder, else those of the repository of the Hub that it was fetched from.

    Args:
        folder: The model's folder.
        base: Folder of the card.
        names: What they are called, in the order in which they are looked for.
    """
    path, held = Path(folder.path), folder.there(names)
    on_hub = weights_on_hub(path, names)
    if on_hub is not None or not held:  # of a repository of the Hub, an index lies here that is not all of the weights
        return on_hub
    url = relative(path.resolve() / held[0], Path(base or ".").resolve())
    return WeightsRef(url=Path(url).as_posix(), base=base)


def class_names(settings: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What a configuration calls the outputs, in their order; `None` where it gives them no names."""
    named = settings.get("id2label")
    if not isinstance(named, Mapping) or not named:
        return None
    try:
        names = tuple(str(each) for _, each in sorted((int(number), each) for number, each in named.items()))
    except (TypeError, ValueError):
        return None
    return None if all(map(_NO_NAME.fullmatch, names)) else names


def load(
    model_class: Callable[[], tuple[Any, Any]], tensors: Mapping[str, Any], *, unused: tuple[str, ...] = ()
) -> nn.Module:
    """A model with its weights, in 32-bit floats whatever they are stored in: `--precision` chooses the arithmetic.

    Args:
        model_class: See `with_files`.
        tensors: The weights by name.
        unused: Beginnings of the names of weights that may be missing: answers do not depend on them, or an adapter
            brings them.

    Raises:
        RefusedError: Names are missing, left over, or of another shape.
    """
    import torch

    wanted, config = model_class()
    try:
        model, said = wanted.from_pretrained(
            None, config=config, state_dict=dict(tensors), output_loading_info=True, dtype=torch.float32
        )
    except Exception as error:  # the library raises whatever its layers do
        raise RefusedError(f"the weights do not fit the model: {' '.join(str(error).split())[:300]}") from error
    shapes = [f"{name} is {found} and should be {right}" for name, found, right in _mismatched(said)]
    missing = sorted(each for each in said.get("missing_keys", ()) if not each.startswith(unused))
    problem = misfit(missing, sorted(said.get("unexpected_keys", ())), shapes)
    if problem:
        raise RefusedError(problem)
    found: nn.Module = model.eval()
    return found


def _mismatched(said: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (str(name), "x".join(map(str, found)), "x".join(map(str, right)))
        for name, found, right in sorted(said.get("mismatched_keys", ()), key=str)
    ]
