"""How many papers are told of, if not said otherwise: apart, for the command line to start fast."""

from __future__ import annotations

SURVEYED_PAPERS = 500
"""In a survey: more are a library, for which there is the overview."""
COMPARED_PAPERS = 20
"""In a comparison of a topic, the most relevant."""
