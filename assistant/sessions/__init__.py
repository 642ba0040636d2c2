"""Saved conversations: what was asked, what came of it, kept as it happens.

A session is a file of JSON lines that only grows, so that whatever was shown survives a crash of
the program that showed it.
"""

from __future__ import annotations

from assistant.sessions.exchange import Exchange, Outcome
from assistant.sessions.session import Session
from assistant.sessions.store import SessionStore
from assistant.sessions.summary import SessionSummary

__all__ = ["Exchange", "Outcome", "Session", "SessionStore", "SessionSummary"]
