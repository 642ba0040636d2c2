"""Any chat model in a GGUF file: its own template and tokenizer, and clear words if it cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.answering.steering import Steering
from assistant.errors import ModelError
from assistant.llm.llama import LlamaModel, vocabulary_counter
from assistant.llm.model import Message
from tests.small_gguf import small_gguf
from tests.tiny_model import CONTEXT, tiny_model

PLAIN = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
MESSAGES = [
    Message(role="system", content="Be brief."),
    Message(role="user", content="What is Falcon?"),
]
EVIDENCE = "In this paper, we train Falcon, a network with 9 layers and no labels at all."

Load = Callable[..., LlamaModel]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def make(template: str | None, *, begins: bool = True, context: int = 256) -> LlamaModel:
        path = tiny_model(tmp_path / "tiny.gguf", template=template, begins=begins)
        return LlamaModel(path, name="tiny", context_tokens=context, threads=1)

    return make


def prompt_of(model: LlamaModel) -> str:
    return model._template.fill(MESSAGES).text


def written(model: LlamaModel, **options: object) -> str:
    given = {"max_tokens": 90, "temperature": 0.0, "stop": ["\n"], **options}
    return "".join(model.stream(MESSAGES, **given))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("template", "prompt"),
    [
        (PLAIN, "[system] Be brief.\n[user] What is Falcon?\n"),
        (
            "{% if messages[0].role == 'system' %}{{ raise_exception('No system') }}{% endif %}"
            + PLAIN,
            "[user] Be brief.\n\nWhat is Falcon?\n",
        ),
        (
            "{% for m in messages if m.role != 'system' %}<{{ m.content }}>{% endfor %}",
            "<Be brief.\n\nWhat is Falcon?>",
        ),
        (
            PLAIN + "{% if enable_thinking is defined and not enable_thinking %}<no>{% endif %}",
            "[system] Be brief.\n[user] What is Falcon?\n<no>",
        ),
        ("{{ messages[-1].content }} <think>\n",
         "Be brief.\n\nWhat is Falcon? <think>\n\n</think>\n\n"),
    ],
)  # fmt: skip
def test_the_template_of_the_model_is_filled(load: Load, template: str, prompt: str) -> None:
    model = load(template)
    assert prompt_of(model) == prompt
    assert isinstance(written(model), str)
    model.close()


@pytest.mark.parametrize("template", [None, ""])
def test_without_a_template_the_commonest_form_is_taken(load: Load, template: str | None) -> None:
    model = load(template)
    assert prompt_of(model).startswith("<|im_start|>system\nBe brief.<|im_end|>")
    assert isinstance(written(model), str)
    model.close()


@pytest.mark.parametrize("template", ["{% if %}", "{{ x"])
def test_a_template_that_cannot_be_read_is_a_clear_error(load: Load, template: str) -> None:
    with pytest.raises(ModelError, match=r"chat template .* is faulty"):
        load(template)


@pytest.mark.parametrize(
    "template",
    ["{{ raise_exception('No.\\n' + 'no ' * 999) }}", "{{ 1 / 0 }}", "{{ messages.x.y }}"],
)
def test_a_template_that_takes_no_prompt_is_a_clear_error(load: Load, template: str) -> None:
    model = load(template)
    with pytest.raises(ModelError, match="takes no such prompt") as caught:
        written(model)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    model.close()


@pytest.mark.parametrize(
    ("template", "begins", "marks"),
    [(PLAIN, True, 1), ("{{ bos_token }}" + PLAIN, True, 1), (PLAIN, False, 0)],
)
def test_a_text_begins_with_its_mark_once(
    load: Load, template: str, begins: bool, marks: int
) -> None:
    model = load(template, begins=begins)
    tokens = model._tokenize(prompt_of(model))
    assert tokens.count(1) == marks == int(tokens[0] == 1)
    model.close()


@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_a_model_with_another_tokenizer_is_steered(load: Load, temperature: float) -> None:
    model = load(PLAIN, context=CONTEXT)
    steering = Steering(EVIDENCE, title="Falcon: Fast Learning")
    said = written(model, steer=steering, temperature=temperature, max_tokens=400)
    assert "Falcon" in said
    assert "" in steering(said)
    model.close()


def test_tokens_of_another_tokenizer_are_counted(tmp_path: Path) -> None:
    count = vocabulary_counter(tiny_model(tmp_path / "tiny.gguf", template=PLAIN))
    assert 0 < count("The authors") < count("The authors train") < 40
    assert count("日本") == 7


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ({"general__architecture": "bert"}, "an embedder"),
        ({"general__architecture": "qwen2", "qwen2__pooling_type": 1}, "an embedder"),
        ({"general__architecture": "qwen2", "qwen2__pooling_type": 4}, "a ranker"),
        ({"general__architecture": "llama", "general__type": "adapter"}, "a ranker, an adapter"),
        ({"general__architecture": "t5"}, "or the like"),
    ],
)
def test_what_cannot_be_talked_to_is_refused(
    tmp_path: Path, metadata: dict[str, str | int], kind: str
) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(small_gguf(**metadata))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=f"{kind}.*not a chat model") as caught:
        LlamaModel(path, name="other", context_tokens=256)
    assert "assistant models" in caught.value.hint


def test_a_context_longer_than_the_model_reads_is_a_clear_error(load: Load) -> None:
    with pytest.raises(ModelError, match="reads 512 tokens at most") as caught:
        load(PLAIN, context=CONTEXT + 1)
    assert caught.value.hint == "Set [llm] context_tokens = 512."
    load(PLAIN, context=CONTEXT).close()
