"""Publishing: cards, findings and evidence as a site."""

from registry.publish.site import Built, build

__all__ = ["Built", "build"]
