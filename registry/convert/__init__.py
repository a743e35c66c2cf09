"""From the cards that were read to files of another format, with a list of what that format cannot hold.

`registry.convert(...)` is `registry.convert.conversion.convert_cards`.
"""

from registry.callable_module import make_callable
from registry.convert.converted_files import TARGETS, Converted, convert
from registry.convert.document_text import Output

__all__ = ["TARGETS", "Converted", "Output", "convert"]

make_callable(__name__, "registry.convert.conversion.convert_cards")
