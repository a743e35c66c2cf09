"""Words that are cut into tokens, and where each begins among these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.verify.datasets import UnreadableError
from registry.verify.tasks.text.tokens import Tokens, arrays


@dataclass(frozen=True, kw_only=True, slots=True)
class Words(Tokens):
    """See `Tokens`. A sample is a list of words."""

    def apply(self, sample: Any) -> Any:
        """See `Transform`."""
        return arrays(self.encode(list(sample), is_split_into_words=True))

    def starts(self, words: list[str]) -> npt.NDArray[np.int64]:
        """The place of each word's first token, from one; zero for a word that was cut off or has no token."""
        encoded = self.encode(list(words), is_split_into_words=True)
        try:
            of_word = encoded.word_ids()
        except ValueError as error:
            raise UnreadableError("the tokenizer does not say which word a token is of") from error
        found = np.zeros(len(words), np.int64)
        for place, word in reversed(list(enumerate(of_word, 1))):
            if word is not None:
                found[word] = place
        return found
