"""Tasks of texts and of speech, for models of transformers: how they are read, answered and scored."""
