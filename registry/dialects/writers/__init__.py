"""How models and collections are written in each dialect, and what each cannot hold."""

from registry.dialects.writers.notes import Form, Loss, Notes, Printed, Spot

__all__ = ["Form", "Loss", "Notes", "Printed", "Spot"]
