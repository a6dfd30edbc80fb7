"""Scripted questions as text."""

from __future__ import annotations

import pytest

from anlan.engine.dispatch.script import Option, advised
from anlan.gateway.files import script, taxonomy

GOOD = "? 有人受伤吗 | Is anyone hurt\n- 有 | Yes = 1\n- 没有 | No\n\n？ 几人\n－ 一人\n－ 多人 ＝ 2"


def test_text_is_read_and_written_back() -> None:
    """Questions survive text and JSON, full-width marks included."""
    read = script.read_script(GOOD)
    assert [(q.text, q.text_en, [o.priority for o in q.options]) for q in read] == [
        ("有人受伤吗", "Is anyone hurt", [1, None]), ("几人", "", [None, 2]),
    ]  # fmt: skip
    assert script.read_script(script.write_script(read)) == read
    assert script.from_json(script.to_json(read)) == read


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("- yes", 1, "mark"), ("? q\nyes", 2, "mark"), ("? q\n- a", 1, "options"),
        ("? q\n- a = 5\n- b", 2, "priority"),
        ("? q\n- a =\n- b", 2, "priority"), ("? q\n- a\n- a", 1, "same_option"), ("?\n- a\n- b", 1, "empty"),
        ("? q\n- a\n- b\n? q\n- c\n- d", 4, "same_question"), (f"? {'x' * 121}\n- a\n- b", 1, "long"),
        ("\n".join(f"? {n}\n- a\n- b" for n in range(13)), 37, "questions"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, code: str) -> None:
    """The error gives the line and the reason."""
    with pytest.raises(script.ScriptError) as error:
        script.read_script(text)
    assert (error.value.line, error.value.code) == (line, code)


def test_every_fault_has_words() -> None:
    """An error's text says what to mend."""
    assert "line 3: two answers are the same" in str(script.ScriptError(3, "same_option"))


def test_types_that_matter_come_with_questions() -> None:
    """Every built-in type of the urgent categories has a script that can raise its priority."""
    for entry in taxonomy.load():
        asked = script.built_in(entry.code, entry.category)
        if entry.category in {"eight", "robbery", "violence", "fire", "rescue", "traffic"}:
            assert any(option.priority == 1 for question in asked for option in question.options), entry.code


@pytest.mark.parametrize(
    ("own", "named", "result"), [(3, [], 3), (3, [None], 3), (3, [4], 4), (3, [4, 2], 2), (1, [3, None], 3)]
)
def test_the_most_urgent_answer_counts(own: int, named: list[int | None], result: int) -> None:
    """Answers that name a priority set it, the most urgent of them; else the type's own stands."""
    assert advised(own, [Option("x", priority=priority) for priority in named]) == result
