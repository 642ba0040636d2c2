"""Any embedder: ONNX folders as they are exported, GGUF files, and what is refused in one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.catalogue.locating import locate
from assistant.config import EmbeddingSettings
from assistant.encoders import gguf
from assistant.encoders.embedder import Embedder, Vectors, unit
from assistant.encoders.loading import embedder_name, load_embedder
from assistant.encoders.reading import READING_ENCODER, ReadingEncoder
from assistant.errors import ModelError, ModelMissing
from assistant.llm.llama import LlamaModel
from tests.tiny_onnx import POSITIONS, TABLE, WORDS, write_folder, write_network

# The int8 weights round otherwise in 32 bits than in 16.
ALIKE = 0.99


def load(model: object, **changes: Any) -> Embedder:
    return load_embedder(EmbeddingSettings(model=str(model), threads=1, **changes))


def rows(*words: str) -> Vectors:
    return TABLE[[WORDS.index(word) for word in words]]


@pytest.fixture
def minilm(tmp_path: Path) -> Path:
    """A folder with the files of the reading encoder, as sentence-transformers lays them out."""
    weights, tokenizer = locate(READING_ENCODER, "embed")
    folder = tmp_path / "minilm"
    (folder / "onnx").mkdir(parents=True)
    shutil.copy(weights, folder / "onnx" / "model.onnx")
    shutil.copy(tokenizer, folder / "tokenizer.json")
    return folder


def tell(folder: Path, name: str, content: object) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


# ONNX folders


def test_a_folder_gives_the_vectors_of_the_same_model_in_the_catalogue(
    minilm: Path, embedder: ReadingEncoder
) -> None:
    texts = ["Birds are counted by their songs.", "Wax keeps bread fresh.", ""]
    found = load(minilm)
    assert (found.name, found.dimension) == ("minilm", 384)
    assert (found.embed(texts) * embedder.embed(texts)).sum(axis=1).min() > ALIKE
    assert found.embed_query(texts[0]) @ embedder.embed(texts[:1])[0] > ALIKE
    assert found.embed([]).shape == (0, 384)


def test_a_folder_says_how_it_pools_what_it_reads_and_what_comes_first(
    minilm: Path, embedder: ReadingEncoder
) -> None:
    tell(minilm, "1_Pooling/config.json", {"pooling_mode_cls_token": True})
    tell(minilm, "sentence_bert_config.json", {"max_seq_length": 12})
    prompts = {"query": "query: ", "document": "passage: "}
    tell(minilm, "config_sentence_transformers.json", {"prompts": prompts})
    found = load(minilm)
    text = "Birds are counted by their songs."
    states = dict(embedder._network.run([f"passage: {text}", f"query: {text}"]))
    assert found.embed([text])[0] @ unit(states[0][0]) > ALIKE
    assert found.embed_query(text) @ unit(states[1][0]) > ALIKE
    long, longer = found.embed(["bird " * 12, "bird " * 12 + "bread " * 100])
    assert long @ longer > ALIKE


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("pooling_mode_mean_tokens", rows("birds", "wax", "days").mean(axis=0)),
        ("pooling_mode_mean_sqrt_len_tokens", rows("birds", "wax", "days").mean(axis=0)),
        ("pooling_mode_cls_token", rows("birds")[0]),
        ("pooling_mode_max_tokens", rows("birds", "wax", "days").max(axis=0)),
        ("pooling_mode_lasttoken", rows("days")[0]),
    ],
)
def test_every_way_of_pooling_reads_the_tokens_of_its_own_text_alone(
    mode: str, expected: Vectors, tmp_path: Path
) -> None:
    pooling = {"word_embedding_dimension": 3, "pooling_mode_mean_tokens": False, mode: True}
    folder = write_folder(tmp_path / "tiny", **{"1_Pooling__config": pooling})
    # In one batch with a longer text there are places that are no tokens.
    found = load(folder).embed(["birds wax days", "bread " * 30])
    assert found[0] == pytest.approx(unit(expected), abs=1e-5)


@pytest.mark.parametrize(
    ("inputs", "output", "expected"),
    [
        (["input_ids"], "token_embeddings", rows("birds", "wax")),
        (["input_ids", "attention_mask", "token_type_ids"], "any", rows("birds", "wax")),
        (
            ["input_ids", "attention_mask", "position_ids"],
            "last_hidden_state",
            rows("birds", "wax") + POSITIONS[:2],
        ),
        (["input_ids", "attention_mask"], "sentence_embedding", rows("birds", "wax")),
    ],
)
def test_networks_with_other_inputs_and_outputs_are_run(
    inputs: list[str], output: str, expected: Vectors, tmp_path: Path
) -> None:
    write_network(tmp_path / "tiny" / "onnx" / "model.onnx", inputs=inputs, output=output)
    found = load(write_folder(tmp_path / "tiny", network="onnx/model.onnx"))
    assert found.embed(["birds wax"])[0] == pytest.approx(unit(expected.mean(axis=0)), abs=1e-5)


def test_a_folder_like_a_model_of_the_catalogue_has_its_prefixes(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "my-nomic-embed-text-v1.5-int8")
    assert load(folder)._model.query_prefix == "search_query: "  # type: ignore[attr-defined]
    told = {"prompts": {"passage": "passage "}}
    write_folder(folder, config_sentence_transformers=told)
    found = load(folder)
    assert found.embed_query("birds") == pytest.approx(unit(rows("birds")[0]), abs=1e-5)
    both = rows("passage", "birds").mean(axis=0)
    assert found.embed(["birds"])[0] == pytest.approx(unit(both), abs=1e-5)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"1_Pooling__config": {"pooling_mode_weightedmean_tokens": True}}, "weightedmean"),
        (
            {"1_Pooling__config": {"pooling_mode_cls_token": 1, "pooling_mode_max_tokens": 1}},
            "pools by pooling_mode_cls_token and pooling_mode_max_tokens",
        ),
        ({"modules": [{"type": "sentence_transformers.models.Dense"}]}, "dense layer"),
        (
            {
                "1_Pooling__config": {"include_prompt": False},
                "config_sentence_transformers": {"prompts": {"query": "q: "}},
            },
            "prompts",
        ),
        ({"1_Pooling__config": ["no object"]}, "cannot be read"),
        ({"config": 7}, "cannot be read"),
    ],
)
def test_a_model_that_works_in_a_way_not_known_here_is_refused(
    files: dict[str, object], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=reason):
        load(write_folder(tmp_path / "tiny", **files))


def test_a_network_that_is_no_encoder_of_texts_is_refused(tmp_path: Path) -> None:
    write_network(tmp_path / "model.onnx", inputs=["input_ids", "past_key_values.0.key"])
    with pytest.raises(ModelError, match=r"wants to be given 'past_key_values\.0\.key'"):
        load(write_folder(tmp_path))


def test_a_network_of_a_fixed_size_says_so_when_it_is_run(tmp_path: Path) -> None:
    write_network(tmp_path / "model.onnx", dims=(1, 4))
    with pytest.raises(ModelError, match="of a fixed size"):
        load(write_folder(tmp_path)).embed(["birds wax"])


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "1_Pooling/config.json"])
def test_a_damaged_file_of_a_folder_is_named(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path, **{"1_Pooling__config": {}})
    (folder / name).write_bytes(b'{"model": garbage')
    with pytest.raises(ModelError) as caught:
        load(folder)
    assert name in caught.value.message
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_folder_without_a_file_is_no_embedder(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ModelMissing, match=str(tmp_path)):
        load(folder)


# GGUF files


def test_a_gguf_embedder_makes_vectors_of_texts_of_any_length(
    embedding_gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf, "_MAX_TOKENS", 64)
    found = load(embedding_gguf)
    assert (found.name, found.dimension) == ("starter-embedding", 576)
    texts = ["How fast is the model?", "What is its speed?", "", "word " * 99]
    vectors = found.embed(texts)
    assert vectors.shape == (4, 576)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert found.embed_query(texts[1]) @ vectors[1] > ALIKE
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[3]
    assert found.embed([]).shape == (0, 576)


def test_chat_models_and_embedders_do_not_stand_in_for_each_other(
    gguf: Path, embedding_gguf: Path
) -> None:
    with pytest.raises(ModelError, match="is a chat model, not an embedder"):
        load(gguf)
    with pytest.raises(ModelError, match="is an embedder, not a chat model"):
        LlamaModel(embedding_gguf, name="e", context_tokens=512)


def test_a_gguf_embedder_that_is_cut_off_is_refused(embedding_gguf: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with embedding_gguf.open("rb") as source:
        cut.write_bytes(source.read(4_000_000))
    with pytest.raises(ModelError, match="is only a part of a GGUF model"):
        load(cut)


def test_names_of_models_for_something_else_are_told_apart() -> None:
    with pytest.raises(ModelMissing, match="'SmolLM2-135M-Instruct' is a chat model, not an embe"):
        load("SmolLM2-135M-Instruct")
    with pytest.raises(ModelMissing, match="'all-MiniLM-L6-v2' is an embedder, not a chat model"):
        locate(READING_ENCODER, "chat")


# Names


def test_an_index_remembers_the_name_that_is_left_without_folder_and_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name(model: object, **changes: str) -> str:
        return embedder_name(EmbeddingSettings(model=str(model), **changes))

    monkeypatch.chdir(write_folder(tmp_path / "tiny"))
    assert name(tmp_path / "tiny") == name(".") == "tiny"
    assert name("/somewhere/e5-small.Q8_0.gguf") == "e5-small.Q8_0"
    assert name(READING_ENCODER) == READING_ENCODER
    assert name("org/model", base_url="http://localhost:1/v1") == "org/model"


def test_a_name_that_is_not_known_suggests_the_nearest() -> None:
    with pytest.raises(ModelMissing, match="no embed model called 'bge-smal-en'") as caught:
        load("bge-smal-en")
    assert "Did you mean 'bge-small-en-v1.5'?" in caught.value.hint


def test_a_file_in_the_models_folder_is_found_by_the_name_that_an_index_remembers(
    embedding_gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder = tmp_path / "abstract-assistant" / "models"
    folder.mkdir(parents=True)
    (folder / "mine.gguf").symlink_to(embedding_gguf)
    write_folder(folder / "tiny")
    assert load("mine").dimension == 576
    assert load("tiny").dimension == 3
