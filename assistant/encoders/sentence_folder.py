"""Reads what a folder in the style of sentence-transformers says of an ONNX encoder.

Such a folder holds ``model.onnx`` (or ``onnx/model.onnx``) and ``tokenizer.json``. How the vectors
of tokens become one of a text is in ``1_Pooling/config.json``, how long texts may be in
``sentence_bert_config.json``, and what is written in front of questions and passages in
``config_sentence_transformers.json``. What a folder does not say has the usual value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ModelError

USUAL_MAX_TOKENS = 512

_POOLINGS = {
    "pooling_mode_mean_tokens": "mean",
    # The same direction as the mean.
    "pooling_mode_mean_sqrt_len_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
}
_QUERY_PROMPTS = ("query",)
_PASSAGE_PROMPTS = ("document", "passage", "corpus")
_HINT = "Choose another [embedding] model, such as one of 'assistant models'."


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceModel:
    """The files of an ONNX encoder, and how it is to be used."""

    weights: Path
    tokenizer: Path
    pooling: str = "mean"
    """How one vector is made of those of the tokens: mean, cls, max or lasttoken."""
    max_tokens: int = USUAL_MAX_TOKENS
    query_prefix: str = ""
    passage_prefix: str = ""


def read_folder(folder: Path, *, weights: Path, tokenizer: Path) -> SentenceModel:
    """Return what a folder tells of the encoder in it.

    Raises ModelError if a file cannot be read or the model works in a way that is not known here.
    """
    prompts = _read(folder / "config_sentence_transformers.json")
    pooling = _read(folder / "1_Pooling" / "config.json")
    query_prefix = _prompt(prompts, _QUERY_PROMPTS)
    passage_prefix = _prompt(prompts, _PASSAGE_PROMPTS)
    if pooling.get("include_prompt") is False and (query_prefix or passage_prefix):
        raise _unknown(folder, "leaves its prompts out of what it pools")
    if any(str(one.get("type", "")).endswith(".Dense") for one in _modules(folder)):
        raise _unknown(folder, "has a dense layer beside its network")
    return SentenceModel(
        weights=weights,
        tokenizer=tokenizer,
        pooling=_pooling(folder, pooling),
        max_tokens=_max_tokens(folder),
        query_prefix=query_prefix,
        passage_prefix=passage_prefix,
    )


def _read(path: Path) -> Mapping[str, Any]:
    """Return the JSON object in a file; an empty one if there is no such file."""
    found = _json(path)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _unreadable(path)
    return found


def _modules(folder: Path) -> list[Mapping[str, Any]]:
    found = _json(folder / "modules.json")
    if not isinstance(found, list):
        return []
    return [one for one in found if isinstance(one, dict)]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path) from error


def _pooling(folder: Path, told: Mapping[str, Any]) -> str:
    modes = [name for name, value in told.items() if name.startswith("pooling_mode_") and value]
    if not modes:
        return "mean"
    if len(modes) > 1 or modes[0] not in _POOLINGS:
        raise _unknown(folder, f"pools by {' and '.join(modes)}")
    return _POOLINGS[modes[0]]


def _max_tokens(folder: Path) -> int:
    """Return how many tokens the encoder reads, from the first file that says it."""
    places = (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
        ("config.json", "max_position_embeddings"),
    )
    for name, key in places:
        told = _read(folder / name).get(key)
        # Some tokenizers write 1e30 for "no limit".
        if isinstance(told, int) and 2 < told < 1_000_000:
            return told
    return USUAL_MAX_TOKENS


def _prompt(told: Mapping[str, Any], names: tuple[str, ...]) -> str:
    prompts = told.get("prompts")
    if not isinstance(prompts, dict):
        return ""
    for name in (*names, told.get("default_prompt_name")):
        if isinstance(name, str) and isinstance(prompts.get(name), str):
            return str(prompts[name])
    return ""


def _unknown(folder: Path, what: str) -> ModelError:
    return ModelError(f"The embedder in {folder} {what}: that is not known here.", hint=_HINT)


def _unreadable(path: Path) -> ModelError:
    return ModelError(
        f"{path} of an embedder cannot be read.",
        hint="The file may be damaged: delete the folder and get it again.",
    )
