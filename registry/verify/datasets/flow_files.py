"""Flows as they are stored: Middlebury's .flo, KITTI's 16-bit PNG, and the portable float maps of FlyingThings3D."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from registry.types import DatasetError

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
    width, height = (int(each) for each in np.frombuffer(data[4:12].ljust(8, b"\0"), "<i4"))
    if width <= 0 or height <= 0 or len(data) != 12 + 8 * width * height:
        raise ValueError("it is no .flo file, or is cut off")
    flow = np.frombuffer(data, "<f4", offset=12).reshape(height, width, 2).transpose(2, 0, 1)
    known = (np.abs(flow) < 1e9).all(axis=0)
    return np.where(known, flow, 0).astype(np.float32), known


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
        raise ValueError("it is cut off")
    order = "<f4" if float(header[3]) < 0 else ">f4"
    flow = np.frombuffer(data, order, offset=header.end()).reshape(height, width, 3)[::-1, :, :2].transpose(2, 0, 1)
    known = np.isfinite(flow).all(axis=0)
    return np.where(known, flow, 0).astype(np.float32), known
