"""A model index's results: tasks, datasets and metrics, in all the shapes that cards give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from registry.dialects.dialect import DialectContext, Reference, printed, rest, text_of
from registry.read import ids
from registry.types import DATASET_TEXTS, DatasetRef, MapNode, Metric, Result, SeqNode, child_path
from registry.vocabulary.fields import names


def read_results(node: MapNode, key: str, path: str, context: DialectContext) -> Iterator[Result]:
    """The results under `key`: a list, a single one, or paths to files that hold them."""
    value = node[key]
    if isinstance(value, str):
        reference = Reference(text=value, expected="results", node=node, key=key, path=path)
        yield from _from_files(reference, context)
    elif isinstance(value, MapNode):
        yield read_result(value, path, node.location(key, path))
    elif isinstance(value, SeqNode):
        yield from _from_list(value, path, context)


def _from_list(items: SeqNode, path: str, context: DialectContext) -> Iterator[Result]:
    for index, item in enumerate(items):
        at = child_path(path, index)
        if isinstance(item, MapNode):
            yield read_result(item, at, items.location(index, at))
        elif isinstance(item, str):
            yield from _from_files(Reference(text=item, expected="results", node=items, key=index, path=at), context)


def _from_files(reference: Reference, context: DialectContext) -> Iterator[Result]:
    key_names = names("result")
    for root in context.follow(reference):
        items: Any = root
        path = ""
        if isinstance(root, MapNode):
            path = next((key for key in root if key.lower() in ("results", "result")), "")
            items = root[path] if path else root
        if isinstance(items, MapNode):
            if path or any(key_names[key] in ("Task", "Dataset", "Metrics") for key in items):
                yield read_result(items, path, items.source.location(items.start, items.end, path))
                continue
            message, mark = f"the file '{reference.text[:80]}' holds something else than results", reference.mark
            context.problems.add(ids.CONTENT, message, mark.start, mark.end, path=reference.path)
        elif isinstance(items, SeqNode):
            for index, item in enumerate(items):
                if isinstance(item, MapNode):
                    at = child_path(path, index)
                    yield read_result(item, at, items.location(index, at))


def read_result(node: MapNode, path: str, location: Any) -> Result:
    """One result: `Task`, `Dataset` and `Metrics`, the first two as text or as a mapping with a name."""
    key_names = names("result")
    task, task_type = "", None
    dataset = DatasetRef(name="")
    metrics: tuple[Metric, ...] = ()
    source_name, source_url = None, None
    extra = MapNode(node.source, node.start, node.end)
    for key, value in node.items():
        name = key_names[key]
        if name == "Task":
            if isinstance(value, MapNode):
                task, task_type = _entry(value, "name") or "", _entry(value, "type")
            else:
                task = text_of(value) or ""
        elif name == "Dataset":
            dataset = read_dataset(value)
        elif name == "Metrics":
            metrics = tuple(_metrics(node, key, f"{path}.{key}" if path else key))
        elif name.lower() == "source" and isinstance(value, MapNode):
            source_name, source_url = _entry(value, "name"), _entry(value, "url")
        else:
            extra[key] = value
            extra.marks[key] = node.marks[key]
    return Result(
        task=task,
        task_type=task_type,
        dataset=dataset,
        metrics=metrics,
        location=location,
        source_name=source_name,
        source_url=source_url,
        extra=extra,
    )


def read_dataset(value: Any) -> DatasetRef:
    """A dataset: its name, or a mapping as Hugging Face writes it."""
    if not isinstance(value, MapNode):
        return DatasetRef(name=text_of(value) or "")
    arguments = next((value[key] for key in value if key.lower() == "args"), None)
    return DatasetRef(
        name=_entry(value, "name") or "", args=arguments, **{key: _entry(value, key) for key in DATASET_TEXTS}
    )


_DEEPEST = 4
"""Mappings in mappings of metrics that are opened."""

_METRIC_KEYS = {"name", "value", "type", "args", "verified", "verifytoken"}


def _metrics(node: MapNode, key: str, path: str) -> Iterator[Metric]:
    value = node[key]
    if isinstance(value, MapNode):
        yield from _named(value, path)
    elif isinstance(value, SeqNode):
        for index, item in enumerate(value):
            if not isinstance(item, MapNode):
                continue
            at = child_path(path, index)
            name_key = next((key for key in item if key.lower() == "name"), None)
            value_key = next((key for key in item if key.lower() == "value"), None)
            if name_key is None or value_key is None:
                yield from _named(item, at)
                continue
            keys = {key.lower(): key for key in item}
            if isinstance(item[value_key], MapNode):
                yield from _named(item[value_key], f"{at}.{value_key}", (text_of(item[name_key]) or "",))
                continue
            verified = item.get(keys.get("verified", ""))
            yield Metric(
                name=text_of(item[name_key]) or "",
                value=item[value_key],
                text=printed(item, value_key),
                node=item,
                key=value_key,
                name_key=name_key,
                path=f"{at}.{value_key}",
                type=_entry(item, "type"),
                args=item.get(keys.get("args", "")),
                verified=verified if isinstance(verified, bool) else None,
                verify_token=_entry(item, "verifytoken"),
                extra=rest(item, {key for key in item if key.lower() in _METRIC_KEYS}),
            )


def _named(node: MapNode, path: str, within: tuple[str, ...] = ()) -> Iterator[Metric]:
    """Metrics by their names; one that is a mapping holds several, such as `PSNR/SSIM: {PSNR: 30.6, SSIM: 0.86}`."""
    for name, value in node.items():
        at = f"{path}.{name}"
        if isinstance(value, MapNode) and value and len(within) < _DEEPEST:
            yield from _named(value, at, (*within, name))
        else:
            yield Metric(name=name, value=value, text=printed(node, name), node=node, key=name, path=at, within=within)


def _entry(node: MapNode, name: str) -> str | None:
    """The scalar under `name`, in any case, as printed."""
    key = next((key for key in node if key.lower() == name), None)
    return None if key is None or node[key] is None else printed(node, key) or None
