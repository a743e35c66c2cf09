"""What the words of a name say that a file of weights or a configuration can contradict."""

from __future__ import annotations

import functools
import itertools

from registry.lazy_regex import lazy_regex

_ENDING = lazy_regex(r"\.(?:pth|pt|ckpt|bin|safetensors|py|ya?ml|tar|gz|zip|onnx|pkl)$")
_BETWEEN = lazy_regex(r"[-_+\s./]+")
_DIGEST = lazy_regex(r"[-_.][0-9a-f]{8,64}$")
_DATE = lazy_regex(r"[-_](?:19|20)\d{6}(?:[-_]\d{6})?")
_BATCH = lazy_regex(r"\d{1,3}x(?:b\d+|\d{1,2})?|\d*x?b\d+(?:x\d+)?|\d+gpus?|\d+xbs?\d*")
_DEPTH = lazy_regex(
    r"(?:r|res|resnet|rn|resnet50v1c|resnetv1c|resnetv1d|resnest|s|x|resnext)(18|34|50|101|152|200)(?:[a-z]\w?)?"
)
_LENGTH = lazy_regex(r"[1-9]\d{0,3}(?:e|k)")
_PLAIN = lazy_regex(r"(18|34|50|101|152)")
_NETS = frozenset({"r", "res", "resnet", "resnext", "resnest", "rn", "resnetv1c", "resnetv1d"})
_SIZES = frozenset({"atto", "femto", "pico", "nano", "tiny", "small", "base", "large", "huge", "giant"})


@functools.lru_cache(maxsize=65536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, or of a file's name without its ending, digest and dates, but for batch sizes.

    >>> words("swin-base_8xb32_in1k"), words("swin_base_20220101-a1b2c3d4.pth")
    (('swin', 'base', 'in1k'), ('swin', 'base'))
    """
    plain = _DATE.sub("", _DIGEST.sub("", _ENDING.sub("", name.casefold())))
    return tuple(word for word in _BETWEEN.split(plain) if word and (word.isalpha() or not _BATCH.fullmatch(word)))


@functools.lru_cache(maxsize=65536)
def word_set(name: str) -> frozenset[str]:
    """The words of a name in no order."""
    return frozenset(words(name))


@functools.lru_cache(maxsize=65536)
def depths(name: str) -> frozenset[str]:
    """The numbers of layers that a name says: of `faster-rcnn_r50` it is 50."""
    parts = words(name)
    numbered = [word for word in parts if not word.isalpha()]
    if not numbered:
        return frozenset()
    numbers = {match[1] for word in numbered if (match := _DEPTH.fullmatch(word))}
    numbers |= {
        match[1] for before, word in itertools.pairwise(parts) if before in _NETS and (match := _PLAIN.fullmatch(word))
    }
    return frozenset(numbers)


@functools.lru_cache(maxsize=65536)
def sizes_said(name: str) -> frozenset[str]:
    """The words for a size that a name says in full."""
    return _SIZES & frozenset(words(name))


@functools.lru_cache(maxsize=65536)
def lengths(name: str) -> frozenset[str]:
    """How long a name says that the training was: epochs, or thousands of iterations."""
    return frozenset(word for word in words(name) if word[0].isdigit() and _LENGTH.fullmatch(word))


def contradiction(name: str, file: str) -> tuple[str, str] | None:
    """What a name says and a file's name contradicts: the number of layers, the size, or how long it was trained.

    >>> contradiction("faster-rcnn_r50_fpn", "faster_rcnn_r101_fpn_1x-0123abcd.pth")
    ('50', '101')
    >>> contradiction("moco_8xb512-100e_in1k", "moco_8xb512-300e_in1k.py"), contradiction("a_100e", "a.py")
    (('100e', '300e'), None)
    """
    for measure in (depths, sizes_said, lengths):
        one, other = measure(name), measure(file)
        if len(one) == len(other) == 1 and one != other:
            return next(iter(one)), next(iter(other))
    return None
