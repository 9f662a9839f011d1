"""Search without a server: words of texts, the index as small files, and the engine that answers queries.

The browser's engine, static/search/engine.js, reads the same files and gives the same answers.
"""
