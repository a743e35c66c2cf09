"""How a picture becomes a model's input: what the weights, the card and the options say of it, and doing it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast, get_args

import torch

from registry.types import DatasetError, Model
from registry.verify.asked import PREPROCESSING, fold_field
from registry.verify.target import Interpolation, Preprocessing

_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
_CHANNELS = {"rgb": "RGB", "bgr": "BGR", "l": "L"}


def of_card(model: Model, library: Preprocessing | None, settings: Mapping[str, str] | None = None) -> Preprocessing:
    """The preprocessing that a claim was made under: the weights' own, the card's word over it, the option over both.

    Args:
        model: The card.
        library: What the library's record of the weights says.
        settings: The option's word, by the same names as the card's fields.

    Raises:
        DatasetError: Nothing says how large the pictures are, or a field is not what it should be.
    """
    card_settings: dict[str, Any] = {name: model.get(name) for name in PREPROCESSING if model.get(name) is not None}
    fields = {fold_field(name): name for name in PREPROCESSING}
    for name, value in (settings or {}).items():
        if fold_field(name) not in fields:
            raise DatasetError(f"preprocessing has no '{name}'; it has {', '.join(PREPROCESSING)}")
        card_settings[fields[fold_field(name)]] = value
    if library is None and "Image Size" not in card_settings:
        raise DatasetError(
            "neither the weights nor the card say how pictures are prepared; add Image Size, Crop Pct, Interpolation, "
            "Mean and Std to the card"
        )
    preprocessing = library or Preprocessing()
    if "Image Size" in card_settings or "Crop Pct" in card_settings:
        preprocessing = replace(preprocessing, **_sizes(card_settings, preprocessing))
    if "Resize Size" in card_settings:
        if "Crop Pct" in card_settings:
            raise DatasetError("Resize Size and Crop Pct both say how large a picture is resized; give one of them")
        preprocessing = replace(preprocessing, resize=_size("Resize Size", card_settings["Resize Size"]))
    if "Antialias" in card_settings:
        preprocessing = replace(preprocessing, antialias=_choice("Antialias", card_settings["Antialias"], _TRUTHS))
    if "Channel Order" in card_settings:
        preprocessing = replace(
            preprocessing, channels=_choice("Channel Order", card_settings["Channel Order"], _CHANNELS)
        )
    if "Interpolation" in card_settings:
        preprocessing = replace(preprocessing, interpolation=_interpolation(card_settings["Interpolation"]))
    if "Mean" in card_settings:
        preprocessing = replace(preprocessing, mean=_numbers("Mean", card_settings["Mean"]))
    if "Std" in card_settings:
        preprocessing = replace(preprocessing, std=_numbers("Std", card_settings["Std"]))
    if len(preprocessing.mean) != len(preprocessing.std):
        raise DatasetError(
            f"the preprocessing has {len(preprocessing.mean)} means and {len(preprocessing.std)} standard deviations"
        )
    if (preprocessing.channels == "L") != (len(preprocessing.mean) == 1) and "Channel Order" in card_settings:
        raise DatasetError(f"Channel Order {preprocessing.channels} does not fit {len(preprocessing.mean)} means")
    return replace(preprocessing, channels="L") if len(preprocessing.mean) == 1 else preprocessing


def setting(name: str, model: Model, settings: Mapping[str, str]) -> Any:
    """What the option says, whatever its case and separators, else the card's field of that name, `None` if neither."""
    by_field = {fold_field(field_name): value for field_name, value in settings.items()}
    return by_field.get(fold_field(name), model.get(name))


def normalise(
    pixels: torch.Tensor, preprocessing: Preprocessing, layout: torch.memory_format = torch.contiguous_format
) -> torch.Tensor:
    """Bytes (batch, channels, height, width) as the model's 32-bit floats, in the operations of torchvision's own."""
    if preprocessing.channels == "BGR":
        pixels = pixels.flip(1)
    values = pixels.to(torch.float32, memory_format=layout).div_(1 / preprocessing.scale)
    mean, std = _constants(preprocessing.mean, preprocessing.std, values.device)
    return values.sub_(mean).div_(std)


@lru_cache(maxsize=64)
def _constants(mean: Sequence[float], std: Sequence[float], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Kept on the device: bringing them there makes the host wait until a GPU has answered all that came before."""
    return (
        torch.tensor(mean, device=device).view(1, -1, 1, 1),
        torch.tensor(std, device=device).view(1, -1, 1, 1),
    )


def _sizes(card_settings: Mapping[str, Any], library: Preprocessing) -> dict[str, Any]:
    """`Image Size` is the crop's; `Crop Pct` the part of the resized picture that the crop keeps, as timm means it."""
    crop = _whole("Image Size", card_settings["Image Size"]) if "Image Size" in card_settings else library.crop
    if not isinstance(crop, int):
        raise DatasetError("a Crop Pct needs an Image Size: the weights' own preprocessing has no square crop")
    if "Crop Pct" in card_settings:
        part = _number("Crop Pct", card_settings["Crop Pct"])
        if not 0 < part <= 1:
            raise DatasetError(f"Crop Pct must lie above 0 and be 1 at most, and is {part}")
        return {"crop": crop, "resize": int(crop / part)}
    if crop == library.crop:
        return {}
    if isinstance(library.crop, int) and isinstance(library.resize, int):
        return {"crop": crop, "resize": round(crop * library.resize / library.crop)}
    return {"crop": crop, "resize": crop}


def _size(name: str, value: Any) -> int | tuple[int, int]:
    """The shorter side, or height and width: `232`, `[128, 171]`, `128x171`."""
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else re.split(r"[x,\s]+", str(value))
    sides = [_whole(name, entry) for entry in entries if str(entry).strip(" []()")]
    if len(sides) not in (1, 2):
        raise DatasetError(f"{name} must be the shorter side, or height and width, and is {str(value)[:60]}")
    return sides[0] if len(sides) == 1 else (sides[0], sides[1])


def _choice(name: str, value: Any, choices: Mapping[str, Any]) -> Any:
    word = str(value).strip().casefold()
    if word not in choices:
        raise DatasetError(f"{name} '{str(value)[:40]}' is unknown; there are {', '.join(choices)}")
    return choices[word]


def _interpolation(value: Any) -> Interpolation:
    word = str(value).strip().lower()
    if word not in get_args(Interpolation):
        raise DatasetError(f"Interpolation '{word[:40]}' is unknown; there are {', '.join(get_args(Interpolation))}")
    return cast("Interpolation", word)


def _numbers(name: str, value: Any) -> tuple[float, ...]:
    entries = value if isinstance(value, Sequence) and not isinstance(value, str) else re.split(r"[,\s]+", str(value))
    numbers = tuple(_number(name, entry) for entry in entries if str(entry).strip())
    if len(numbers) not in (1, 3):
        raise DatasetError(f"{name} must be one number or three, and is {str(value)[:60]}")
    return numbers


def _number(name: str, value: Any) -> float:
    try:
        return float(str(value).strip(" []()'\""))
    except ValueError:
        raise DatasetError(f"{name} must be a number, and is '{str(value)[:40]}'") from None


def _whole(name: str, value: Any) -> int:
    number = _number(name, value)
    if number != int(number) or not 0 < number < 10_000:
        raise DatasetError(f"{name} must be a whole number of pixels, and is '{str(value)[:40]}'")
    return int(number)
