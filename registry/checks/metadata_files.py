"""Files that hold nothing but the metadata of a model, which a card names as `Metadata: path/to/file.yml`."""

from __future__ import annotations

from registry.types import Collection, Index, Model, RawDocument


def metadata_files(index: Index) -> list[RawDocument]:
    """The metadata in files of its own, each file once, in the form of a block of metadata."""
    cards = {card.file for card in index.cards}
    found: dict[str, RawDocument] = {}
    for card in index.cards:
        owners: tuple[Model | Collection, ...] = (*card.collections, *card.models)
        for owner in owners:
            # All of a model's own metadata stands in one place, so that its first entry tells where.
            first = next((field for field in owner.metadata.values() if not field.inherited), None)
            if first is None or first.node is None:
                continue
            source = first.node.source
            if source.file not in cards and source.file not in found:
                kind = "json" if source.file.endswith(".json") else "yaml"
                found[source.file] = RawDocument(
                    source=source, root=first.node, kind=kind, start=0, end=len(source.text)
                )
    return list(found.values())
