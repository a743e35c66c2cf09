"""Reproduce the results that cards report, by running their weights on the data."""

from registry.verify.accuracy.accuracy_measurer import Accuracy
from registry.verify.accuracy.dispatch import verify_accuracy
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.speed_claims import Speeds

__all__ = ["Accuracy", "EvaluationOptions", "Speeds", "verify_accuracy"]
