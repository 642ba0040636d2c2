"""Dialogs: a box over the chat that asks or shows one thing, and is gone with escape."""

from __future__ import annotations
