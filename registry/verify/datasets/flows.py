"""Pairs of pictures with the flow between them, as Sintel, KITTI 2015, FlyingChairs and FlyingThings3D lay them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from registry.verify.datasets.sources import absent, lacks, packed, unpacked
from registry.vocabulary.metrics import fold

if TYPE_CHECKING:
    from registry.evidence.digest_cache import Remembered

Flow = tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]


def read_flow(path: Path) -> Flow:
    """The flow (2, height, width) in pixels, and where it is known (height, width).

    Raises:
        ValueError: It is not what its name says.
        OSError: It cannot be read.
        DatasetError: PyAV is not installed, which a PNG needs.
    """
    return {".png": _read_kitti, ".pfm": _read_pfm}.get(path.suffix, _read_flo)(path)


def _read_flo(path: Path) -> Flow:
    """Middlebury's format: `PIEH`, width, height, and two 32-bit floats a pixel, all little-endian.

    See https://vision.middlebury.edu/flow/code/flow-code/README.txt, by which a number above 1e9 is unknown.
    """
    data = path.read_bytes()
    if data[:4] != b"PIEH":
        raise ValueError(f"it is no .flo file: it begins with {data[:4]!r} and not with b'PIEH'")
    width, height = (int(side) for side in np.frombuffer(data[4:12].ljust(8, b"\0"), "<i4"))
    if width <= 0 or height <= 0 or len(data) != 12 + 8 * width * height:
        raise ValueError("it is no .flo file, or is truncated")
    flow = np.frombuffer(data, "<f4", offset=12).reshape(height, width, 2).transpose(2, 0, 1)
    mask = (np.abs(flow) < 1e9).all(axis=0)
    return np.where(mask, flow, 0).astype(np.float32), mask


def _read_kitti(path: Path) -> Flow:
    """KITTI's format: a PNG of three 16-bit numbers a pixel, (u, v) x 64 + 32768, and whether it is known.

    Pillow keeps the upper byte of such a picture only, so that PyAV decodes it.
    """
    try:
        import av
    except ModuleNotFoundError:
        raise DatasetError("KITTI's flows are 16-bit PNG, which PyAV reads: pip install av") from None
    with av.open(str(path)) as file:
        frame = next(file.decode(video=0))
    if frame.format.name not in ("rgb48be", "rgb48le"):
        raise ValueError(f"it holds {frame.format.name} and not the three 16-bit numbers a pixel of KITTI's flows")
    pixels = frame.to_ndarray(format="rgb48le").astype(np.float32)
    flow = ((pixels[..., :2].transpose(2, 0, 1) - 32768) / 64).astype(np.float32)
    return flow, pixels[..., 2] > 0


def _read_pfm(path: Path) -> Flow:
    """A portable float map of three numbers a pixel, rows from the bottom; the third is not of the flow.

    See http://www.pauldebevec.com/Research/HDR/PFM/.
    """
    data = path.read_bytes()
    header = re.match(rb"PF\s+(\d+)\s+(\d+)\s+(-?[\d.]+(?:e[+-]?\d+)?)\s", data)
    if header is None:
        raise ValueError("it is no portable float map of colours")
    width, height = int(header[1]), int(header[2])
    if len(data) != header.end() + 12 * width * height:
        raise ValueError("the file is truncated")
    order = "<f4" if float(header[3]) < 0 else ">f4"
    flow = np.frombuffer(data, order, offset=header.end()).reshape(height, width, 3)[::-1, :, :2].transpose(2, 0, 1)
    mask = np.isfinite(flow).all(axis=0)
    return np.where(mask, flow, 0).astype(np.float32), mask


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
            return read_flow(path)
        except (OSError, ValueError, StopIteration) as error:
            raise UnreadableError(f"{path.name}: {str(error) or 'it holds no picture'}") from error

    def fingerprint(self, remembered: Remembered) -> str:
        about = f"{self.pads_bottom} {self.updates}\0".encode()
        return of_files(self.folder, [file for files in self.files for file in files], remembered, about)


def load(path: Path, name: str, categories: Sequence[str] | None = None, split: str = "") -> FlowFolder:  # noqa: ARG001
    """List the pairs of the dataset that a name means.

    Args:
        path: Its folder.
        name: The dataset's name.
        categories: Nothing, since flows are of no class.
        split: What else the card says of it: split, pass.

    Raises:
        DatasetError: The folder is not laid out as that dataset is, lacks a file, or nothing says which pass is meant.
    """
    words = fold(f"{name} {split}")
    reader = next((layout for key, layout in _LAYOUTS.items() if key in words.replace(" ", "")), None)
    layouts = [reader] if reader is not None else list(_LAYOUTS.values())
    try:
        for layout in layouts:
            dataset = layout(path, words)
            if dataset is not None and dataset.files:
                break
        else:
            raise DatasetError(
                f"{name} in {path} has none of the layouts of Sintel (training/clean, training/final, training/flow), "
                "KITTI 2015 (training/image_2, training/flow_occ), FlyingChairs (data, FlyingChairs_train_val.txt) and "
                f"FlyingThings3D (frames_cleanpass, optical_flow){packed(path)}"
            )
    except OSError as error:
        raise DatasetError(f"{name} in {path} cannot be read: {reason(error)}") from error
    files = [file for files in dataset.files for file in files]
    if lacking := absent(dataset.folder, files):
        raise DatasetError(f"{name} in {dataset.folder} {lacks(lacking, len(files), 'files of its pairs')}")
    return replace(dataset, name=name)


def _sintel(path: Path, words: str) -> FlowFolder | None:
    root = unpacked(path, ("Sintel", "MPI-Sintel-complete", "MPI-Sintel"), ("training/flow",))
    if root is None:
        return None
    root /= "training"
    look = _pass(root, words, {"clean": "clean", "final": "final"})
    files = []
    for scene in sorted(entry for entry in (root / look).iterdir() if entry.is_dir()):
        for first, second in pairwise(sorted(scene.glob("*.png"))):
            flow = root / "flow" / scene.name / f"{first.stem}.flo"
            one, two, between = (file.relative_to(root).as_posix() for file in (first, second, flow))
            files.append((one, two, between))
    return FlowFolder(name="", folder=root, files=tuple(files), pads_bottom=False, updates=32)


def _kitti(path: Path, words: str) -> FlowFolder | None:  # noqa: ARG001
    root = unpacked(path, ("KittiFlow", "data_scene_flow"), ("training/flow_occ",))
    if root is None:
        return None
    root /= "training"
    files = [
        (f"image_2/{file.name}", f"image_2/{file.name.removesuffix('_10.png')}_11.png", f"flow_occ/{file.name}")
        for file in sorted((root / "flow_occ").glob("*_10.png"))
    ]
    return FlowFolder(name="", folder=root, files=tuple(files), pads_bottom=True, updates=24)


def _chairs(path: Path, words: str) -> FlowFolder | None:
    root = unpacked(path, ("FlyingChairs", "FlyingChairs_release"), ("data",))
    if root is None or not any((root / "data").glob("*_flow.flo")):
        return None
    listed = next((folder / _CHAIRS for folder in (root, path) if (folder / _CHAIRS).is_file()), None)
    if listed is None:
        raise DatasetError(f"FlyingChairs in {root} lacks {_CHAIRS}, which says which of its pairs are for validation")
    mark = "1" if re.search(r"\btrain", words) else "2"
    try:
        parts = listed.read_text(encoding="ascii").split()
    except ValueError:
        parts = []
    if not parts or set(parts) - {"1", "2"}:
        raise DatasetError(f"FlyingChairs: {listed} is no list of 1 (training) and 2 (validation)")
    files = [
        (f"data/{number:05d}_img1.ppm", f"data/{number:05d}_img2.ppm", f"data/{number:05d}_flow.flo")
        for number, part in enumerate(parts, 1)
        if part == mark
    ]
    return FlowFolder(name="", folder=root, files=tuple(files), pads_bottom=False, updates=24)


def _things(path: Path, words: str) -> FlowFolder | None:
    """Of the left camera, into future and past, as torchvision's class takes them unless told otherwise."""
    root = unpacked(path, ("FlyingThings3D", "flyingthings3d"), ("optical_flow",))
    if root is None:
        return None
    look = _pass(root, words, {"clean": "frames_cleanpass", "final": "frames_finalpass"})
    part = "TRAIN" if re.search(r"\btrain", words) else "TEST"
    files = []
    for scene in sorted((root / "optical_flow" / part).glob("*/*")):
        where = scene.relative_to(root / "optical_flow").as_posix()
        for direction, letters in (("into_future", "IntoFuture"), ("into_past", "IntoPast")):
            flows = sorted((scene / direction / "left").glob(f"OpticalFlow{letters}_*_L.pfm"))
            for start, other in pairwise(flows if direction == "into_future" else flows[::-1]):
                one, two = (f"{look}/{where}/left/{flow.stem.split('_')[1]}.png" for flow in (start, other))
                files.append((one, two, start.relative_to(root).as_posix()))
    return FlowFolder(name="", folder=root, files=tuple(files), pads_bottom=False, updates=24)


_CHAIRS = "FlyingChairs_train_val.txt"

_LAYOUTS: dict[str, Callable[[Path, str], FlowFolder | None]] = {
    "sintel": _sintel,
    "kitti": _kitti,
    "flyingchairs": _chairs,
    "flyingthings": _things,
}
"""Layouts by a part of the dataset's name; for another name the first that a folder has."""


def _pass(root: Path, words: str, folders: dict[str, str]) -> str:
    """The folder of the rendering pass that a card means."""
    choices = [name for name in folders if re.search(rf"\b{name}", words)]
    passes = [name for name, folder in folders.items() if (root / folder).is_dir()]
    if len(choices) != 1:
        raise DatasetError(
            f"{root} has the passes {' and '.join(passes)}: say which in the name of the card's data set"
        )
    if choices[0] not in passes:
        has = f"; it has {' and '.join(folders[name] for name in passes)}" if passes else ""
        raise DatasetError(f"{root} lacks {folders[choices[0]]}{has}{packed(root, root.parent)}")
    return folders[choices[0]]
