"""``python -m sitegen`` is the same command as ``sitegen``."""

from sitegen.cli import run

if __name__ == "__main__":
    run()
