"""Saving a setting: the right line of the file changes, and nothing else ever does."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import (
    Settings,
    Value,
    load_settings,
    remove_setting,
    save_setting,
    user_config_file,
)
from assistant.errors import ConfigError

HAND_WRITTEN = """\
# Mine.

# The model.
[llm]
threads = 1   # the others are busy

# How long an answer is.
[answer]
max_words = 40
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(HAND_WRITTEN, encoding="utf-8")
    return file


def test_a_setting_is_replaced_where_it_stands_and_its_comment_stays(file: Path) -> None:
    assert save_setting("llm", "threads", 3, path=file) == file
    assert file.read_text(encoding="utf-8") == HAND_WRITTEN.replace("threads = 1", "threads = 3")


def test_a_new_setting_comes_last_in_its_section_above_the_comment_on_the_next(file: Path) -> None:
    save_setting("llm", "max_tokens", 50, path=file)
    expected = HAND_WRITTEN.replace("busy\n", "busy\nmax_tokens = 50\n")
    assert file.read_text(encoding="utf-8") == expected


def test_a_new_section_comes_last_in_the_file(file: Path) -> None:
    save_setting("chat", "theme", "nord", path=file)
    assert file.read_text(encoding="utf-8") == f'{HAND_WRITTEN}\n[chat]\ntheme = "nord"\n'


