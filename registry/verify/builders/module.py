"""A torch module from whatever a person may give for one."""

from __future__ import annotations

import torch.nn as nn

from registry.types import BuildError, UsageError
from registry.verify.builders.resolution import target


def module_of(model: object) -> nn.Module:
    """A module as it is, one of a class, or a library's model by its name.

    Raises:
        BuildError: It cannot be built.
        UsageError: It is none of these, or no library has such a model.
    """
    if isinstance(model, nn.Module):
        return model
    if isinstance(model, type) and issubclass(model, nn.Module):
        try:
            return model()
        except TypeError as error:
            raise BuildError(f"{model.__name__} cannot be made without arguments: {error}; give a module") from error
    if isinstance(model, str) and ":" in model:
        return target(model).build()
    raise UsageError(
        f"{repr(model)[:100]} is no torch.nn.Module; give one, or a library's model by name: 'torchvision:resnet50'"
    )
