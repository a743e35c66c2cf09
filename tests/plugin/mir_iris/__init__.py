"""Fisher's irises for `mir`: four measurements of a flower, and which of three species it is."""
