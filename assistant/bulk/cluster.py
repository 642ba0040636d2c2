"""A cluster of machines that embed, by Ray. The only import of ray.

Ray starts on this machine, or joins a cluster that runs; it spreads the work, and does again what
was lost with a machine. It reports its use to nobody.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.bulk.work import BLOCK_RECORDS, Digests, PassageEmbedder, reading
from assistant.config import EmbeddingSettings, Settings
from assistant.errors import AssistantError, LibraryError, ModelError, UsageError
from assistant.telemetry import silence

if TYPE_CHECKING:
    import pyarrow as pa

_REACH_S = 10.0
_BLOCK_BYTES = 1 << 17
"""A block that is this long is handed on, so that no processor waits for the others."""


class Cluster:
    """The processors that work."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def embedded(
        self,
        files: Sequence[Path],
        *,
        columns: Mapping[str, str],
        settings: Settings,
        source: EmbeddingSettings,
        known: Digests,
    ) -> Generator[pa.Table, None, None]:
        """Yield the records of files, with vectors, in order, while others are being embedded.

        See :mod:`assistant.bulk.work`. Raises AssistantError for what fails on a machine.
        """
        import ray
        from ray.data import ActorPoolStrategy

        paths = [{"path": str(file.absolute())} for file in files]
        records = ray.data.from_items(paths, override_num_blocks=len(paths)).map_batches(
            reading(columns), batch_size=1, batch_format="pyarrow", num_cpus=0.5
        )
        rows = records.map_batches(
            PassageEmbedder,
            fn_constructor_args=(settings, source, known),
            batch_size=BLOCK_RECORDS,
            batch_format="pyarrow",
            compute=ActorPoolStrategy(size=self.workers),
            num_cpus=1,
        )
        tables = iter(rows.iter_batches(batch_size=None, batch_format="pyarrow"))
        try:
            yield from tables
        except AssistantError:
            raise
        except Exception as error:
            raise _failure(error) from error


@contextmanager
def cluster(*, address: str = "", workers: int = 0) -> Iterator[Cluster]:
    """Start Ray on this machine, or join the cluster at ``address``; leave it at the end.

    ``workers`` are processors that embed; 0: all that there are. Raises UsageError without the
    package, LibraryError if there is no cluster at the address.
    """
    silence()
    # Or a thread that is late would start another cluster after the end of this one.
    os.environ.update(RAY_BACKEND_LOG_LEVEL="fatal", RAY_ENABLE_AUTO_CONNECT="0")
    try:
        import ray
    except ImportError as error:
        raise UsageError(
            "Bulk ingest needs Ray, which is not installed.",
            hint="Install the extra: pip install 'abstract-assistant[ray]'",
        ) from error
    cores = workers or os.cpu_count() or 1
    # One more on this machine, for reading: it takes a hundredth of the time.
    where: dict[str, Any] = (
        {"address": address}
        if address
        else {"num_cpus": cores + 1, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    )
    try:
        _reach(address)
        with _without_stderr():
            ray.init(**where, log_to_driver=False, logging_level=logging.CRITICAL)
    except (OSError, RuntimeError, ValueError) as error:
        raise LibraryError(
            f"Ray does not start{f' at {address}' if address else ''}: "
            f"{shorten(str(error), 200, placeholder='…')}",
            hint="Correct --address, or leave it out to use the processors of this machine.",
        ) from error
    try:
        _quieten()
        if address and not workers:
            cores = max(1, int(_resources(ray).get("CPU", 1)) - 1)
        yield Cluster(cores)
    finally:
        ray.shutdown()


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Lose what Ray's C++ part says while it starts: that it was told to say nothing, for one."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _reach(address: str) -> None:
    """Make sure that something listens at an address: Ray would try for minutes.

    Raises OSError, ValueError.
    """
    if address not in ("", "auto", "local"):
        place = urlsplit(address if "//" in address else f"//{address}")
        if not place.hostname or not place.port:
            raise ValueError("an address is HOST:PORT, ray://HOST:PORT or auto")
        socket.create_connection((place.hostname, place.port), timeout=_REACH_S).close()


def _resources(ray: Any) -> dict[str, float]:
    found: dict[str, float] = ray.cluster_resources()
    return found


def _quieten() -> None:
    from ray.data import DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = True
    context.target_max_block_size = _BLOCK_BYTES
    context.target_min_block_size = 1
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _failure(error: Exception) -> AssistantError:
    """Return what failed on a machine: as it was said there, if that was foreseen."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(cause := getattr(found, "cause", None), AssistantError):
            return cause
        found = found.__cause__
    # Ray tells the whole traceback of the machine: the end of it says what happened.
    what = next(reversed(str(error).strip().splitlines()), "")
    return ModelError(
        f"A machine of the cluster failed: {shorten(what, 300, placeholder='…')}",
        hint="What was stored is kept: run the command again to go on.",
    )
