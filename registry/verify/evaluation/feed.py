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
from registry.verify.model_inputs import Transform
from registry.verify.tasks import Task


@dataclass(frozen=True, kw_only=True, slots=True)
class Feeding:
    """How samples are read.

    Attributes:
        workers: Processes that decode; 0 decodes in this one.
        pin: Whether batches go to a GPU.
        task: Whose references are read beside the samples; none are where it is `None`.
        prepared: Where decoded samples are kept; `None` keeps none.
        fingerprint: The dataset's, which prepared samples are kept under.
    """

    batch_size: int = 32
    workers: int = 0
    pin: bool = False
    task: Task | None = None
    prepared: Prepared | None = None
    fingerprint: str = ""


def feed(
    dataset: Dataset, transforms: Sequence[Transform], order: Sequence[int], feeding: Feeding, *, keep: bool
) -> Generator[Batch]:
    """The samples in batches: from what was prepared where all of it was, else decoded."""
    earlier_batches = _prepared(transforms, order, feeding)
    if earlier_batches is not None and feeding.prepared is not None:
        served = 0
        try:
            for batch in _ahead(earlier_batches) if feeding.pin else earlier_batches:
                yield batch
                served += len(batch.indices) + len(batch.unreadable)
        except DamagedError:
            # The rest is decoded, and kept again by the next pass over everything.
            feeding.prepared.forget(feeding.fingerprint, _kept_under(transforms, feeding))
            order, keep = order[served:], keep and not served
        else:
            return
    batches = _decoded(dataset, transforms, order, feeding, keep=keep)
    yield from _ahead(batches) if feeding.pin else batches


def _prepared(transforms: Sequence[Transform], order: Sequence[int], feeding: Feeding) -> Generator[Batch] | None:
    """What an earlier pass prepared; `None` where it lacks one of the transforms."""
    geometries = _kept_under(transforms, feeding)
    if feeding.prepared is None or len(geometries) < len(transforms):
        return None
    readers = {geometry: feeding.prepared.find(feeding.fingerprint, geometry) for geometry in geometries}
    opened = {geometry: reader for geometry, reader in readers.items() if reader is not None}
    if len(opened) < len(transforms):
        return None
    return _together(
        [
            reader.batches(geometry, order, size=feeding.batch_size, pin=feeding.pin)
            for geometry, reader in opened.items()
        ]
    )


def _kept_under(transforms: Sequence[Transform], feeding: Feeding) -> list[Geometry]:
    """The transforms whose samples are kept: those of pictures, where no reference is read beside them."""
    has_cache = feeding.prepared is not None and feeding.task is None
    return [transform for transform in transforms if has_cache and isinstance(transform, Geometry)]


def _decoded(
    dataset: Dataset, transforms: Sequence[Transform], order: Sequence[int], feeding: Feeding, *, keep: bool
) -> Generator[Batch]:
    """The samples from the dataset itself; worker processes start here, before the thread that reads ahead."""
    size, workers = feeding.batch_size, feeding.workers
    batches = decode(dataset, transforms, order, size=size, workers=workers, task=feeding.task, pin=feeding.pin)
    writers: dict[Geometry, Writer] = {}
    if feeding.prepared is not None and keep:
        geometries = _kept_under(transforms, feeding)
        started = {
            geometry: feeding.prepared.begin(feeding.fingerprint, geometry, len(order)) for geometry in geometries
        }
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
    """The same samples under several transforms, in one batch."""
    for batches in zip(*feeds, strict=True):
        first = batches[0]
        inputs = {geometry: tensors for batch in batches for geometry, tensors in batch.inputs.items()}
        yield Batch(indices=first.indices, inputs=inputs, unreadable=first.unreadable)


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
