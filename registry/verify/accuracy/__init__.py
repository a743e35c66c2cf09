"""Reproduce the results that cards report, by running their weights on the data."""

from registry.verify.accuracy.dispatch import verify_accuracy
from registry.verify.accuracy.measurer import Accuracy
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.speed import Speeds
from registry.verify.accuracy.verify import takes

__all__ = ["Accuracy", "EvaluationOptions", "Speeds", "takes", "verify_accuracy"]
