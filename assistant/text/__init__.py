"""Text without any knowledge of papers or models: cleaning, sentences, tokens."""
