"""How models and collections are written in each dialect, and what each cannot hold."""

from registry.dialects.writers.notes import Form, Loss, Notes, Spot
from registry.dialects.writers.printed_numbers import Printed

__all__ = ["Form", "Loss", "Notes", "Printed", "Spot"]
