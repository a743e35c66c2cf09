"""A small detector of handwritten digits: it shows on any machine that a card's average precision can be reproduced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn

CATEGORIES = ("__background__", *"0123456789")
INPUT_SIZE = (3, 64, 64)
STRIDE = 4
_MOST = 32
"""Objects that are given of each picture."""


class DigitsDetector(nn.Module):
    """Finds centres of digits on a grid of every fourth pixel, and how far their box reaches from there.

    As in X. Zhou, D. Wang, P. Krähenbühl, "Objects as points" (2019), a cell is a centre where it scores higher than
    its eight neighbours, so that no further suppression is needed.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width = 1
        for out, stride in ((16, 1), (32, 2), (48, 2), (48, 1), (48, 1)):
            layers += [nn.Conv2d(width, out, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
            width = out
        self.features = nn.Sequential(*layers)
        self.classes = nn.Conv2d(width, 10, 1)
        self.sides = nn.Conv2d(width, 4, 1)

    def grid(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (batch, 10, rows, columns), and distances in cells (batch, 4, rows, columns) to the box's sides.

        Args:
            pictures: (batch, 3, height, width), values from 0 to 1.
        """
        features = self.features(pictures.mean(1, keepdim=True))
        return self.classes(features), nn.functional.softplus(self.sides(features))

    def forward(self, pictures: Sequence[torch.Tensor]) -> list[Mapping[str, torch.Tensor]]:
        """Boxes (n, 4) as left, top, right, bottom in pixels, labels (n,) and scores (n,) of each picture."""
        return [self._detect(picture) for picture in pictures]

    def _detect(self, picture: torch.Tensor) -> Mapping[str, torch.Tensor]:
        logits, sides = (output[0] for output in self.grid(picture[None]))
        scores, labels = logits.sigmoid().max(0)
        centres = scores == nn.functional.max_pool2d(scores[None], 3, stride=1, padding=1)[0]
        best = scores.where(centres, 0).flatten().topk(min(_MOST, scores.numel()))
        rows, columns = best.indices // scores.shape[1], best.indices % scores.shape[1]
        left, top, right, bottom = sides.flatten(1)[:, best.indices]
        x, y = columns + 0.5, rows + 0.5
        boxes = torch.stack([x - left, y - top, x + right, y + bottom], 1) * STRIDE
        return {"boxes": boxes, "labels": labels.flatten()[best.indices] + 1, "scores": best.values}
