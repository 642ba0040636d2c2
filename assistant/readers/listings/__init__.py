"""Lists of papers as text, such as copied web pages."""
