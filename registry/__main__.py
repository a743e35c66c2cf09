"""`python -m registry` is `mir`."""

from registry.cli import main

if __name__ == "__main__":
    main()
