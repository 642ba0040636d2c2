"""Looks into the files of a vector index, as hnswlib writes them, for what Chroma does not see.

Chroma reads past the end of a file that was cut short and follows links to rows that are not
there; either can end the process. Layout: ``HierarchicalNSW::saveIndex`` of hnswlib, with a
version in front of the header, as Chroma's own branch writes it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_HEADER = struct.Struct("<iQQQQQQiIQQQdQ")
"""Version, offset, room, rows, bytes a row, offsets of label and vector, top level, entry row,
links a row on upper levels and on the lowest, M, a factor, and the breadth of construction."""
_VERSION = 1
_LENGTH_BYTES = _LINK_BYTES = 4
_CHUNK_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What the header says about the other files."""

    version: int
    rows: int
    row_bytes: int
    vector_offset: int
    entry_row: int
    upper_links: int
    lowest_links: int


def file_fault(index: Path) -> str:
    """Return which file of an index is missing or too short, "" if none is. Reads the header only.

    An index without rows may lack everything but its header.
    """
    try:
        header = _header(index)
        if header.version != _VERSION or not header.rows:
            return ""
        sizes = {
            "data_level0.bin": header.rows * header.row_bytes,
            "length.bin": header.rows * _LENGTH_BYTES,
            "link_lists.bin": header.rows * _LINK_BYTES,
            "index_metadata.pickle": 1,
        }
        for name, wanted in sizes.items():
            size = (index / name).stat().st_size
            if size < wanted:
                return f"{index / name} has {size:,} bytes and should have {wanted:,}"
    except FileNotFoundError as error:
        return f"{error.filename} is missing"
    except OSError as error:
        return f"{error.filename} cannot be read ({(error.strerror or str(error)).lower()})"
    except struct.error:
        return f"{index / 'header.bin'} is too short"
    return ""


def content_fault(index: Path) -> str:
    """Return what in an index would lead a search astray, "" if nothing does.

    Reads all of it: 1.7 GB a million passages. The files must be as long as their header says.
    """
    header = _header(index)
    if header.version != _VERSION or not header.rows:
        return ""
    if header.entry_row >= header.rows or not _is_plausible(header):
        return f"{index / 'header.bin'} says what cannot be"
    if not (_lowest_links_hold(index, header) and _upper_links_hold(index, header)):
        return f"{index} has links to rows that are not there"
    return ""


def _header(index: Path) -> _Header:
    fields = _HEADER.unpack_from((index / "header.bin").read_bytes())
    version, _, _, rows, row_bytes, _, vector_offset, _, entry_row, upper, lowest, *_ = fields
    return _Header(
        version=version,
        rows=rows,
        row_bytes=row_bytes,
        vector_offset=vector_offset,
        entry_row=entry_row,
        upper_links=upper,
        lowest_links=lowest,
    )


def _is_plausible(header: _Header) -> bool:
    return (
        _LINK_BYTES + header.lowest_links * _LINK_BYTES == header.vector_offset < (header.row_bytes)
    )


def _lowest_links_hold(index: Path, header: _Header) -> bool:
    """Tell whether each row names rows that are there: a count of 2 bytes, 2 more, the links."""
    data = np.memmap(
        index / "data_level0.bin", np.uint8, "r", shape=(header.rows, header.row_bytes)
    )
    places = np.arange(header.lowest_links)
    for first in range(0, header.rows, _CHUNK_ROWS):
        part = np.ascontiguousarray(data[first : first + _CHUNK_ROWS, : header.vector_offset])
        counts = part[:, :2].copy().view("<u2")
        links = part[:, _LINK_BYTES:].copy().view("<u4")
        if np.any(counts > header.lowest_links):
            return False
        if np.any((links >= header.rows) & (places < counts)):
            return False
    return True


def _upper_links_hold(index: Path, header: _Header) -> bool:
    """Tell the same of the levels above: for each row the bytes of its levels, and these."""
    data = (index / "link_lists.bin").read_bytes()
    level_bytes = _LINK_BYTES + header.upper_links * _LINK_BYTES
    offset = 0
    for _ in range(header.rows):
        if offset + _LINK_BYTES > len(data):
            return False
        (size,) = struct.unpack_from("<I", data, offset)
        offset += _LINK_BYTES
        if size % level_bytes or offset + size > len(data):
            return False
        for level in range(offset, offset + size, level_bytes):
            (count,) = struct.unpack_from("<H", data, level)
            if count > header.upper_links:
                return False
            links = struct.unpack_from(f"<{count}I", data, level + _LINK_BYTES)
            if any(link >= header.rows for link in links):
                return False
        offset += size
    return offset == len(data)
