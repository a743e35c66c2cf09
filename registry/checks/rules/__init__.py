"""The rules, one a file: what it finds, why that matters, a bad and a good card, and the function that finds it."""
