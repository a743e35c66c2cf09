"""What `mir` raises. A mistake in somebody's card is never raised: it is a finding or a verdict.

MirError
├── UsageError          the command or its options are wrong                      exit 2
├── ConfigError         pyproject.toml's [tool.mir] is wrong                       exit 2
├── OutputError         a result cannot be written                                 exit 2
├── StorageError        a shared folder cannot be read                             exit 2
│   └── StoreAwayError  it does not answer, and may do so later
├── SecretError         what would be published holds a secret                      exit 1
├── PredictionsError    a file of kept predictions is not one                      exit 2
├── MissingExtraError   a command needs a package that is not installed            exit 2
└── Unverifiable        a claim cannot be measured; becomes the verdict of that name
    ├── WeightsError    the weights cannot be had, or are not what the card says
    ├── BuildError      the model cannot be built from what the card names
    └── DatasetError    the data is not here, or is not what it should be
"""

from __future__ import annotations

from registry.types.safe_text import safe_sentence
from registry.types.source import Location


class MirError(Exception):
    """Something a user can understand and mend: one sentence, and its place where there is one."""

    def __init__(self, message: str, *, location: Location | None = None) -> None:
        message = safe_sentence(message)
        super().__init__(message)
        self.message = message
        self.location = location

    def __str__(self) -> str:
        return self.message if self.location is None else f"{self.location}: {self.message}"


class UsageError(MirError):
    """The command or its options are wrong."""


class ConfigError(MirError):
    """The configuration is wrong."""


class OutputError(MirError):
    """A result cannot be written."""


class SecretError(MirError):
    """What would be published holds a secret."""


class StorageError(MirError):
    """A folder in an object store cannot be reached or may not be read."""


class StoreAwayError(StorageError):
    """An object store does not answer, or says that it cannot just now."""


class PredictionsError(MirError):
    """A file of kept predictions is not one, or does not hold what was asked of it."""


class MissingExtraError(MirError):
    """A command needs a package that is not installed."""


class Unverifiable(MirError):
    """A claim cannot be measured here; the message is the verdict's reason.

    Attributes:
        reader: The reason for somebody who reads of the claim and runs nothing.
        needs: The option that would let it be measured, with what it takes in brackets; empty where none would.
    """

    def __init__(self, message: str, *, location: Location | None = None, reader: str = "", needs: str = "") -> None:
        super().__init__(message, location=location)
        self.reader = safe_sentence(reader) or self.message
        self.needs = safe_sentence(needs)


class WeightsError(Unverifiable):
    """The weights cannot be had, or are not what the card says."""


class BuildError(Unverifiable):
    """The model cannot be built from what the card names."""


class DatasetError(Unverifiable):
    """The data is not here, or is not what it should be."""
