"""What a rule may ask that looks at one card: the settings, what is known of names, and where the root is."""

from __future__ import annotations

from registry.config import Config


class Context:
    """What a rule may ask beside the card that it looks at.

    Attributes:
        root: Folder, absolute, that nothing may be read outside of.
        config: The project's settings.
        vocabulary: The known metrics, datasets and tasks, with those that the project adds.
    """

    def __init__(self, root: str, config: Config) -> None:
        self.root = root
        self.config = config
        self.vocabulary = config.load_vocabulary()
