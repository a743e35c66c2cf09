"""What every convention is made of: its description, its count, and the ledger that counts are added up in."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Literal

from registry.verify.trace.data import Trace

Setting = bool | str
Unit = Literal["MACs", "FLOPs"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """What a convention counts in a trace.

    Attributes:
        total: For the whole input, all samples of the batch; for one where the tool averages over them.
        by_layer: By module path, what was counted in the module itself, children left out; only where not zero.
        uncounted: By name, how often something ran that may compute and that the convention does not count.
    """

    total: int
    by_layer: Mapping[str, int]
    uncounted: Mapping[str, int]

    def __add__(self, other: Count) -> Count:
        """Both counts together."""
        return Count(
            total=self.total + other.total,
            by_layer=Counter(self.by_layer) + Counter(other.by_layer),
            uncounted=Counter(self.uncounted) + Counter(other.uncounted),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Convention:
    """One tool's way to count.

    Attributes:
        name: As a verdict names it, such as `thop 0.0.31`.
        version: The exact version whose rules these are.
        unit: What the tool says it counts: `MACs` (a multiplication and addition is one) or `FLOPs` (it is two).
        source: Where the rules can be read.
        count: Counts a trace: `count(trace)` as the tool itself does, `count(trace, sdpa=True)` with a switch set.
        switches: By name, its settings, the tool's own first.
        labels: What a setting adds to the name: by (switch, setting), the words; the tool's own settings add nothing.
    """

    name: str
    version: str
    unit: Unit
    source: str
    count: Callable[..., Count]
    switches: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)
    labels: Mapping[tuple[str, Setting], str] = field(default_factory=dict)

    @property
    def doc(self) -> str:
        """The formulas: the docstring of the module that defines it."""
        return sys.modules[self.count.__module__].__doc__ or ""

    def variants(self) -> Iterator[Variant]:
        """Every combination of its switches, the tool's own first."""
        for settings in product(*self.switches.values()):
            chosen = dict(zip(self.switches, settings, strict=True))
            words = [self.labels[item] for item in chosen.items() if item in self.labels]
            yield Variant(convention=self, label=", ".join([self.name, *words]), settings=chosen)


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """A convention with its switches set; call it with a trace.

    Attributes:
        label: Its name in a verdict, such as `fvcore 0.1.5, attention counted`.
        settings: What each switch is set to.
    """

    convention: Convention
    label: str
    settings: Mapping[str, Setting]

    @property
    def changed(self) -> int:
        """How many switches are set otherwise than the tool itself has them."""
        return sum(value != self.convention.switches[name][0] for name, value in self.settings.items())

    def __call__(self, trace: Trace) -> Count:
        """The count under these settings.

        Raises:
            CannotCountError: The tool's own code would fail on what the model does, such as attention without a batch.
        """
        try:
            return self.convention.count(trace, **self.settings)
        except (LookupError, TypeError, ValueError, ZeroDivisionError) as error:
            raise CannotCountError(f"{self.label} cannot count it") from error


class CannotCountError(ValueError):
    """A convention has no number for a model, as the tool that it stands for fails there."""


class Ledger:
    """Adds counts up by the module they belong to.

    Attributes:
        skip: `skip(name)` notes that something ran which may compute and is not counted.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._counts: Counter[int] = Counter()
        self._skipped: list[str] = []
        self._closed: dict[tuple[int, Collection[int]], Count] = {}
        # Called for half of all that a model runs, so it is the list's own method.
        self.skip = self._skipped.append

    def add(self, call: int, count: int) -> None:
        """Add what was counted during the module call of that index."""
        self._counts[self._trace.calls[call].module] += count

    def add_to_module(self, module: int, count: int) -> None:
        """Add what was counted for the module of that index."""
        self._counts[module] += count

    def copy(self) -> Ledger:
        """A ledger with the same entries, to add more to."""
        other = Ledger(self._trace)
        other._counts.update(self._counts)
        other._skipped += self._skipped
        return other

    def of_module(self, module: int) -> int:
        """What was added for the module of that index."""
        return self._counts[module]

    def close(self, *, samples: int = 1, without: frozenset[int] = frozenset()) -> Count:
        """The count, averaged over a number of samples, without the modules of some indices; nothing is added later."""
        key = samples, without
        if key not in self._closed:
            self._closed[key] = self._close(samples, without)
        return self._closed[key]

    def _close(self, samples: int, without: frozenset[int]) -> Count:
        modules = self._trace.modules
        counts = {index: count for index, count in sorted(self._counts.items()) if count and index not in without}
        uncounted = Counter({name: times for name, times in Counter(self._skipped).items() if not _is_free(name)})
        return Count(
            total=sum(counts.values()) // samples,
            by_layer={modules[index].path: count // samples for index, count in counts.items()},
            uncounted=dict(uncounted.most_common()),
        )


# What moves, makes or compares elements: fvcore's list, and what later versions of torch added.
FREE = frozenset(
    str.split("""
    adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d adaptivemaxpool1d adaptivemaxpool2d
    adaptivemaxpool3d alias all alphadropout and any arange argmax as_strided bernoulli bitwise_and bitwise_not
    bool cat channel_shuffle chunk clamp clone constant_pad_nd contiguous copy cpu cuda detach diag diagonal
    dropout dropout1d dropout2d dropout3d droppath embedding empty empty_like empty_strided eq expand expand_as
    fill flatten flip float floor floor_divide full full_like gather ge getitem gt half hardtanh identity index
    index_put index_select int isinf isnan item le lift_fresh logical_not long lt masked_fill max max_pool1d
    max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d max_pool3d_with_indices maximum
    maxpool1d maxpool2d maxpool3d meshgrid min minimum movedim multinomial narrow native_channel_shuffle
    native_dropout ne new_empty new_empty_strided new_full new_ones new_tensor new_zeros nonzero ones ones_like
    or pad permute pixel_shuffle pixel_unshuffle pixelshuffle pixelunshuffle rand rand_like randn randperm relu
    relu6 remainder repeat repeat_interleave requires_grad reshape resolve_conj resolve_neg roll scalar_tensor
    scatter select setitem size slice sort split split_with_sizes squeeze stack stochasticdepth swapaxes t
    tensor tensor_split to topk transpose tril triu type_as unbind unflatten unfold unsafe_view unsqueeze view
    view_as where zeropad2d zeros zeros_like
    """)
)


@cache
def _is_free(name: str) -> bool:
    return name.rpartition(".")[2].strip("_").lower() in FREE
