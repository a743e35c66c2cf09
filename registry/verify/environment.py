"""What a measurement was made with: versions, devices, and the digest of the code that decides its result."""

from __future__ import annotations

import ctypes
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from registry import __version__
from registry.evidence import digests
from registry.evidence.meaning import of_meaning
from registry.parallel import usable_cores
from registry.types import Measurement

if TYPE_CHECKING:
    import torch

_LIBRARIES = ("av", "faster-coco-eval", "numpy", "scikit-learn", "timm", "torch", "torchvision")

_CODE: dict[str, tuple[str, ...]] = {
    "count": ("verify/builders", "verify/conventions", "verify/counts", "verify/parameters.py", "verify/trace"),
    "evaluate": (
        "verify/builders",
        "verify/datasets",
        "verify/evaluation",
        "verify/tasks",
        "verify/geometry.py",
        "verify/model_inputs.py",
        "verify/preprocessing.py",
        "verify/statistics.py",
        "verify/weights/checkpoint.py",
        "verify/weights/fit.py",
        "verify/weights/unwrap.py",
    ),
}
"""The parts of this package that decide the value a method measures. What only words the reason is not among them."""


def source_digest(method: str) -> str:
    """Digest of the source of the code that decides what a method measures."""
    return digests.of_modules(*_CODE[method])


def code_digest(measurement: Measurement) -> str | None:
    """Digest of what the code that made a measurement comes to; `None` where it is not ours, or cannot be run here.

    Of counts, it is what they come to on golden traces; of evaluations, what their code does as its source tells.
    Neither is changed by a refactoring that only names or words things differently.
    """
    if measurement.method == "count":
        from registry.verify.golden import counting_digest

        try:
            return counting_digest(measurement)
        except ModuleNotFoundError:  # one convention's formula needs NumPy, which looking at evidence does not
            return None
    return of_meaning(*_CODE[measurement.method]) if measurement.method in _CODE else None


def with_code(known_digests: Mapping[str, str], measurement: Measurement | None) -> dict[str, str]:
    """Digests, and among them that of the code that decides what the measurement's method measures."""
    code = None if measurement is None else code_digest(measurement)
    return {**known_digests, "code": code} if code else dict(known_digests)


def now() -> str:
    """The time for a record: UTC, ISO 8601 to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def environment(device: torch.device | str = "cpu") -> dict[str, str]:
    """Versions and hardware, for a record.

    Args:
        device: Where it was measured; `auto` is the first GPU where there is one.

    Returns:
        `mir`, `python`, `platform`, `cpu`, `device` and the installed libraries; with CUDA also `cuda`, `cudnn`,
        `driver` and `gpu`. What cannot be found out is left out.
    """
    if device == "auto":
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
    return dict(_environment(str(device)))


@cache
def _environment(device: str) -> Mapping[str, str]:
    facts = {
        "mir": __version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu(),
        "device": device,
        **{name: number for name in _LIBRARIES if (number := installed_version(name))},
    }
    if device.startswith("cuda"):
        facts |= _cuda(device)
    return {name: text for name, text in facts.items() if text}


def same_libraries(recorded: Mapping[str, str]) -> bool:
    """Whether the libraries that decide results have the versions that an environment recorded.

    One that was not there then, or is not now, decided nothing that was measured without it.
    """
    return all(recorded.get(name, "") in ("", here) for name in _LIBRARIES if (here := installed_version(name)))


@cache
def installed() -> Mapping[str, str]:
    """What must be the same on every machine for results to be: this package's code, and the libraries' versions.

    Which build of a library it is, for the CPU or for a GPU, is left out.
    """
    code = {f"code that {method}s": source_digest(method) for method in _CODE}
    return {"mir": __version__, **code, **{name: installed_version(name).partition("+")[0] for name in _LIBRARIES}}


def _cuda(device: torch.device | str) -> dict[str, str]:
    import torch

    capability = ".".join(map(str, torch.cuda.get_device_capability(device)))
    return {
        "cuda": torch.version.cuda or "",
        "cudnn": str(torch.backends.cudnn.version() or ""),
        "driver": _driver(),
        "gpu": f"{torch.cuda.get_device_name(device)} ({capability})",
    }


def _driver() -> str:
    """Version of NVIDIA's driver, asked of its own library: `nvidia-smi` is not everywhere that a GPU is."""
    try:
        nvml = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return ""
    if nvml.nvmlInit_v2() != 0:
        return ""
    text = ctypes.create_string_buffer(96)
    answered = nvml.nvmlSystemGetDriverVersion(text, 96) == 0
    nvml.nvmlShutdown()
    return text.value.decode() if answered else ""


@cache
def _cpu() -> str:
    """The processor's name and how many cores this process may use."""
    name = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return f"{name}, {usable_cores()} cores"


@cache
def installed_version(package: str) -> str:
    """The version of a package that is installed, empty where it is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


_MAKERS = {"nvidia", "tesla", "geforce", "intel", "amd", "gpu", "cpu"}
"""Words of a device's name that some leave out."""


def same_hardware(device: str, here: str) -> bool:
    """Whether a card's short name for a device is one of the device that is here.

    A processor is another one with another number of cores, so that a card must name that too.

    >>> same_hardware("V100", "Tesla V100-SXM2-32GB (7.0)"), same_hardware("A100", "Tesla V100-SXM2-32GB (7.0)")
    (True, False)
    >>> same_hardware("Xeon", "Intel(R) Xeon(R) Processor, 2 cores")
    False
    """
    words, words_here = (set(re.findall(r"[a-z0-9]+", name.casefold())) for name in (device, here))
    return bool(words - _MAKERS) and words - _MAKERS <= words_here and ("cores" not in words_here or "cores" in words)
