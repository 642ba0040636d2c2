"""Formulas as one line: no two numbers and no two words grow together."""

from __future__ import annotations

import pytest

from assistant.readers.xml.elements import parse_element


def written(inner: str) -> str:
    text = f"<t>f: <mml:math>\n {inner}\n </mml:math>.</t>"
    return parse_element(text).words()


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<mn>2</mn>\n <mi>x</mi><mo>+</mo> <mn>1</mn>", "2x+1"),
        ("<mi>sin</mi><mi>x</mi>", "sin x"),
        ("<mn>1</mn><mn>2</mn>", "1 2"),
        ("<mn>5</mn><mi>mg</mi>", "5 mg"),
        ("<mn>5</mn><mtext> per day</mtext>", "5 per day"),
        ("<mi>a</mi><mspace/><mi>b</mi>", "a b"),
        ("<mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup>", "10^6"),
        ("<msup><mi>e</mi><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow></msup>", "e^(x+1)"),
        ("<msup><mi>e</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup>", "e^−1"),
        ("<msub><mi>x</mi><mi>i</mi></msub>", "x_i"),
        ("<msub><mi>H</mi><mn>2</mn></msub><mi>O</mi>", "H2 O"),
        ("<msub><mn>10</mn><mn>2</mn></msub>", "10_2"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x_i^2"),
        ("<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac>", "a/(b+c)"),
        ("<msqrt><mi>x</mi><mo>−</mo><mn>1</mn></msqrt>", "√(x−1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "3√x"),
        ("<mover><mi>V</mi><mo>.</mo></mover><msub><mi>O</mi><mn>2</mn></msub>", "V̇O2"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x̄"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>",
         "∑(i=1)^n"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ("<mfenced open='|' close='|' separators=''><mi>a</mi></mfenced>", "|a|"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr>"
         "<mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable>", "1, 0; 0, 1"),
        ("<semantics><mi>x</mi><annotation>\\TeX</annotation></semantics>", "x"),
        ("<mfrac><mi>a</mi></mfrac>", "a"),
        ("<cn>17<sep/>29</cn>", "17 29"),
        ("bare words", "bare words"),
    ],
)  # fmt: skip
def test_a_formula_is_written_in_one_line(inner: str, expected: str) -> None:
    assert written(inner) == f"f: {expected}."
