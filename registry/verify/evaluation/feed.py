"""Where the batches of a pass come from: the dataset itself, or what an earlier pass prepared of it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from registry.verify.datasets import Dataset
from registry.verify.evaluation.batches import Batch, decode
from registry.verify.evaluation.prepared import DamagedError, Prepared, Writer
from registry.verify.geometry import Geometry


@dataclass(frozen=True, kw_only=True, slots=True)
class Feeding:
    """How samples are read.

    Attributes:
        batch_size: Samples in a batch.
        workers: Processes that decode; 0 decodes in this one.
        pin: Whether batches go to a GPU.
        masks: Whether masks are wanted.
        prepared: Where decoded samples are kept; `None` keeps none.
        fingerprint: The dataset's, which prepared samples are kept under.
    """

    batch_size: int = 32
    workers: int = 0
    pin: bool = False
    masks: bool = False
    prepared: Prepared | None = None
    fingerprint: str = ""


def feed(
    dataset: Dataset, geometries: Sequence[Geometry], order: Sequence[int], feeding: Feeding, *, keep: bool
) -> Generator[Batch]:
    """The samples in batches: from what was prepared where all of it was, else decoded.

    Args:
        dataset: The samples.
        geometries: What is wanted of each.
        order: Which samples, in which order.
        feeding: How to read them.
        keep: Whether these are all samples, in their own order, so that what is decoded may be kept.
    """
    found = _prepared(geometries, order, feeding)
    if found is not None and feeding.prepared is not None:
        served = 0
        try:
            for batch in _ahead(found) if feeding.pin else found:
                yield batch
                served += len(batch.indices) + len(batch.unreadable)
        except DamagedError:
            # The rest is decoded, and kept again by the next pass over everything.
            feeding.prepared.forget(feeding.fingerprint, geometries)
            order, keep = order[served:], keep and not served
        else:
            return
    batches = _decoded(dataset, geometries, order, feeding, keep=keep)
    yield from _ahead(batches) if feeding.pin else batches


def _prepared(geometries: Sequence[Geometry], order: Sequence[int], feeding: Feeding) -> Generator[Batch] | None:
    """What an earlier pass prepared; `None` where it lacks one of the geometries."""
    if feeding.prepared is None or feeding.masks:
        return None
    found = {geometry: feeding.prepared.find(feeding.fingerprint, geometry) for geometry in geometries}
    opened = {geometry: each for geometry, each in found.items() if each is not None}
    if len(opened) < len(geometries):
        return None
    return _together(
        [each.batches(geometry, order, size=feeding.batch_size, pin=feeding.pin) for geometry, each in opened.items()]
    )


def _decoded(
    dataset: Dataset, geometries: Sequence[Geometry], order: Sequence[int], feeding: Feeding, *, keep: bool
) -> Generator[Batch]:
    """The samples from the dataset itself; worker processes start here, before the thread that reads ahead."""
    size, workers = feeding.batch_size, feeding.workers
    batches = decode(dataset, geometries, order, size=size, workers=workers, masks=feeding.masks, pin=feeding.pin)
    writers: dict[Geometry, Writer] = {}
    if feeding.prepared is not None and keep and not feeding.masks:
        started = {each: feeding.prepared.begin(feeding.fingerprint, each, len(order)) for each in geometries}
        writers = {geometry: writer for geometry, writer in started.items() if writer is not None}
    return _kept(batches, writers)


def _kept(batches: Iterator[Batch], writers: dict[Geometry, Writer]) -> Generator[Batch]:
    """The same batches, kept on their way; what does not come to its end is thrown away."""
    try:
        for batch in batches:
            for geometry, writer in writers.items():
                writer.write(batch, geometry)
            yield batch
        for writer in writers.values():
            writer.finish()
        writers = {}
    finally:
        for writer in writers.values():
            writer.discard()


def _together(feeds: Sequence[Iterator[Batch]]) -> Generator[Batch]:
    """The same samples under several geometries, in one batch."""
    for batches in zip(*feeds, strict=True):
        first = batches[0]
        pixels = {geometry: each for batch in batches for geometry, each in batch.pixels.items()}
        yield Batch(indices=first.indices, pixels=pixels, unreadable=first.unreadable)


def _ahead(batches: Generator[Batch], depth: int = 3) -> Generator[Batch]:
    """The same batches, read by a thread while the device works on those before."""
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(depth)
    stop = threading.Event()

    def read() -> None:
        last: BaseException | None = None
        try:
            for batch in batches:
                if not _put(waiting, batch, stop):
                    return
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for the batch
            last = error
        finally:
            batches.close()
        _put(waiting, last, stop)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        while isinstance(entry := waiting.get(), Batch):
            yield entry
        if entry is not None:
            raise entry
    finally:
        stop.set()
        thread.join()


def _put(
    waiting: queue.Queue[Batch | BaseException | None], entry: Batch | BaseException | None, stop: threading.Event
) -> bool:
    while not stop.is_set():
        try:
            waiting.put(entry, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
