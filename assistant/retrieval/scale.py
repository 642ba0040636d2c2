"""Brings the cosines of any embedder to the scale of the reading encoder's.

Unrelated texts have a cosine of about 0.1 for all-MiniLM-L6-v2 and of 0.5 or 0.8 for others, whose
vectors crowd in one direction (Ethayarajh, 2019), while the score of a paper and what is made of
it were fitted on all-MiniLM-L6-v2. So a straight line is kept with an index, through two points:
the mean cosine of a passage with others, and that with itself, which is 1 unless questions are
embedded otherwise than passages. With an embedder of 576 dimensions whose unrelated passages have
a cosine of .83, 10 of 25 questions without an answer were answered, 7 with the line, and 6 with
all-MiniLM-L6-v2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from assistant.retrieval.ranked import Cosines

_SLOPE, _OFFSET, _ROWS = "cosine_slope", "cosine_offset", "cosine_rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class CosineScale:
    """A straight line; without numbers of an index, it changes nothing."""

    slope: float = 1.0
    offset: float = 0.0
    rows: int = 0
    """Rows of the index when it was measured."""

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Self:
        """Return what is noted about an index."""
        slope, offset, rows = (about.get(name) for name in (_SLOPE, _OFFSET, _ROWS))
        if not (isinstance(slope, float) and isinstance(offset, float) and isinstance(rows, int)):
            return cls()
        return cls(slope=slope, offset=offset, rows=rows)

    def notes(self) -> dict[str, float | int]:
        """Return what is to be noted about an index."""
        return {_SLOPE: self.slope, _OFFSET: self.offset, _ROWS: self.rows}

    def __call__(self, cosines: Cosines) -> Cosines:
        """Return the cosines that the reading encoder would give, as far as a line can tell."""
        if not self.rows:
            return cosines
        found = np.minimum(self.offset + self.slope * cosines, 1.0)
        return np.asarray(found, dtype=np.float32)
