"""From a file or a text to its metadata blocks."""

from __future__ import annotations

from pathlib import Path

from registry.read import ids
from registry.read.faults import OTHERS, fault
from registry.read.file_text import decode, read_source
from registry.read.json_tree import parse_json
from registry.read.markdown import find_blocks
from registry.read.problems import Problems
from registry.read.yaml_tree import parse_yaml
from registry.types import RawDocument, Source

SUFFIXES = {
    ".md": "markdown",
    ".mdx": "markdown",
    ".markdown": "markdown",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
}
"""How a file is read, by the end of its name."""


def read(path: Path, file: str, data: bytes | None = None) -> list[RawDocument]:
    """The metadata blocks of a file: one of YAML and JSON, any number of Markdown.

    Returns:
        The blocks, each with what the reader found wrong in it. A file that cannot be read at all is one block
        without a root.
    """
    problems = read_source(path, file) if data is None else decode(data, file)
    source = problems.source
    if problems.findings:
        return [RawDocument(source=source, root=None, kind=_kind(path), findings=tuple(problems.findings))]
    return _documents(source, SUFFIXES.get(path.suffix.lower(), "yaml"))


def read_text(text: str, file: str, kind: str) -> list[RawDocument]:
    r"""The metadata blocks of a text.

    Args:
        text: What a file would hold.
        file: Its name in messages.
        kind: `yaml`, `json` or `markdown`.

    >>> [document] = read_text("Models:\n- Name: AlexNet\n", "card.yml", "yaml")
    >>> document.root
    {'Models': [{'Name': 'AlexNet'}]}
    >>> document.root["Models"][0].location("Name").line
    2
    """
    return _documents(Source(file=file, text=text), kind)


def _kind(path: Path) -> str:
    kind = SUFFIXES.get(path.suffix.lower(), "yaml")
    return "comment" if kind == "markdown" else kind


def _documents(source: Source, kind: str) -> list[RawDocument]:
    try:
        return _found(source, kind)
    except OTHERS:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a file ends in is a finding of that file
        wrong = fault("could not be read", error, source.location(0))
        return [RawDocument(source=source, root=None, kind=kind, findings=(wrong,))]


def _found(source: Source, kind: str) -> list[RawDocument]:
    text = source.text
    if kind != "markdown":
        start = 1 if text.startswith("\ufeff") else 0
        return [_parse(source, kind, start, len(text))]
    blocks, unclosed = find_blocks(text)
    documents = [_parse(source, block.kind, block.start, block.end) for block in blocks]
    if unclosed is not None:
        problems = Problems(source)
        name, end = ("comment", "-->") if unclosed.kind == "comment" else ("front matter", "---")
        problems.add(
            ids.UNCLOSED,
            f"the {name} that starts here is never closed, so its metadata is not read",
            unclosed.start,
            min(unclosed.start + 4, len(text)),
            hint=f"End it with '{end}'.",
        )
        documents.append(RawDocument(source, None, *unclosed, findings=tuple(problems.findings)))
    return documents


def _parse(source: Source, kind: str, start: int, end: int) -> RawDocument:
    problems = Problems(source)
    root = (parse_json if kind == "json" else parse_yaml)(source, start, end, problems)
    return RawDocument(source=source, root=root, kind=kind, start=start, end=end, findings=tuple(problems.findings))
