"""Every number on a model card is a claim: `mir` checks it, verifies it and publishes it."""

__version__ = "0.1.0"
