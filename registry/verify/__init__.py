"""From claims to verdicts: builds the models, counts, loads weights, runs them on data, and judges.

`registry.verify(...)` is `registry.verify.verification.verify`.
"""

from registry.callable_module import make_callable

make_callable(__name__, "registry.verify.verification.verify")
