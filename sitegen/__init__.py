"""sitegen: from the Atom feeds of one research field to a static, citable archive of its papers."""

__version__ = "0.1.0"
