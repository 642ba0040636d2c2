"""Every check has its say, whatever another one does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.doctor import CHECKS, Finding, Patient, examine, verdict
from assistant.doctor.finding import failure, ok, skipped, warning
from assistant.errors import Cancelled, LibraryError
from tests.unit.doctor.patients import patient_with


def sound(_patient: Patient, /) -> Iterator[Finding]:
    yield ok("sound", "It is.")


def foreseen(_patient: Patient, /) -> Iterator[Finding]:
    yield ok("first", "It is.")
    raise LibraryError("The folder is gone.", hint="Look for it.")


def broken_check(_patient: Patient, /) -> Iterator[Finding]:
    yield from ()
    raise KeyError("x")


def stopped(_patient: Patient, /) -> Iterator[Finding]:
    yield from ()
    raise Cancelled("Stopped.")


def test_a_check_that_fails_is_a_finding_and_the_others_go_on() -> None:
    findings = list(examine(patient_with(), checks=(foreseen, broken_check, sound)))
    assert [(finding.name, finding.state) for finding in findings] == [
        ("first", "ok"),
        ("foreseen", "failure"),
        ("broken check", "failure"),
        ("sound", "ok"),
    ]
    assert (findings[1].message, findings[1].fix) == ("The folder is gone.", "Look for it.")
    assert "KeyError: 'x'" in findings[2].message


def test_a_stop_that_was_asked_for_ends_the_examination() -> None:
    with pytest.raises(Cancelled):
        list(examine(patient_with(), checks=(stopped, sound)))


def test_every_check_says_what_it_looks_at() -> None:
    names = [check.__name__ for check in CHECKS]
    assert len(set(names)) == len(names)
    assert [name for name, check in zip(names, CHECKS, strict=True) if not check.__doc__] == []


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ([ok("a", "x."), skipped("b", "y.")], "Everything is as it should be."),
        (
            [ok("a", "x."), warning("b", "y.", fix="z")],
            "Everything works; 1 thing could be better.",
        ),
        (
            [failure("a", "x.", fix="z"), warning("b", "y.", fix="z"), failure("c", "x.", fix="z")],
            "2 things must be mended: the lines above say how.",
        ),
    ],
)
def test_the_last_word_is_one_plain_sentence(findings: list[Finding], sentence: str) -> None:
    assert verdict(findings) == sentence
