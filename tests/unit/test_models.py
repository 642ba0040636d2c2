"""Models are loaded once and can be changed; what is being written is finished."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.config import EmbeddingSettings, LlmSettings, RetrievalSettings, Settings
from assistant.errors import ModelMissing
from assistant.llm.llama import LlamaModel
from assistant.llm.model import Message
from assistant.models import LoadedModels

HELLO = [Message(role="user", content="Count to ten.")]


@pytest.fixture
def models() -> Iterator[LoadedModels]:
    llm = LlmSettings(context_tokens=512, threads=1)
    loaded = LoadedModels(Settings(embedding=EmbeddingSettings(threads=1), llm=llm))
    yield loaded
    loaded.close()


def test_a_model_is_loaded_when_it_is_asked_for_and_once(models: LoadedModels) -> None:
    assert models.model_name == "SmolLM2-135M-Instruct"
    assert models.model is models.model
    assert models.encoder is models.encoder
    assert models.ranker is not None
    assert models.ranker is models.ranker


def test_a_ranker_that_is_switched_off_is_none() -> None:
    assert LoadedModels(Settings(retrieval=RetrievalSettings(ranker=""))).ranker is None


def test_a_model_that_is_switched_off_is_none() -> None:
    models = LoadedModels(Settings(llm=LlmSettings(enabled=False)))
    assert models.model is None
    assert models.model_name == ""


def test_a_model_of_the_caller_is_used_in_place_of_the_named(chat_model: LlamaModel) -> None:
    models = LoadedModels(Settings(), model=chat_model)
    assert models.model is chat_model
    assert models.model_name == "starter"


def test_another_model_takes_over(models: LoadedModels, gguf: Path, tmp_path: Path) -> None:
    before = models.model
    other = shutil.copy(gguf, tmp_path / "Other.gguf")
    models.use_model(str(other))
    assert models.model is not None
    assert models.model is not before
    assert models.model_name == models.model.name == "Other"
    assert "".join(models.model.stream(HELLO, max_tokens=4, temperature=0.0))


def test_a_model_that_is_not_there_leaves_the_old_one_in_use(models: LoadedModels) -> None:
    before = models.model
    with pytest.raises(ModelMissing, match="none"):
        models.use_model("none.gguf")
    assert models.model is before
    assert before is not None
    assert "".join(before.stream(HELLO, max_tokens=4, temperature=0.0))


def test_the_starter_is_loaded_with_its_adapter_and_other_files_without(
    models: LoadedModels, gguf: Path
) -> None:
    assert models.model is not None
    adapted = list(models.model.stream(HELLO, max_tokens=12, temperature=0.0))
    models.use_model(str(gguf))
    assert list(models.model.stream(HELLO, max_tokens=12, temperature=0.0)) != adapted
