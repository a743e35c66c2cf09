"""Finding a model by what people type: any case, with or without separators, or the beginning of its name."""

from __future__ import annotations

from collections.abc import Iterable

from registry.lazy_regex import lazy_regex
from registry.types import UsageError
from registry.vocabulary.slips import KnownNames

_SEPARATORS = lazy_regex(r"[\s_.\-/:]+")
_MOST = 6


def squeeze(name: str) -> str:
    """A name without case and separators.

    >>> squeeze("ResNet-50 v1.5") == squeeze("resnet50_V1-5")
    True
    """
    return _SEPARATORS.sub("", name.casefold())


def find_name(wanted: str, names: Iterable[str]) -> str:
    """The one model name that is meant: the same, the same without case and separators, or the only one that begins so.

    Raises:
        UsageError: None is meant, or several may be; the message names them.
    """
    known = list(dict.fromkeys(names))
    if wanted in known:
        return wanted
    short = squeeze(wanted)
    same = [name for name in known if squeeze(name) == short]
    begins = [name for name in known if short and squeeze(name).startswith(short)]
    for found in (same, begins):
        if len(found) == 1:
            return found[0]
    several = same or begins or [name for name in known if short and short in squeeze(name)]
    if several:
        shown = ", ".join(several[:_MOST]) + (f" and {len(several) - _MOST} more" if len(several) > _MOST else "")
        raise UsageError(f"no card has a model named '{wanted}'; names like it are {shown}")
    # `resnt50` means `resnet50` also where every name goes on, as in `resnet50.a1_in1k`.
    close = KnownNames(known).closest(wanted) or KnownNames([name.partition(".")[0] for name in known]).closest(wanted)
    raise UsageError(f"no card has a model named '{wanted}'" + (f"; did you mean {close}?" if close else ""))
