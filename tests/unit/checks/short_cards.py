"""Cards of a few lines, and the findings of some rules in them."""

from __future__ import annotations


def rules(findings, *only):
    return [finding.rule for finding in findings if not only or finding.rule in only]


def models(*lines: str) -> str:
    return "Models:\n" + "".join(f"- {{{line}}}\n" for line in lines)


def accuracy(value: str, dataset: str = "ImageNet") -> str:
    return f"Results: [{{Task: Image Classification, Dataset: {dataset}, Metrics: {{Accuracy: {value}}}}}]"
