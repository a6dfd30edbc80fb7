"""Lines of text in a roster's form: skills, single days, sequences, groups; errors name line and mend."""

from __future__ import annotations

import re
from datetime import date as Date  # noqa: N812 fields are called date
from typing import TYPE_CHECKING

from django.forms import ValidationError
from django.utils.translation import gettext as _

from anlan.engine.planning.roster import Forbidden
from anlan.service.planning.rosters.ask import OtherNeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from anlan.engine.planning.shifts import Shift

MOST_PEOPLE, MOST_LINES, LONGEST = 999, 500, 7
OFF, ANY = "off", "*"
PRICE = re.compile(r"[0-9]{1,6}")


def parts(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each line with its number; empty lines are left out.

    Raises:
        ValidationError: too many lines.

    """
    rows = text.splitlines()
    if len(rows) > MOST_LINES:
        raise ValidationError(_("At most 500 lines."))
    for number, row in enumerate(rows, 1):
        if words := row.split():
            yield number, words


def count(text: str) -> int | None:
    """Return a number of people, None where it is none."""
    usable = text.isascii() and text.isdigit() and len(text) < 4
    return int(text) if usable and int(text) <= MOST_PEOPLE else None


def skills(text: str, shifts: Sequence[Shift]) -> list[tuple[str, str, int]]:
    """Read a skill, a shift and a number a line."""
    codes, found = _codes(shifts), dict[tuple[str, str], int]()
    for line, words in parts(text):
        people = count(words[-1])
        if len(words) < 3 or people is None or words[-2] not in codes:
            told = _("Line %(line)s: a skill, a shift (%(codes)s) and a number, such as: driver %(code)s 1")
            raise ValidationError(told % {"line": line, "codes": ", ".join(codes), "code": codes[0]})
        found[" ".join(words[:-2])[:20], words[-2]] = people
    return [(skill, shift, people) for (skill, shift), people in found.items()]


def exceptions(text: str, shifts: Sequence[Shift]) -> tuple[OtherNeed, ...]:
    """Read a day, a shift, a number and perhaps a skill a line."""
    codes, found = _codes(shifts), dict[tuple[Date, str, str], OtherNeed]()
    for line, words in parts(text):
        day = _day(words[0])
        people = count(words[2]) if len(words) > 2 else None
        if day is None or people is None or words[1] not in codes:
            told = _("Line %(line)s: a day, a shift (%(codes)s) and a number, such as: 2026-05-01 %(code)s 8")
            raise ValidationError(told % {"line": line, "codes": ", ".join(codes), "code": codes[0]})
        one = OtherNeed(day, words[1], people, " ".join(words[3:])[:20])
        found[one.date, one.shift, one.skill] = one
    return tuple(found.values())


def _day(text: str) -> Date | None:
    try:
        return Date.fromisoformat(text)
    except ValueError:
        return None


def _codes(shifts: Sequence[Shift]) -> list[str]:
    return [shift.code for shift in shifts]


def sequences(text: str, shifts: Sequence[Shift]) -> tuple[Forbidden, ...]:
    """Read sequences, a price at the end where they may be broken."""
    codes, found = _codes(shifts), []
    for line, words in parts(text):
        price = int(words[-1]) if words[-1] not in codes and PRICE.fullmatch(words[-1]) else None
        named = words[:-1] if price is not None else words
        wrong = [word for word in named if word not in {*codes, OFF, ANY}]
        if wrong or not 1 < len(named) <= LONGEST:
            told = _("Line %(line)s: two to seven of %(codes)s, off, *; then perhaps a price.")
            raise ValidationError(told % {"line": line, "codes": ", ".join(codes)})
        found.append(Forbidden(tuple("" if word == OFF else word for word in named), price))
    return tuple(found)


def sequence(one: Forbidden) -> str:
    """Return a sequence as its line."""
    words = [code or OFF for code in one.codes] + ([] if one.price is None else [str(one.price)])
    return " ".join(words)


def groups(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Read groups by comma."""
    named = [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    for one in named:
        if one not in known:
            told = _("There is no “%(name)s” among these teams: %(known)s.")
            raise ValidationError(told % {"name": one[:60], "known": ", ".join(known[:20])})
    return tuple(dict.fromkeys(named))
