"""The plain data that flows through `mir`, from a file's text to evidence. Imports nothing else of the package.

What belongs to evidence is imported when it is first used: most commands start without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from registry.types.card import (
    DATASET_TEXTS,
    Card,
    Collection,
    DatasetRef,
    Field,
    Index,
    Metric,
    Model,
    RawDocument,
    Result,
)
from registry.types.claim import UNKNOWN_METRIC, Claim, MetricTerm
from registry.types.errors import (
    BuildError,
    ConfigError,
    DatasetError,
    MirError,
    MissingExtraError,
    OutputError,
    PredictionsError,
    SecretError,
    StorageError,
    StoreAwayError,
    Unverifiable,
    UsageError,
    WeightsError,
)
from registry.types.finding import SEVERITIES, Edit, Finding, Fix, Severity
from registry.types.quantity import Kind, Quantity, QuantityError
from registry.types.source import Location, MapNode, Mark, SeqNode, Source, child_path, mappings, walk
from registry.types.weights import NamedWeights, is_true, read_weights

if TYPE_CHECKING:
    from registry.types.evidence import VERDICTS, Evidence, Measurement, Verdict

__all__ = [
    "DATASET_TEXTS",
    "SEVERITIES",
    "UNKNOWN_METRIC",
    "VERDICTS",
    "BuildError",
    "Card",
    "Claim",
    "Collection",
    "ConfigError",
    "DatasetError",
    "DatasetRef",
    "Edit",
    "Evidence",
    "Field",
    "Finding",
    "Fix",
    "Index",
    "Kind",
    "Location",
    "MapNode",
    "Mark",
    "Measurement",
    "Metric",
    "MetricTerm",
    "MirError",
    "MissingExtraError",
    "Model",
    "NamedWeights",
    "OutputError",
    "PredictionsError",
    "Quantity",
    "QuantityError",
    "RawDocument",
    "Result",
    "SecretError",
    "SeqNode",
    "Severity",
    "Source",
    "StorageError",
    "StoreAwayError",
    "Unverifiable",
    "UsageError",
    "Verdict",
    "WeightsError",
    "child_path",
    "is_true",
    "mappings",
    "read_weights",
    "walk",
]


def __getattr__(name: str) -> Any:
    if name in ("VERDICTS", "Evidence", "Measurement", "Verdict"):
        return getattr(import_module("registry.types.evidence"), name)
    raise AttributeError(f"module 'registry.types' has no attribute '{name}'")
