"""Full names of torch's modules and functions, as the tables of rules need many of them."""

from __future__ import annotations


def modules(*names: str, dims: tuple[int, ...] = ()) -> tuple[str, ...]:
    """Of modules: `modules("Conv", dims=(1, 2))` is `torch.nn.Conv1d`, `torch.nn.Conv2d`."""
    return _each("torch.nn.", names, dims)


def functional(*names: str, dims: tuple[int, ...] = ()) -> tuple[str, ...]:
    """In torch.nn.functional: `functional("conv", dims=(1, 2))` is `...conv1d`, `...conv2d`."""
    return _each("torch.nn.functional.", names, dims)


def function_and_method(*names: str) -> tuple[str, ...]:
    """Of functions that are also tensor methods: for `mm`, `torch.mm` and `torch.Tensor.mm`."""
    return tuple(f"{owner}.{name}" for name in names for owner in ("torch", "torch.Tensor"))


def _each(prefix: str, names: tuple[str, ...], dims: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"{prefix}{name}{f'{dim}d' if dim else ''}" for name in names for dim in dims or (0,))
