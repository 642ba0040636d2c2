"""Questions and results to count, made by hand."""

from __future__ import annotations

from assistant.evaluation.questions import ExamQuestion, GoldPaper
from assistant.evaluation.results import ExamResult
from assistant.evaluation.runs import RunHeader
from assistant.types import Answer, AnswerSentence, Citation, SentenceKind, Timings

FNET, LORA, BERT = "FNet: Mixing Tokens", "LoRA: Low-Rank Adaptation", "BERT: Pre-training"


HEADER = RunHeader(
    started="2026-01-01T00:00:00Z",
    exam="exam.jsonl",
    exam_sha256="e" * 64,
    questions=20,
    library="/library",
    papers=2,
    library_sha256="a" * 64,
    version="1",
    program_sha256="b" * 64,
    settings={"llm.model": "small", "answer.min_confidence": 0.2},
)


def fact(
    title: str = FNET, *answers: str, question_id: str = "f1", text: str = "How fast is it?"
) -> ExamQuestion:
    gold = (GoldPaper(title=title, answers=answers or ("80%",)),)
    return ExamQuestion(question_id=question_id, kind="fact", text=text, gold=gold)


def none(question_id: str = "n1", text: str = "Who paid for it?") -> ExamQuestion:
    return ExamQuestion(question_id=question_id, kind="none", text=text)


def multi(*gold: GoldPaper, question_id: str = "m1") -> ExamQuestion:
    return ExamQuestion(question_id=question_id, kind="multi", text="Compare them", gold=gold)


def said(
    *sentences: tuple[str, str, str],
    kinds: tuple[SentenceKind, ...] = (),
    text: str | None = None,
    total_s: float = 1.0,
    first_s: float | None = 0.5,
) -> Answer:
    """Return an answer of sentences, each given as its text, and title and quote of its proof."""
    told = tuple(
        AnswerSentence(
            text=one[0], citations=(number,), kind=kinds[number - 1] if kinds else "quoted"
        )
        for number, one in enumerate(sentences, start=1)
    )
    return Answer(
        question="?",
        found=True,
        text=" ".join(sentence.marked for sentence in told) if text is None else text,
        sentences=told,
        citations=tuple(
            Citation(
                number=number, paper_id="x", title=title, quote=quote, start=0, end=9, score=1.0
            )
            for number, (_, title, quote) in enumerate(sentences, start=1)
        ),
        timings=Timings(search_s=0.1, first_token_s=first_s, total_s=total_s),
    )


def refused(text: str = "No abstract answers this.") -> Answer:
    return Answer(question="?", found=False, text=text, timings=Timings(total_s=0.2))


def result(
    question: ExamQuestion,
    answer: Answer | None,
    *found: str,
    confidence: float = 0.5,
    search_s: float = 0.1,
) -> ExamResult:
    return ExamResult(
        question=question,
        found_titles=found,
        search_s=search_s,
        confidence=confidence,
        answer=answer,
        verbatim=tuple(True for _ in answer.citations) if answer else (),
        error="" if answer else "It was refused.",
    )
