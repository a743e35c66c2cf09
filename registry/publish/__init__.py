"""Publishing: cards, findings and evidence as a site."""

from registry.publish.build import Built, Material, build, material, pages

__all__ = ["Built", "Material", "build", "material", "pages"]
