"""Write the golden traces anew: `python -m registry.verify.golden`."""

from registry.verify.golden.codec import FILE, dumped
from registry.verify.golden.networks import golden

FILE.write_text(dumped(golden()), encoding="utf-8")
