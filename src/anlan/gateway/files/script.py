"""Scripted questions as text that an administrator writes, and as JSON that is kept.

    ? 有人受伤吗 | Is anyone hurt
    - 有 | Yes = 1
    - 没有 | No

A question starts with "?", an answer with "-"; the English follows "|"; "= 1" to "= 4" is the priority that
the answer asks for.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from anlan.engine.dispatch.script import Option, Question

PRIORITY = re.compile(r"[=＝]\s*(\S*)\s*$")
MOST_QUESTIONS, MOST_OPTIONS, LONGEST = 12, 8, 120


FAULTS = {
    "mark": "start a question with ? and each answer below it with -",
    "priority": "the priority after = is a number from 1 to 4",
    "options": f"a question needs 2 to {MOST_OPTIONS} answers below it",
    "same_option": "two answers are the same",
    "empty": "write the words",
    "long": f"at most {LONGEST} characters",
    "questions": f"at most {MOST_QUESTIONS} questions",
    "same_question": "this question is there already",
}


class ScriptError(ValueError):
    """A script that cannot be read; `line` counts from 1, `code` is a key of `FAULTS`."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(f"line {line}: {FAULTS[code]}")
        self.line, self.code = line, code


def read_script(text: str) -> tuple[Question, ...]:
    """Return the questions that the text holds.

    Raises:
        ScriptError: a line is neither question nor answer, a question has fewer than two answers, something
            is said twice, or is too long.

    """
    blocks: list[tuple[int, str, list[Option]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        mark, said = line.strip()[:1], line.strip()[1:].strip()
        if not mark:
            continue
        if mark in "?？":
            blocks.append((number, said, []))
        elif mark in "-－—" and blocks:
            blocks[-1][2].append(_option(number, said))
        else:
            raise ScriptError(number, "mark")
    questions = tuple(_question(*block) for block in blocks)
    _check_all(questions, blocks)
    return questions


def _option(line: int, said: str) -> Option:
    match = PRIORITY.search(said)
    priority = None
    if match:
        if match[1] not in {"1", "2", "3", "4"}:
            raise ScriptError(line, "priority")
        priority, said = int(match[1]), said[: match.start()]
    return Option(*_two(line, said), priority)


def _question(line: int, said: str, options: list[Option]) -> Question:
    if not 2 <= len(options) <= MOST_OPTIONS:
        raise ScriptError(line, "options")
    if len({option.text for option in options}) < len(options):
        raise ScriptError(line, "same_option")
    return Question(*_two(line, said), tuple(options))


def _two(line: int, said: str) -> tuple[str, str]:
    text, _bar, english = (part.strip() for part in said.replace("｜", "|").partition("|"))
    if not text:
        raise ScriptError(line, "empty")
    if max(len(text), len(english)) > LONGEST:
        raise ScriptError(line, "long")
    return text, english


def _check_all(questions: tuple[Question, ...], blocks: list[tuple[int, str, list[Option]]]) -> None:
    if len(questions) > MOST_QUESTIONS:
        raise ScriptError(blocks[MOST_QUESTIONS][0], "questions")
    seen: set[str] = set()
    for question, (line, _said, _options) in zip(questions, blocks, strict=True):
        if question.text in seen:
            raise ScriptError(line, "same_question")
        seen.add(question.text)


def write_script(questions: tuple[Question, ...]) -> str:
    """Return the text that `read_script` reads back as the same questions."""
    lines = []
    for question in questions:
        lines.append("? " + _said(question.text, question.text_en))
        for option in question.options:
            ending = "" if option.priority is None else f" = {option.priority}"
            lines.append(f"- {_said(option.text, option.text_en)}{ending}")
    return "\n".join(lines)


def _said(text: str, english: str) -> str:
    return f"{text} | {english}" if english else text


def to_json(questions: tuple[Question, ...]) -> list[dict[str, Any]]:
    """Return the questions as JSON is kept."""
    return [
        {
            "text": question.text, "text_en": question.text_en,
            "options": [
                {"text": option.text, "text_en": option.text_en, "priority": option.priority}
                for option in question.options
            ],
        }
        for question in questions
    ]  # fmt: skip


def from_json(rows: list[dict[str, Any]]) -> tuple[Question, ...]:
    """Return the questions that `to_json` wrote."""
    return tuple(
        Question(row["text"], row["text_en"], tuple(Option(**option) for option in row["options"]))
        for row in rows
    )


@cache
def _built_in() -> dict[str, tuple[Question, ...]]:
    text = (files("anlan.gateway.files") / "scripts.toml").read_text(encoding="utf-8")
    return {name: read_script(script) for name, script in tomllib.loads(text).items()}


def built_in(code: str, category: str) -> tuple[Question, ...]:
    """Return the questions that come with Anlan for a type: its own, else its category's, else none."""
    known = _built_in()
    return known.get(code, known.get(category, ()))
