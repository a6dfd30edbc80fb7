"""The command line understands English, Chinese and pinyin, and offers what it understands."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from anlan.service.incidents import commands, domain, words
from anlan.service.incidents.completion import FOLLOWS, offered
from anlan.service.incidents.models import Assignment, Incident


@pytest.mark.parametrize("said", ["onscene", "OS", "到场", "到达现场", "daochang", "dc"])
def test_a_status_is_said_in_any_way(take: Any, units: Any, dispatcher: Any, said: str) -> None:
    """Each way of saying "on scene" sets it."""
    domain.assign(take(), units[:1], dispatcher)
    commands.run("990101", dispatcher, f"s {units[0].call_sign} {said}")
    assert Assignment.objects.get().status == "on_scene"


@pytest.mark.parametrize("line", ["c 1 handled", "c 1 已处置", "c 1 chuzhi", "结案 1 cz", "ja 1 处置"])
def test_an_outcome_is_said_in_any_way(take: Any, dispatcher: Any, line: str) -> None:
    """Each way of saying "handled" closes with it."""
    take()
    commands.run("990101", dispatcher, line)
    assert Incident.objects.get().disposition == "handled"


@pytest.mark.parametrize("words_of", [words.STATUSES, words.OUTCOMES])
def test_no_word_means_two_things(words_of: dict[Any, tuple[str, ...]]) -> None:
    """A word names one status, or one outcome, and no other."""
    spoken = [said for ways in words_of.values() for said in ways]
    assert len(spoken) == len(set(spoken))
    assert all(said == said.casefold() for said in spoken)


def test_every_outcome_and_every_stage_can_be_said() -> None:
    """Nothing that a card can set is beyond the command line."""
    assert set(words.OUTCOMES) == set(Incident.Disposition)
    assert set(words.STATUSES) == set(Assignment.Status) - {"assigned", "cancelled"}


@pytest.mark.parametrize(("language", "word"), [("en", "handled"), ("zh-hans", "已处置")])
def test_what_is_offered_is_in_the_readers_language(language: str, word: str) -> None:
    """Offered words are the reader's own and are understood when sent."""
    with translation.override(language):
        outcomes = [choice["word"] for choice in offered()["outcome"]]
    assert outcomes[0] == word
    assert all(words.meant(words.OUTCOMES, one) for one in outcomes)


def test_aliases_and_completions_name_commands_that_exist() -> None:
    """No alias leads nowhere; no completion is for a command that is gone."""
    assert set(words.COMMANDS.values()) | set(FOLLOWS) <= set(commands.COMMANDS)


def test_a_warning_stays_a_warning_in_any_language(
    client_as: Any, take: Any, units: Any, dispatcher: Any
) -> None:
    """Closing with a unit assigned asks first, however it was said."""
    domain.assign(take(), units[:1], dispatcher)
    answer = client_as("dispatcher").post(reverse("incidents:command"), {"line": "结案 1 处置"}).json()
    assert (bool(answer.get("warnings")), Incident.objects.get().closed_at) == (True, None)
