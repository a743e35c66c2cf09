"""Write the golden traces anew: `python -m registry.verify.golden`."""

from registry.verify.golden.golden_counts import FILE, dumped
from registry.verify.golden.networks import golden

FILE.write_text(dumped(golden()), encoding="utf-8")
