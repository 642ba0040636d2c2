"""Two machines that do something to one library at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.config import StoreSettings
from assistant.errors import LibraryError, LibraryMissing
from assistant.store import succession
from assistant.store.filling import Filling
from assistant.store.folder import LibraryFolder
from assistant.store.lease import Lease
from assistant.store.server import ServerConnection
from assistant.store.shared import SharedStore, follow
from tests.integration.test_shared_store import indexed, put, shown

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

Open = Callable[..., LibraryFolder]


@pytest.fixture
def machine(tmp_path: Path, on_server: StoreSettings) -> Iterator[Open]:
    """Open the library on the server from a folder, as another machine would."""
    opened = []

    def begin(name: str) -> LibraryFolder:
        path = tmp_path / name
        path.mkdir(exist_ok=True)
        opened.append(LibraryFolder(path, embedder="e", server=on_server))
        return opened[-1]

    yield begin
    for folder in opened:
        folder.close()


def move(folder: LibraryFolder, embedder: str) -> None:
    """Let a successor with the same papers take the place of the collection."""
    with folder.turns() as turn, turn():
        papers = [item.paper.paper_id for item in folder.store.papers()]
        with closing(folder.store.successor(embedder=embedder)) as built:
            built.upsert([indexed(paper_id, 3) for paper_id in papers])
        folder.store.succeed()


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Do everything at the same moment; return what was raised."""
    barrier = threading.Barrier(len(works))
    raised: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_of_several_who_begin_a_library_all_have_the_same(
    machine: Open, on_server: StoreSettings
) -> None:
    opened: list[LibraryFolder] = []
    works = [lambda name=name: opened.append(machine(name)) for name in "abcd"]
    assert at_once(*works) == []
    assert len({folder.store._collection.id for folder in opened}) == 1


def test_a_library_is_never_empty_for_who_opens_it_while_it_is_moved(
    machine: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = machine("one")
    with one.writing():
        put(one, *(indexed(f"p{n}") for n in range(5)))
    seen: list[int] = []
    real = succession._rename

    def look_in_between(collection: Any, name: str) -> None:
        real(collection, name)
        if not collection.name.endswith("-next"):
            seen.append(machine(f"new-{len(seen)}").mirror.count())

    monkeypatch.setattr(succession, "_rename", look_in_between)
    move(one, "f")
    assert seen
    assert set(seen) == {5}


def test_what_was_being_read_of_a_library_that_moves_is_read_of_the_other(machine: Open) -> None:
    one, other = machine("one"), machine("other")
    with one.writing():
        put(one, *(indexed(f"p{n}") for n in range(5)))
    vector = indexed("p3").vectors[0]
    looks: list[Callable[[], object]] = [
        other.store.count,
        lambda: other.store.rows(["p3:0"]),
        lambda: next(other.store.papers()),
        lambda: list(other.store.vectors([("p3", 2)])),
        lambda: other.store.nearest(vector, limit=3),
        lambda: other.store.cosines(vector, [("p3", 2)]),
    ]
    for number, look in enumerate(looks):
        move(one, f"f{number}")
        assert look()
        assert other.store.embedder == f"f{number}"


def test_a_mirror_that_follows_while_the_library_moves_loses_nothing(
    machine: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machine("one"), machine("other")
    with one.writing():
        put(one, *(indexed(f"p{n}") for n in range(5)))
    left = [True]

    def nothing_of_what_goes(*_: object, **__: object) -> Iterator[list[Any]]:
        # As Chroma does of a collection that is just being removed.
        left.clear()
        move(one, "f")
        monkeypatch.undo()
        yield []

    monkeypatch.setattr(SharedStore, "written", nothing_of_what_goes)
    assert isinstance(other.store, SharedStore)
    follow(other.store, other.mirror, Filling())
    assert not left
    assert other.mirror.count() == 5
    assert {item.passages for item in other.mirror.stored()} == {3}


def test_a_library_that_is_deleted_is_missing_for_all(
    machine: Open, on_server: StoreSettings
) -> None:
    one, other = machine("one"), machine("other")
    with one.writing():
        put(one, indexed("a"))
    one.store._connection.delete(on_server.collection)
    for look in (
        other.store.count,
        lambda: other.store.rows(["a:0"]),
        lambda: other.store.revision,
    ):
        with pytest.raises(LibraryMissing, match="There is no library"):
            look()


def test_a_library_that_is_begun_anew_while_it_is_written_to_gets_nothing_of_that(
    machine: Open, on_server: StoreSettings
) -> None:
    one = machine("one")
    with one.writing():
        put(one, indexed("a"))
        one.store._connection.delete(on_server.collection)
        other = machine("other")
        with pytest.raises(LibraryError, match="was deleted while it was written to"):
            put(one, indexed("b"))
    assert shown(one) == shown(other) == set()


@pytest.mark.parametrize(
    "said", ["Missing field: [Missing metadata segment]", "Collection [x] does not exist."]
)
def test_a_lease_that_ran_out_is_put_away_by_two_at_once(
    machine: Open, monkeypatch: pytest.MonkeyPatch, on_server: StoreSettings, said: str
) -> None:
    from chromadb.api.models.Collection import Collection
    from chromadb.errors import InternalError, NotFoundError

    connection = machine("one").store._connection
    assert isinstance(connection, ServerConnection)
    name = f"{on_server.collection}-writer"
    assert connection.claim(name, metadata={"owner": "dead", "until_s": 0.0}) is not None
    real = Collection.modify

    def other_was_first(self: Collection, **changes: Any) -> None:
        monkeypatch.undo()
        real(self, **changes)
        connection.delete(self.name)
        raise NotFoundError(said) if "exist" in said else InternalError(said)

    monkeypatch.setattr(Collection, "modify", other_was_first)
    with Lease(connection, on_server.collection).held():
        assert connection.find(name) is not None
    assert connection.find(name) is None


def test_several_who_find_the_same_dead_lease_take_turns(
    machine: Open, on_server: StoreSettings
) -> None:
    connections = [machine(name).store._connection for name in "abcd"]
    name = f"{on_server.collection}-writer"
    inside: list[int] = []

    def work(connection: ServerConnection) -> None:
        with Lease(connection, on_server.collection).held():
            inside.append(1)
            assert len(inside) == 1
            inside.pop()

    for _ in range(3):
        first = connections[0]
        assert isinstance(first, ServerConnection)
        assert first.claim(name, metadata={"owner": "dead", "until_s": 0.0}) is not None
        works = [lambda one=one: work(one) for one in connections]
        assert at_once(*works) == []
    assert [found for found in first.names() if found.startswith(name)] == []


def test_a_turn_that_ends_while_another_asks_for_it_is_no_failure(
    machine: Open, on_server: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{on_server.collection}-writer"
    connection = machine("one").store._connection
    assert isinstance(connection, ServerConnection)
    assert connection.claim(name, metadata={"owner": "other"}) is not None
    create = connection._client.create_collection

    def refused_then_free(*args: Any, **options: Any) -> Any:
        try:
            return create(*args, **options)
        finally:
            connection.delete(name)

    monkeypatch.setattr(connection._client, "create_collection", refused_then_free)
    assert connection.claim(name, metadata={"owner": "one"}) is None
    monkeypatch.undo()
    assert connection.claim(name, metadata={"owner": "one"}) is not None
