"""Formats in which each line begins with a tag: RIS, MEDLINE, Web of Science, refer."""
