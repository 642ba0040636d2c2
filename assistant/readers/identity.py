"""Moved; kept for the readers being written."""

from assistant.identity import *  # noqa: F403
