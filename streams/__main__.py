"""`python -m streams` is `fulltext`."""

from streams.cli import main

if __name__ == "__main__":
    main()
