"""A small network that tells speakers by the sound of a vowel."""

from __future__ import annotations

import torch
from torch import nn

INPUT_SIZE = (29, 12)
CATEGORIES = tuple(map(str, range(1, 10)))
"""The speakers, as the data set numbers them."""


class VowelCNN(nn.Module):
    """Two convolutions over time, the mean over the moments of the utterance, and a linear layer.

    Input: (batch, moments, 12), coefficients of linear prediction, zeros after the end of an utterance; what is after
    the end changes nothing. Output: (batch, 9), one logit for each speaker.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(12, 48, 5, padding=2)
        self.second = nn.Conv1d(48, 48, 5, padding=2)
        self.classifier = nn.Linear(48, 9)

    def forward(self, utterances: torch.Tensor) -> torch.Tensor:
        """Logits for a batch of utterances."""
        sound = utterances.movedim(1, 2)
        present = (sound != 0).any(1, keepdim=True).float()
        features = self.first(sound).relu() * present
        features = self.second(features).relu() * present
        logits: torch.Tensor = self.classifier(features.sum(2) / present.sum(2).clamp(min=1))
        return logits
