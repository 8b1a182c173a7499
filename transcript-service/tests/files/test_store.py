"""The shared folder: whole or not at all, by ids alone, and nothing of it twice."""

import os
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from services.errors import Transient
from transcript_service.files.store import FolderStore, Missing, Place


@pytest.fixture
def root(tmp_path):
    return tmp_path / "files"


@pytest.fixture
def store(root):
    return FolderStore(root)


@pytest.fixture
def given(tmp_path):
    path = tmp_path / "given"
    path.write_bytes(bytes(range(256)) * 2_000)
    return path


def place(**fields):
    ids = {"conversation": uuid4(), "file": uuid4(), "copy": uuid4()}
    return Place(**{"tenant": "testvik", **ids, **fields})


async def read(store, place):
    return b"".join([piece async for piece in await store.open(place)])


async def found(store, moment=None):
    return [p async for p in store.older_than(moment or datetime.now(UTC) + timedelta(hours=1))]


def files(root):
    return sorted(path for path in root.rglob("*") if path.is_file())


async def test_what_was_put_is_read_and_deleted(store, given, root):
    here, there = place(), place()
    await store.put(here, given)
    await store.put(there, given)
    await store.delete(here)

    assert await read(store, there) == given.read_bytes()
    with pytest.raises(Missing):
        await store.open(here)
    assert len(files(root)) == 1


async def test_what_is_not_there_may_be_deleted_again(store, given):
    here = place()
    await store.put(here, given)
    await store.delete(here)
    await store.delete(here)

    assert await found(store) == []


async def test_a_path_is_made_of_ids_alone(store, given, root):
    here = place()
    await store.put(here, given)
    (path,) = files(root)
    name = str(here.conversation)

    assert path.relative_to(root).parts == (
        "testvik",
        name[-2:],
        name,
        f"{here.file}.{here.copy}",
    )
    assert root.stat().st_mode & 0o077 == 0


async def test_two_uploads_of_one_file_lie_apart(store, given):
    one = place()
    two = place(conversation=one.conversation, file=one.file)
    await store.put(one, given)
    await store.put(two, given)
    await store.delete(one)

    assert await read(store, two) == given.read_bytes()


async def test_the_folder_of_a_conversation_goes_with_its_last_file(store, given, root):
    one = place()
    two = place(conversation=one.conversation)
    await store.put(one, given)
    await store.put(two, given)
    await store.delete(one)
    await store.delete(two)

    assert [path.name for path in root.rglob(str(one.conversation))] == []


async def test_only_what_is_old_is_found_and_what_is_not_ours_is_let_be(store, given, root):
    old, young = place(), place()
    await store.put(old, given)
    await store.put(young, given)
    yesterday = time.time() - 2 * 86_400
    path = next(path for path in files(root) if str(old.file) in path.name)
    os.utime(path, (yesterday, yesterday))
    (path.parent / "lost+found").mkdir()
    (path.parent / "README").write_text("Hei")

    assert await found(store, datetime.now(UTC) - timedelta(days=1)) == [old]
    assert set(await found(store)) == {old, young}


async def test_half_written_files_of_a_process_that_died_are_cleared(store, given, root):
    await store.put(place(), given)
    half = root / ".incoming" / "half"
    half.write_bytes(b"ha")
    yesterday = time.time() - 2 * 86_400
    os.utime(half, (yesterday, yesterday))
    young = root / ".incoming" / "young"
    young.write_bytes(b"yo")
    await found(store, datetime.now(UTC) - timedelta(days=1))

    assert not half.exists()
    assert young.exists()


async def test_a_store_without_room_or_rights_is_away(given, tmp_path):
    (tmp_path / "file").write_text("no folder")
    store = FolderStore(tmp_path / "file" / "files")
    with pytest.raises(Transient):
        await store.put(place(), given)


async def test_nothing_is_found_where_nothing_was_ever_put(store):
    assert await found(store) == []
