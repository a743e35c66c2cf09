"""A model on its device: how a batch of bytes becomes answers there."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from registry.types import Unverifiable, UsageError
from registry.verify import nested
from registry.verify.call_options import Precision
from registry.verify.model_inputs import Inputs

_AHEAD = 3
"""Batches that may wait on a GPU."""

_HALF: dict[str, torch.dtype] = {"bf16": torch.bfloat16, "fp16": torch.float16}


class TooLargeError(Unverifiable):
    """A model needs more memory than there is."""


def devices(text: str) -> list[torch.device]:
    """The devices that an option names: `auto`, `cpu`, `cuda`, `cuda:1`, or several such as `cuda:0,cuda:1`.

    Raises:
        UsageError: A device is not there, or the text names none.
    """
    if text == "auto":
        return [torch.device("cuda" if torch.cuda.is_available() else "cpu")]
    try:
        choice = [torch.device(name.strip()) for name in text.split(",")]
    except RuntimeError:
        raise UsageError(f"--device {text}: it must be auto, cpu, cuda or cuda:N") from None
    for device in choice:
        if device.type not in ("cpu", "cuda") or (
            device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count()
        ):
            raise UsageError(f"--device {text}: there is no device {device} here")
    return choice


class Runner:
    """One model, on one device or copied to several that take turns.

    Attributes:
        limit: Samples that it takes at once; halved each time that the memory does not suffice.
        layout: How pictures and weights lie in memory.
        inputs: How samples become what it takes.

    Raises:
        TooLargeError: The model does not fit into a device's memory.
    """

    layout: torch.memory_format

    def __init__(
        self,
        model: nn.Module,
        inputs: Inputs,
        where: Sequence[torch.device],
        *,
        precision: Precision = "fp32",
        compiled: bool = False,
        limit: int = 1 << 30,
    ) -> None:
        self.limit = limit
        self.uncompiled = ""
        self.inputs = inputs
        self._precision = precision
        self._where = list(where)
        self._turn = 0
        first, *others = self._where
        model = model.eval().requires_grad_(requires_grad=False)
        try:
            self._placed: list[Any] = [model.to(first), *(copy.deepcopy(model).to(device) for device in others)]
            self._models: list[Any] = [torch.compile(model) for model in self._placed] if compiled else self._placed
            # Tensor cores read channels last.
            self.lay_out(torch.channels_last if first.type == "cuda" else torch.contiguous_format)
        except torch.OutOfMemoryError as error:
            _give_back()
            raise TooLargeError(f"the model does not fit into the memory of {_named(self._where)}") from error
        self._lanes = [Lane(device) if device.type == "cuda" else None for device in self._where]

    def lay_out(self, layout: torch.memory_format) -> None:
        """Change how pictures and weights lie in memory; the arithmetic stays."""
        self.layout = layout
        for model in self._placed:
            model.to(memory_format=layout)

    def __call__(self, batch: Any) -> Iterator[tuple[int, int, Any, torch.device]]:
        """Answer a batch of samples, in as many pieces as the memory asks for.

        Args:
            batch: A tensor, or a tuple or mapping of some, whose first axis is the samples'.

        Yields:
            First and past-last sample of each piece, the model's output for it, and where that lies.

        Raises:
            TooLargeError: The memory does not suffice for a single sample.
        """
        start, count = 0, nested.length(batch)
        while start < count:
            end = min(start + self.limit, count)
            try:
                output, device = self._answer(nested.apply(lambda tensor, at=start, to=end: tensor[at:to], batch))
            except torch.OutOfMemoryError as error:
                if end - start == 1:
                    raise TooLargeError(
                        f"the memory of {_named(self._where)} is too small for one sample at a time"
                    ) from error
                self.limit = max(1, (end - start) // 2)
                _give_back()
                continue
            yield start, end, output, device
            start = end

    @torch.inference_mode()
    def _answer(self, batch: Any) -> tuple[Any, torch.device]:
        turn, self._turn = self._turn, (self._turn + 1) % len(self._models)
        device, lane = self._where[turn], self._lanes[turn]
        arguments = self.inputs.arguments(batch if lane is None else lane.bring(batch), self.layout)
        with arithmetic(self._precision, device):
            output = self._run(turn, arguments)
        if lane is not None:
            lane.answered()
        return output, device

    def _run(self, turn: int, arguments: Any) -> Any:
        """Ask a model; where it cannot be compiled, all of them are asked as they are from then on."""
        if self._models is self._placed:
            return _call(self._placed[turn], arguments)
        from torch._dynamo.exc import TorchDynamoException

        try:
            return _call(self._models[turn], arguments)
        except TorchDynamoException as error:
            self.uncompiled = str(error).strip().partition("\n")[0][:200]
            self._models = self._placed
            return _call(self._placed[turn], arguments)


def _call(model: Any, arguments: Any) -> Any:
    if isinstance(arguments, Mapping):
        return model(**arguments)
    return model(*arguments) if isinstance(arguments, tuple) else model(arguments)


class Lane:
    """The way to one GPU: the next batch is copied on a stream of its own while the GPU still works on those before."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)
        self._waiting: deque[torch.cuda.Event] = deque()

    def bring(self, batch: Any) -> Any:
        """A batch on the GPU. Batches that the GPU has not answered are kept few, so that they do not fill it."""
        while len(self._waiting) >= _AHEAD:
            self._waiting.popleft().synchronize()
        working = torch.cuda.current_stream(self._device)
        with torch.cuda.stream(self._stream):
            brought = nested.apply(lambda tensor: tensor.to(self._device, non_blocking=True), batch)
        working.wait_stream(self._stream)
        # Its memory must not be given away while the other stream still reads it.
        nested.apply(lambda tensor: tensor.record_stream(working), brought)
        return brought

    def answered(self) -> None:
        """Note that the last batch that was brought has been given to the GPU."""
        event = torch.cuda.Event()
        event.record(torch.cuda.current_stream(self._device))
        self._waiting.append(event)


@contextmanager
def arithmetic(precision: Precision, device: torch.device) -> Iterator[None]:
    """Floating-point arithmetic as asked. `fp32` is exact fp32: torch itself lets cuDNN use TF32 unless told."""
    tensor_cores = precision == "tf32"
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tensor_cores
    try:
        with torch.autocast(device.type, dtype=_HALF.get(precision), enabled=precision in _HALF):
            yield
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


def _give_back() -> None:
    """Let others have what torch keeps of a GPU's memory for later."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _named(where: Sequence[torch.device]) -> str:
    return ", ".join(map(str, dict.fromkeys(where)))
