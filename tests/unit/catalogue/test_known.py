"""The catalogue is whole, and names that are nearly right are understood."""

from __future__ import annotations

import re

import pytest

from assistant.catalogue.known import known_model, known_models, nearest

WANTED = {
    "chat": "SmolLM2-360M-Instruct SmolLM2-1.7B-Instruct Qwen3-0.6B Qwen3-1.7B "
    "Qwen3-4B-Instruct-2507 gemma-3-1b-it gemma-3-4b-it Llama-3.2-3B-Instruct "
    "Phi-4-mini-instruct",
    "embed": "all-MiniLM-L6-v2 bge-small-en-v1.5 granite-embedding-small-english-r2 "
    "nomic-embed-text-v1.5 Qwen3-Embedding-0.6B",
}


def test_the_catalogue_offers_good_choices_of_every_size() -> None:
    for role, names in WANTED.items():
        assert set(names.split()) <= {model.name for model in known_models() if model.role == role}
    assert len({model.name for model in known_models()}) == len(known_models())


def test_every_model_says_what_a_choice_needs() -> None:
    for model in known_models():
        assert model.licence
        assert model.source
        assert model.context_tokens >= 256
        assert model.size_bytes <= model.memory_bytes
        assert len(model.about) <= 77, model.name
        assert model.pooling in {"mean", "cls", "max", "lasttoken"}


def test_every_file_can_be_had_from_somewhere_and_checked() -> None:
    for model in known_models():
        for file in model.files:
            assert file.sha256 or file.repository
            assert file.sha256 or not file.package
            assert bool(file.repository) == bool(file.remote)
            assert file.repository == "" or re.fullmatch(r"[\w.-]+/[\w.-]+", file.repository)
            assert not file.name.startswith(("/", "."))


def test_a_model_is_found_by_its_name_and_role() -> None:
    model = known_model("bge-small-en-v1.5")
    assert model is not None
    assert model.query_prefix.startswith("Represent this sentence")
    assert known_model("bge-small-en-v1.5", "chat") is None
    assert known_model("nothing") is None


@pytest.mark.parametrize(
    ("name", "meant"), [("qwen3-0.6b", "Qwen3-0.6B"), ("GEMMA-3-1B", "gemma-3-1b-it"), ("~", "")]
)
def test_the_nearest_name_is_found_whatever_its_case(name: str, meant: str) -> None:
    assert nearest(name, [model.name for model in known_models()]) == meant
