"""The field's words: metrics and datasets by the names that cards use for them, kept in TOML files beside this one."""

from registry.vocabulary.metrics import MetricTerm, metric_term, slug

__all__ = ["MetricTerm", "metric_term", "slug"]
