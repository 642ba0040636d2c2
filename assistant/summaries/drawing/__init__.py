"""The overview of a library to look at: in a terminal, as SVG, as one HTML file, as Markdown.

Everything here is a pure function from an overview to text. Titles, venues and the names made of
them are a stranger's text: they are made readable and escaped for each format.
"""

from __future__ import annotations

from assistant.summaries.drawing.markdown import overview_markdown
from assistant.summaries.drawing.page import overview_html
from assistant.summaries.drawing.svg import overview_svg
from assistant.summaries.drawing.terminal import map_lines

__all__ = ["map_lines", "overview_html", "overview_markdown", "overview_svg"]
