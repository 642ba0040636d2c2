"""Formats in which each line begins with a tag: RIS, RefWorks, MEDLINE, Web of Science, refer."""
