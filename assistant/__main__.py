"""``python -m assistant`` is the console script ``assistant``."""

from __future__ import annotations

from assistant.cli import main

main(prog_name="assistant")
