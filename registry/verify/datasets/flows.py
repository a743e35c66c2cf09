"""Pairs of pictures with the flow between them: Sintel, KITTI 2015 and FlyingChairs, in their own layouts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from registry.files import reason
from registry.types import DatasetError
from registry.verify.datasets.class_folders import of_files, read_picture
from registry.verify.datasets.dataset import UnreadableError
from registry.vocabulary.metrics import fold

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered

Flow = tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, and how a model is to be run on them.

    Attributes:
        pads_bottom: Where padding goes; see `registry.verify.tasks.flow_inputs.padding`.
        updates: How often a model that refines its flow does so.
    """

    first: Image.Image
    second: Image.Image
    pads_bottom: bool
    updates: int


@dataclass(frozen=True, kw_only=True)
class FlowFolder:
    """See `Dataset`.

    Attributes:
        folder: The folder that holds all files.
        files: Of each sample the two pictures and the flow, from there.
        updates: As torchvision's reference refines flows: 32 times on Sintel, 24 times on KITTI.
    """

    name: str
    folder: Path
    files: tuple[tuple[str, str, str], ...]
    pads_bottom: bool
    updates: int
    classes: tuple[str, ...] = ()

    @property
    def names(self) -> Sequence[str]:
        """The first pictures' files."""
        return [first for first, _, _ in self.files]

    def sample(self, index: int) -> Pair:
        """See `Dataset`."""
        first, second, _ = self.files[index]
        pictures = read_picture(self.folder / first), read_picture(self.folder / second)
        return Pair(*pictures, pads_bottom=self.pads_bottom, updates=self.updates)

    def flow(self, index: int) -> Flow:
        """The right flow (2, height, width) in pixels, and where it is known (height, width).

        Raises:
            UnreadableError: It cannot be decoded.
        """
        path = self.folder / self.files[index][2]
        try:
            return _read_kitti(path) if path.suffix == ".png" else _read_flo(path)
        except (OSError, ValueError) as error:
            raise UnreadableError(f"{path.name}: {error}") from error

    def fingerprint(self, remembered: Remembered) -> str:
        """See `Dataset`."""
        about = f"{self.pads_bottom} {self.updates}\0".encode()
        return of_files(self.folder, [file for files in self.files for file in files], remembered, about)


def load(path: Path, name: str) -> FlowFolder:
    """List the pairs of the dataset that a name means.

    Raises:
        DatasetError: The folder is not laid out as that dataset is, or the split's flows are not public.
    """
    folded = fold(name)
    known = next((found for key, found in _LAYOUTS.items() if key in folded.replace(" ", "")), None)
    layouts = [known] if known is not None else list(_LAYOUTS.values())
    try:
        for layout in layouts:
            found = layout(path, folded)
            if found is not None and found.files:
                return FlowFolder(**{**vars(found), "name": name})
    except OSError as error:
        raise DatasetError(f"{name} in {path} cannot be read: {reason(error)}") from error
    raise DatasetError(
        f"{name} in {path} has none of the layouts of Sintel (training/clean, training/final, training/flow), KITTI "
        "2015 (training/image_2, training/flow_occ) and FlyingChairs (data, FlyingChairs_train_val.txt)"
    )


def _sintel(path: Path, folded: str) -> FlowFolder | None:
    root = next((each for each in (path / "training", path / "Sintel" / "training") if each.is_dir()), None)
    if root is None:
        return None
    look = "final" if "final" in folded else "clean"
    files = []
    for scene in sorted(each for each in (root / look).iterdir() if each.is_dir()):
        frames = sorted(scene.glob("*.png"))
        for first, second in pairwise(frames):
            flow = root / "flow" / scene.name / f"{first.stem}.flo"
            one, two, between = (each.relative_to(root).as_posix() for each in (first, second, flow))
            files.append((one, two, between))
    return FlowFolder(name="", folder=root, files=tuple(files), pads_bottom=False, updates=32)


def _kitti(path: Path, folded: str) -> FlowFolder | None:  # noqa: ARG001
    root = next((each for each in (path / "training", path / "KittiFlow" / "training") if each.is_dir()), None)
    if root is None or not (root / "flow_occ").is_dir():
        return None
    flows = sorted((root / "flow_occ").glob("*_10.png"))
    files = [
        (f"image_2/{each.name}", f"image_2/{each.name.removesuffix('_10.png')}_11.png", f"flow_occ/{each.name}")
        for each in flows
    ]
    return FlowFolder(name="", folder=root, files=tuple(files), pads_bottom=True, updates=24)


def _chairs(path: Path, folded: str) -> FlowFolder | None:
    root = next((each for each in (path, path / "FlyingChairs") if (each / "data").is_dir()), None)
    listed = None if root is None else root / "FlyingChairs_train_val.txt"
    if root is None or listed is None or not listed.is_file():
        return None
    wanted = "1" if "train" in folded else "2"
    numbers = [number for number, part in enumerate(listed.read_text(encoding="ascii").split(), 1) if part == wanted]
    files = [
        (f"data/{each:05d}_img1.ppm", f"data/{each:05d}_img2.ppm", f"data/{each:05d}_flow.flo") for each in numbers
    ]
    return FlowFolder(name="", folder=root, files=tuple(files), pads_bottom=False, updates=24)


_LAYOUTS: dict[str, Callable[[Path, str], FlowFolder | None]] = {
    "sintel": _sintel,
    "kitti": _kitti,
    "flyingchairs": _chairs,
}
"""Layouts by a part of the dataset's name; for another name the first that a folder has."""


def _read_flo(path: Path) -> Flow:
    """Middlebury's format: `PIEH`, width, height, and two 32-bit floats a pixel, all little-endian.

    See https://vision.middlebury.edu/flow/code/flow-code/README.txt, by which a number above 1e9 is unknown.
    """
    data = path.read_bytes()
    width, height = (int(each) for each in np.frombuffer(data, "<i4", 2, 4)) if data[:4] == b"PIEH" else (0, 0)
    if width <= 0 or height <= 0 or len(data) != 12 + 8 * width * height:
        raise ValueError("it is no .flo file, or is cut off")
    flow = np.frombuffer(data, "<f4", offset=12).reshape(height, width, 2).transpose(2, 0, 1)
    known = (np.abs(flow) < 1e9).all(axis=0)
    return np.where(known, flow, 0).astype(np.float32), known


def _read_kitti(path: Path) -> Flow:
    """KITTI's format: a PNG of three 16-bit numbers a pixel, (u, v) x 64 + 32768, and whether it is known.

    Pillow keeps the upper byte of such a picture only, so that PyAV decodes it.

    Raises:
        DatasetError: PyAV is not installed.
    """
    try:
        import av
    except ModuleNotFoundError:
        raise DatasetError("KITTI's flows are 16-bit PNG, which PyAV reads: pip install av") from None
    with av.open(str(path)) as file:
        pixels = next(file.decode(video=0)).to_ndarray(format="rgb48le").astype(np.float32)
    flow = ((pixels[..., :2].transpose(2, 0, 1) - 32768) / 64).astype(np.float32)
    return flow, pixels[..., 2] > 0
