"""From claims to verdicts: builds the models, counts, loads weights, runs them on data, and judges."""
