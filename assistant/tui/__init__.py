"""The terminal chat: the door that most people use.

Only this package imports textual. Widgets hold no logic: they show what the library and the
sessions give them, and post a message for what they are asked to do. Nothing is imported here,
so that ``assistant --help`` stays quick; the command ``chat`` imports :mod:`assistant.tui.app`.
"""
