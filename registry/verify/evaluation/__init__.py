"""Running models over a dataset: samples are read once, whatever the number of models, and each is counted once."""
