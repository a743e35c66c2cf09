"""The dialects that model metadata is written in, most particular first: a new one is one file and one line here."""

from collections.abc import Mapping

from registry.dialects.benchmark import Benchmark
from registry.dialects.cards_json import CardsJson
from registry.dialects.dialect import Content, Dialect, DialectContext, Expected, Reference
from registry.dialects.eval_results import EvalResults
from registry.dialects.huggingface import HuggingFace
from registry.dialects.metafile import Metafile
from registry.dialects.model_index import ModelIndex

_ALL: tuple[Dialect, ...] = (CardsJson(), EvalResults(), Benchmark(), HuggingFace(), Metafile(), ModelIndex())

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in _ALL}
"""Every dialect by its name, in the order in which they are tried."""

__all__ = ["DIALECTS", "Content", "Dialect", "DialectContext", "Expected", "Reference"]
