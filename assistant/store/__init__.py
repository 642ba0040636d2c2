"""Where papers are kept: Chroma holds the truth, a SQLite mirror finds words in it."""
