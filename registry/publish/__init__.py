"""Publishing: cards, findings and evidence as a site."""

from registry.publish.build import Built, build, pages
from registry.publish.material import Material, material

__all__ = ["Built", "Material", "build", "material", "pages"]