def test_a_setting_is_taken_out_and_the_rest_stays(file: Path) -> None:
    assert remove_setting("llm", "threads", path=file)
    expected = HAND_WRITTEN.replace("threads = 1   # the others are busy\n", "")
    assert file.read_text(encoding="utf-8") == expected
    assert not remove_setting("llm", "threads", path=file)
    assert file.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[llm]\nthreads = 3\n"),
        ("# Mine.", "# Mine.\n\n[llm]\nthreads = 3\n"),
        ("[llm]\nmax_tokens = 9", "[llm]\nmax_tokens = 9\nthreads = 3\n"),
        ("[llm]\n# Later.\n", "[llm]\nthreads = 3\n# Later.\n"),
        ("llm.threads = 1\nanswer.max_words = 40\n", "llm.threads = 3\nanswer.max_words = 40\n"),
        ("llm.max_tokens = 9\nchat.theme = ''\n", "llm.max_tokens = 9\nllm.threads = 3\n"),
        ("llm = {threads = 1, enabled = true}\n", "llm = {threads = 3, enabled = true}\n"),
        ("[ llm ]\n'threads'\t=\t0x1 # one\n", "[ llm ]\n'threads'\t=\t3 # one\n"),
        ("[llm]\r\nthreads = 1\r\n# end\r\n", "[llm]\r\nthreads = 3\r\n# end\r\n"),
    ],
)
def test_whatever_way_the_file_is_written_it_stays_that_way(
    tmp_path: Path, before: str, after: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(before.encode())
    save_setting("llm", "threads", 3, path=file)
    assert file.read_bytes().decode().startswith(after)


def test_without_a_file_it_is_made_in_the_users_folder(tmp_path: Path) -> None:
    assert not user_config_file().parent.exists()
    assert save_setting("chat", "show_source", False) == user_config_file()
    assert load_settings(environment={}, folder=tmp_path).settings.chat.show_source is False


def test_a_setting_that_was_never_saved_cannot_be_taken_out() -> None:
    assert not remove_setting("chat", "theme")
    assert not user_config_file().parent.exists()


@pytest.mark.parametrize(
    ("section", "key", "value", "words"),
    [
        ("llm", "modle", "x", "Did you mean 'llm.model'"),
        ("chatt", "theme", "x", "Did you mean 'chat'"),
        ("llm", "threads", -1, "from 0 to 512"),
        ("llm", "threads", "3", "a whole number"),
        ("chat", "show_library", 1, "true or false"),
        ("keys", "send", "", "a key, or several"),
        ("keys", "send", "ctrl+s,", "a key, or several"),
        ("keys", "send", "ctrl+\x1b", "a key, or several"),
        ("library", "path", "a\udcff", "no Unicode text"),
    ],
)
def test_what_cannot_be_a_setting_is_refused_and_the_file_is_as_it_was(
    file: Path, section: str, key: str, value: Value, words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        save_setting(section, key, value, path=file)
    assert file.read_text(encoding="utf-8") == HAND_WRITTEN
    assert list(file.parent.iterdir()) == [file]


def test_a_name_that_is_no_setting_cannot_be_taken_out(file: Path) -> None:
    with pytest.raises(ConfigError, match="no setting"):
        remove_setting("llm", "modle", path=file)


@pytest.mark.parametrize(
    "content", [b"[llm", b"\xff\xfe[", b"llm.a = 1\n[llm]\n", b"#" * 1_000_001]
)
def test_a_file_that_cannot_be_read_as_settings_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    for change in (
        lambda: save_setting("llm", "threads", 3, path=file),
        lambda: remove_setting("llm", "threads", path=file),
    ):
        with pytest.raises(ConfigError, match=r"not valid TOML|too large") as caught:
            change()
        assert str(file) in caught.value.message
    assert file.read_bytes() == content


@pytest.mark.parametrize("content", ["llm = 3\n", "[[llm]]\nthreads = 1\n"])
def test_a_section_that_is_something_else_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"'llm' is not a section.*\[llm\]"):
        save_setting("llm", "threads", 3, path=file)
    with pytest.raises(ConfigError, match="'llm' is not a section"):
        remove_setting("llm", "threads", path=file)
    assert file.read_text(encoding="utf-8") == content


def test_a_wrong_setting_in_the_file_can_be_put_right(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[llm]\nthreads = "many"\nmodle = 1\n', encoding="utf-8")
    save_setting("llm", "threads", 3, path=file)
    assert file.read_text(encoding="utf-8") == "[llm]\nthreads = 3\nmodle = 1\n"


@pytest.mark.parametrize("place", ["file/config.toml", "folder"])
def test_a_place_that_can_hold_no_file_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="cannot be") as caught:
        save_setting("llm", "threads", 3, path=tmp_path / place)
    assert str(tmp_path / place) in caught.value.message


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("locked", ["file", "folder"])
def test_what_is_write_protected_is_left_alone(file: Path, locked: str) -> None:
    target = file if locked == "file" else file.parent
    rights = target.stat().st_mode
    target.chmod(0o500 if locked == "folder" else 0o400)
    try:
        with pytest.raises(ConfigError, match="cannot be written"):
            save_setting("llm", "threads", 3, path=file)
    finally:
        target.chmod(rights)
    assert file.read_text(encoding="utf-8") == HAND_WRITTEN


def test_the_rights_of_the_file_are_kept_and_no_other_file_is_left(file: Path) -> None:
    file.chmod(0o640)
    save_setting("llm", "threads", 3, path=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "config.toml"
    link.parent.mkdir()
    link.symlink_to(file)
    save_setting("llm", "threads", 3, path=link)
    assert link.is_symlink()
    assert "threads = 3" in file.read_text(encoding="utf-8")


def test_a_relative_path_means_the_current_folder(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    save_setting("library", "path", "papers", path=file)
    loaded = load_settings(environment={}, folder=tmp_path)
    assert loaded.settings.library_folder == tmp_path / "here" / "papers"


@pytest.mark.parametrize("path", ["~/papers", ""])
def test_a_home_folder_and_no_folder_are_saved_as_they_are(file: Path, path: str) -> None:
    save_setting("library", "path", path, path=file)
    assert tomllib.loads(file.read_text(encoding="utf-8"))["library"] == {"path": path}


NAMES = [(section, key) for section, keys in Settings().to_dict().items() for key in keys]
KEYS = st.sampled_from(["threads", "max_tokens", "model", "x"])
LINES = st.one_of(
    st.builds("{} = {}".format, KEYS, st.integers(-9, 9)),
    st.builds("{}.{} = {}".format, st.sampled_from(["llm", "chat"]), KEYS, st.integers(0, 9)),
    st.builds("[{}]".format, st.sampled_from(["llm", "chat", "keys", "llm.sub", "other"])),
    st.builds("  [[{}]]".format, st.sampled_from(["chat", "other"])),
    st.builds("llm = {{ {} = {} }}".format, KEYS, st.integers(0, 9)),
    st.sampled_from(["", "  ", "# words", "x = '''\na\n'''", "y = [\n 1,\n]"]),
)


@given(
    st.lists(LINES, max_size=8).map("\n".join),
    st.sampled_from(NAMES),
    st.one_of(st.integers(0, 9), st.floats(0, 1), st.booleans(), st.text(max_size=9)),
)
def test_after_saving_the_file_says_what_it_said_and_the_setting(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: tuple[str, str], value: Value
) -> None:
    file = tmp_path_factory.mktemp("config") / "config.toml"
    file.write_text(text, encoding="utf-8")
    section, key = name
    try:
        save_setting(section, key, value, path=file)
    except ConfigError:
        assert file.read_text(encoding="utf-8") == text
        return
    before, after = tomllib.loads(text), tomllib.loads(file.read_text(encoding="utf-8"))
    saved = after[section].pop(key)
    assert (section, key) == ("library", "path") or saved == value
    before.get(section, {}).pop(key, None)
    assert {n: t for n, t in after.items() if t} == {n: t for n, t in before.items() if t}
    comments = [line for line in text.splitlines() if line == "# words"]
    assert file.read_text(encoding="utf-8").splitlines().count("# words") == len(comments)
