"""The analyst's words in a briefing: every wording is kept, none after the signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.patrol.domain.common import check
from anlan.service.patrol.models import Briefing, BriefingText

if TYPE_CHECKING:
    from anlan.service.staff.models import Account

OWN = "own:"
LONGEST = 1000


class AlreadySigned(ValueError):  # noqa: N818 a state of the briefing, said to the reader
    """A signed briefing is not edited; revise it first."""


def write_text(briefing: Briefing, key: str, text: str, actor: Account) -> BriefingText | None:
    """Put a text in place of the suggestion `key`, or beside them with key ""; "" leaves a suggestion out.

    Returns None where that would change nothing.

    Raises:
        PermissionDenied: the actor may not edit in the area.
        AlreadySigned: the briefing is signed.
        ValueError: the briefing has no such suggestion, or the text is too long.

    """
    check(actor, "patrol.edit_briefing", briefing)
    words = " ".join(text.split())
    if len(words) > LONGEST:
        raise ValueError(_("text: at most %(most)s characters.") % {"most": LONGEST})
    with transaction.atomic():
        mine = Briefing.objects.select_for_update().get(pk=briefing.pk)
        if mine.signed_at is not None:
            raise AlreadySigned(_("The briefing is signed. Revise it to go on editing."))
        key = key or _own_key(mine)
        known = {row["key"] for row in mine.body.get("suggestions", [])}
        before = mine.texts.filter(key=key).order_by("-revision").first()
        if key not in known and before is None and not (key.startswith(OWN) and words):
            raise ValueError(_("The briefing has no suggestion %(key)s.") % {"key": key})
        if before is not None and before.text == words:
            return None
        return _written(mine, key, words, before, actor)


def _written(
    briefing: Briefing, key: str, words: str, before: BriefingText | None, actor: Account
) -> BriefingText:
    row = BriefingText.objects.create(
        briefing=briefing, key=key, text=words, revision=1 if before is None else before.revision + 1,
        written_at=timezone.now(), written_by=actor,
    )  # fmt: skip
    data = {
        "date": briefing.date.isoformat(), "period": briefing.period, "version": briefing.version, "key": key,
        "before": None if before is None else before.text, "after": words,
    }  # fmt: skip
    log.append(Verb.BRIEFING_EDITED, briefing, actor=actor, area_code=briefing.area_code, data=data)
    return row


def _own_key(briefing: Briefing) -> str:
    number = briefing.texts.filter(key__startswith=OWN).aggregate(last=Max("key"))["last"] or f"{OWN}00"
    return f"{OWN}{int(number.removeprefix(OWN)) + 1:02}"
