"""Settings: the right value wins, a wrong one is refused and says where it stands."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import (
    APP_NAME,
    LoadedSettings,
    Settings,
    load_settings,
    sections,
    user_config_file,
)
from assistant.errors import ConfigError, UsageError
from assistant.resources import resource


def load(folder: Path, *overrides: str, **environment: str) -> LoadedSettings:
    return load_settings(overrides=overrides, environment=environment, folder=folder)


def write_config(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_any_source_every_setting_is_its_default(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.settings == Settings()
    assert {origin for _, _, origin in loaded.rows()} == {"default"}


def test_the_shipped_file_holds_every_setting_with_its_default(project: Path) -> None:
    tables = tomllib.loads((project / "config.toml").read_text(encoding="utf-8"))
    assert tables == Settings().to_dict()
    assert [list(table) for table in tables.values()] == [
        list(table) for table in Settings().to_dict().values()
    ]


def test_the_shipped_file_explains_every_section_or_setting(project: Path) -> None:
    lines = (project / "config.toml").read_text(encoding="utf-8").splitlines()
    unexplained = [
        line
        for before, line in pairwise(lines)
        if " = " in line and not line.startswith("#") and not before.startswith(("#", "max_"))
    ]
    assert unexplained == []


def test_every_number_has_a_range_and_every_setting_an_explanation() -> None:
    for section, kind in sections().items():
        for spec in fields(kind):
            name = f"{section}.{spec.name}"
            assert spec.metadata["about"], name
            if type(spec.default) in {int, float}:
                least, most = spec.metadata["least"], spec.metadata["most"]
                assert least <= spec.default <= most, name


def test_each_source_outranks_the_ones_below(tmp_path: Path) -> None:
    write_config(user_config_file().parent, "[llm]\nmax_tokens = 11\nthreads = 1\n")
    assert load(tmp_path).settings.llm.max_tokens == 11
    write_config(tmp_path, "[llm]\nmax_tokens = 12\n")
    assert load(tmp_path).settings.llm.max_tokens == 12
    environment = {"ASSISTANT_LLM__MAX_TOKENS": "13"}
    assert load(tmp_path, **environment).settings.llm.max_tokens == 13
    loaded = load(tmp_path, "llm.max_tokens=14", **environment)
    assert loaded.settings.llm.max_tokens == 14
    assert loaded.settings.llm.threads == 1


def test_the_origin_of_each_value_is_remembered(tmp_path: Path) -> None:
    file = write_config(tmp_path, "[answer]\nmax_words = 40\n")
    loaded = load_settings(
        overrides=["llm.enabled=false"],
        library="papers",
        environment={"ASSISTANT_RETRIEVAL__READ_PAPERS": "4"},
        folder=tmp_path,
    )
    origins = {name: origin for name, _, origin in loaded.rows() if origin != "default"}
    assert origins == {
        "answer.max_words": str(file),
        "llm.enabled": "--set",
        "library.path": "--library",
        "retrieval.read_papers": "ASSISTANT_RETRIEVAL__READ_PAPERS",
    }


def test_the_library_option_outranks_set(tmp_path: Path) -> None:
    loaded = load_settings(
        overrides=["library.path=/a"], library="/b", environment={}, folder=tmp_path
    )
    assert loaded.settings.library_folder == Path("/b")


def test_of_two_overrides_the_last_counts(tmp_path: Path) -> None:
    assert load(tmp_path, "llm.threads=1", "llm.threads=2").settings.llm.threads == 2


def test_the_shipped_file_does_not_outrank_the_users_own(project: Path) -> None:
    write_config(user_config_file().parent, "[llm]\nmax_tokens = 11\n")
    loaded = load(project)
    assert loaded.settings.llm.max_tokens == 11
    assert resource("config.toml").samefile(project / "config.toml")


def test_a_relative_library_in_a_file_is_relative_to_that_file(tmp_path: Path) -> None:
    write_config(tmp_path, '[library]\npath = "papers"\n')
    assert load(tmp_path).settings.library_folder == tmp_path / "papers"


def test_a_relative_library_on_the_command_line_is_relative_to_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(tmp_path, "library.path=papers").settings.library_folder == tmp_path / "papers"


def test_a_tilde_is_the_home_folder(tmp_path: Path) -> None:
    write_config(tmp_path, '[library]\npath = "~/papers"\n')
    assert load(tmp_path).settings.library_folder == Path.home() / "papers"


def test_without_a_path_the_library_is_in_the_users_data_folder() -> None:
    data = Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
    assert Settings().library_folder == data / "library"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("YES", True), ("1", True), ("off", False), (" 0 ", False)],
)
def test_switches_are_read_as_people_write_them(tmp_path: Path, text: str, expected: bool) -> None:
    assert load(tmp_path, f"llm.enabled={text}").settings.llm.enabled is expected


def test_a_whole_number_will_do_for_a_number(tmp_path: Path) -> None:
    write_config(tmp_path, "[retrieval]\ndense_weight = 1\n")
    weight = load(tmp_path).settings.retrieval.dense_weight
    assert (weight, type(weight)) == (1.0, float)


def test_a_value_may_hold_an_equals_sign(tmp_path: Path) -> None:
    assert load(tmp_path, "llm.model=a=b.gguf").settings.llm.model == "a=b.gguf"


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    write_config(tmp_path, "\ufeff[llm]\nthreads = 2\n")
    assert load(tmp_path).settings.llm.threads == 2


def test_variables_that_are_not_settings_are_left_alone(tmp_path: Path) -> None:
    variables = {"ASSISTANT_DEBUG": "1", "ASSISTANT": "x", "OTHER_LLM__MODEL": "y"}
    assert load(tmp_path, **variables).settings == Settings()


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("[llm]\nmodle = 'x'\n", "Did you mean 'llm.model'?"),
        ("[retreival]\npapers = 3\n", "Did you mean 'retrieval'?"),
        ("[retreival]\n", "Did you mean 'retrieval'?"),
        ("[llm]\nzzzz = 1\n", "There are: llm.model, "),
    ],
)
def test_an_unknown_name_in_a_file_is_refused_with_the_nearest(
    tmp_path: Path, text: str, suggestion: str
) -> None:
    file = write_config(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(file) in caught.value.message
    assert suggestion in caught.value.hint


def test_an_unknown_name_elsewhere_is_refused_and_the_place_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ASSISTANT_LLM__MODLE.*'llm\.model'"):
        load(tmp_path, ASSISTANT_LLM__MODLE="x")
    with pytest.raises(ConfigError, match=r"--set.*'llm\.model'"):
        load(tmp_path, "llm.modle=x")


@pytest.mark.parametrize(
    "text",
    [
        'title = "My site"\nbaseURL = "https://example.org"\n',
        "[build]\ntarget = 'x'\n",
        "llm = 3\n",
        "[[llm]]\nmodel = 'x'\n",
    ],
)
def test_the_file_of_another_program_is_refused_and_named(tmp_path: Path, text: str) -> None:
    file = write_config(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(file) in caught.value.message
    assert "another program" in caught.value.hint


@pytest.mark.parametrize(
    "line",
    [
        "llm.max_tokens = true",
        "llm.max_tokens = 96.0",
        "llm.max_tokens = '96'",
        "llm.enabled = 1",
        "llm.model = 3",
        "llm.model = ['a']",
        'llm.model = "a\\u0000b"',
        "retrieval.dense_weight = true",
        "retrieval.dense_weight = nan",
        "retrieval.dense_weight = 1.01",
        "retrieval.read_papers = 0",
        "retrieval.read_papers = 1001",
        "llm.threads = 2000-01-01",
    ],
)
def test_a_wrong_type_or_a_value_out_of_range_is_refused(tmp_path: Path, line: str) -> None:
    write_config(tmp_path, line)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert line.partition(" ")[0] in caught.value.message
    assert "It must be" in caught.value.hint


def test_a_refusal_says_what_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a whole number from 1 to 100"):
        load(tmp_path, "retrieval.read_papers=many")


@pytest.mark.parametrize("content", [b"[llm", b"\xff\xfe[", b"[llm]\nmodel = 'a'\nmodel = 'b'"])
def test_a_file_that_is_not_toml_is_refused_and_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="not valid TOML") as caught:
        load(tmp_path)
    assert str(file) in caught.value.message


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_an_enormous_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="too large"):
        load(tmp_path)


@pytest.mark.parametrize("override", ["", "x", "llm.model", "model=x", "=", "."])
def test_an_override_of_another_form_is_a_wrong_usage(tmp_path: Path, override: str) -> None:
    with pytest.raises(UsageError):
        load(tmp_path, override)


@given(st.text(), st.sampled_from([name for name, _, _ in load_settings(environment={}).rows()]))
def test_whatever_is_given_as_a_value_is_taken_or_refused_in_words(text: str, name: str) -> None:
    try:
        loaded = load_settings(overrides=[f"{name}={text}"], environment={})
    except ConfigError:
        return
    section, key = name.split(".")
    kind = type(getattr(getattr(Settings(), section), key))
    assert type(getattr(getattr(loaded.settings, section), key)) is kind
