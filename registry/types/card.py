"""Cards as `mir` understands them, whatever dialect they were written in.

The names are model-index's own (`Name`, `Metadata`, `Results`, `In Collection`); the other dialects are read
into them, and what only they have keeps its own field, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from registry.types.finding import Finding
from registry.types.safe_text import safe_text
from registry.types.source import Location, MapNode, SeqNode, Source
from registry.types.weights import NamedWeights, read_weights


class RawDocument(NamedTuple):
    """One metadata block: a whole YAML or JSON file, one Markdown comment, or one front matter.

    Attributes:
        source: The file it stands in. Offsets in the tree count from the start of that file, not of the block.
        root: The tree, `None` where the block could not be parsed.
        kind: How it stands in the file.
        start: Offset of the block's first character.
        end: Offset past its last character.
        findings: What the reader has to say: syntax, encoding, limits, duplicate keys, YAML's traps.
    """

    source: Source
    root: MapNode | SeqNode | None
    kind: str  # "yaml" | "json" | "comment" | "front-matter"
    start: int = 0
    end: int = 0
    findings: tuple[Finding, ...] = ()


class Field(NamedTuple):
    """One named value of a card.

    A tuple, because a zoo has hundreds of thousands of them; where it stands is worked out when somebody asks.

    Attributes:
        name: Canonical key, such as `Parameters`, whatever case or underscores the card uses.
        value: Plain data, or a node where it is a mapping or a sequence.
        text: The scalar as printed, without quotes, which carries its precision (`4.10` is not `4.1`);
            empty for mappings and sequences.
        node: The mapping it stands in, `None` where it was not read from a file.
        key: Its key as printed.
        path: Path of the value in the data, such as `Models[3].Metadata.FLOPs`.
        inherited: True where it, or a part of it, came from the model's collection.
    """

    name: str
    value: Any
    text: str
    node: MapNode | None = None
    key: str = ""
    path: str = ""
    inherited: bool = False

    @property
    def location(self) -> Location:
        """Where the value stands."""
        return Location(file="", path=self.path) if self.node is None else self.node.location(self.key, self.path)

    @property
    def key_location(self) -> Location:
        """Where the key stands."""
        return Location(file="", path=self.path) if self.node is None else self.node.key_location(self.key, self.path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """One reported value. `type`, `args`, `verified` and `verify_token` are Hugging Face's.

    Attributes:
        name: As printed.
        value: Plain data.
        text: The value as printed, without quotes.
        node: The mapping that the value stands in, `None` where it was not read from a file.
        key: The value's key in it: the metric's name, or `value` where name and value are entries of their own.
        name_key: The key whose value is the name, where they are.
        path: Path of the value in the data.
        within: Keys of the mappings that it stands in below `Metrics`, as in `Set5: {PSNR: 30.6, SSIM: 0.86}`.
        extra: What the card says of it beyond these, by printed key.
    """

    name: str
    value: Any
    text: str
    node: MapNode | None = None
    key: str = ""
    name_key: str = ""
    path: str = ""
    type: str | None = None
    args: Any = None
    verified: bool | None = None
    verify_token: str | None = None
    within: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def location(self) -> Location:
        """Where the value stands."""
        return Location(file="", path=self.path) if self.node is None else self.node.location(self.key, self.path)

    @property
    def key_location(self) -> Location:
        """Where the name stands."""
        if self.node is None:
            return Location(file="", path=self.path)
        if self.name_key:
            return self.node.location(self.name_key, self.path)
        return self.node.key_location(self.key, self.path)


DATASET_TEXTS = ("type", "config", "split", "revision", "subset")
"""What a data set's reference may say beside its name, in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetRef:
    """The data a result was measured on. All but `name` are Hugging Face's, and `subset` is a part of a split."""

    name: str
    type: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None
    args: Any = None
    subset: str | None = None

    @property
    def identity(self) -> list[Any]:
        """What makes it the same data, as JSON data."""
        parts = [self.name, self.type, self.config, self.split, self.revision, self.args]
        return parts if self.subset is None else [*parts, self.subset]

    def __str__(self) -> str:
        """Name, configuration, split and subset in one line."""
        return ", ".join(part for part in (self.name or self.type, self.config, self.split, self.subset) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What one evaluation reports: a task, a dataset, and its metrics.

    Attributes:
        source_name: Where the numbers come from, as Hugging Face's cards say it; `source_url` is its address.
        downstream: What reached them where it is not the model itself but one that was trained from it: its name or
            configuration.
    """

    task: str
    dataset: DatasetRef
    metrics: tuple[Metric, ...]
    location: Location
    task_type: str | None = None
    source_name: str | None = None
    source_url: str | None = None
    downstream: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """A family of models, whose metadata its models inherit.

    Attributes:
        file: The file that holds it, as shown to the user.
        base: Folder, absolute, that its relative paths start from.
        raw: The mapping it was read from.
    """

    name: str
    location: Location
    file: str = ""
    base: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    metadata: Mapping[str, Field] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    raw: MapNode | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """One model as a card describes it, its collection's fields already inherited.

    Attributes:
        name: `Name`, as printed; empty where the card has none.
        collection: `In Collection`, or `None`.
        fields: Top-level fields by canonical name (`Weights`, `Code`, `Config`, `README`, `Paper`, `Builder`, ...),
            without `Name`, `Metadata` and `Results`.
        metadata: `Metadata` (also read from `SOTAgentsdata`) by canonical name.
        results: The reported results.
        file: The file that holds it, as shown to the user; relative paths of the card start from `base`.
        base: Folder, absolute, that the card's relative paths start from.
        raw: The mapping it was read from.
    """

    name: str
    location: Location
    file: str
    base: str
    dialect: str
    collection: str | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    metadata: Mapping[str, Field] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    raw: MapNode | None = None

    @property
    def weights(self) -> tuple[NamedWeights, ...]:
        """The files of weights that the card names, the first of which its numbers and its `SHA256` are about."""
        return read_weights(self.get("Weights"), self.get("SHA256"))

    def get(self, name: str) -> Any:
        """The value of a metadata or top-level field by its canonical name, `None` where the card has none."""
        field = self.metadata.get(name) or self.fields.get(name)
        return None if field is None else field.value

    def __repr__(self) -> str:
        return safe_text(f"<Model {self.name} ({self.location})>")

    def _repr_html_(self) -> str:
        from registry.types.notebook import model_table

        return model_table(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One file that holds model metadata.

    Attributes:
        file: As shown to the user.
        dialect: Name of the dialect it is written in.
        models: Its models.
        collections: Its collections.
        library: Fields of the library that the models belong to: `Name`, `Repository`, `Headline`, `Website`, ...
        documents: Its metadata blocks.
        body: The prose of a Markdown file: its text outside the metadata.
        imports: Files, as shown, that its `Import`, `Models` and `Collections` lead to.
        evident: Whether it is surely a card. One that only looks like it is checked where somebody named it, but
            nothing in it is repaired.
    """

    file: str
    dialect: str
    models: tuple[Model, ...] = ()
    collections: tuple[Collection, ...] = ()
    library: Mapping[str, Field] = field(default_factory=dict)
    documents: tuple[RawDocument, ...] = ()
    body: str = ""
    imports: tuple[str, ...] = ()
    evident: bool = True

    def __repr__(self) -> str:
        return safe_text(f"<Card {self.file}: {self.dialect}, {len(self.models)} models>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """Everything that was read, in the order of the files.

    Attributes:
        root: Folder, absolute, that nothing may be read outside of.
        cards: One for each file that holds metadata, imported ones included.
        findings: What reading and loading had to say.
        sources: Every file that was read, by its shown name, for reporters that quote lines.
        files: Real path of every file that was opened, whether it holds a card or not.
        around: Collections of the index that the cards belong to, where only some of its files were asked for: their
            models take over from them, and nothing else is done with them.
    """

    root: str
    cards: tuple[Card, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    around: tuple[Collection, ...] = ()

    @property
    def models(self) -> tuple[Model, ...]:
        """All models of all cards."""
        return tuple(model for card in self.cards for model in card.models)

    @property
    def collections(self) -> tuple[Collection, ...]:
        """All collections of all cards."""
        return tuple(collection for card in self.cards for collection in card.collections)

    def __repr__(self) -> str:
        return f"<Index of {len(self.models)} models on {len(self.cards)} cards in {safe_text(self.root)}>"

    def _repr_html_(self) -> str:
        from registry.types.notebook import models_table

        return models_table(self.models)
