"""Models from elsewhere: fetched, checked, put in their place, and taken away again.

Nothing else in the assistant reaches a network that no setting names. What is fetched is compared
with the sha256 that its source tells before it gets its name, so that a model is there whole or
not at all.
"""

from assistant.downloads.pulling import Pulled, PullProgress, begun_pulls, pull
from assistant.downloads.removing import remove_model
from assistant.downloads.space import fits, machine_memory_bytes, memory_needed_bytes

__all__ = [
    "PullProgress",
    "Pulled",
    "begun_pulls",
    "fits",
    "machine_memory_bytes",
    "memory_needed_bytes",
    "pull",
    "remove_model",
]
