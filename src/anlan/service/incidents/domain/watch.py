"""The watch: one commander a county; taken over, handed over with a frozen sheet, or seized with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.service.incidents.domain.guard import allow
from anlan.service.incidents.errors import NeedsConfirmation, Refused
from anlan.service.incidents.models import Handover, OverridePolicy, Watch
from anlan.service.incidents.queries.handover import sheet
from anlan.service.log import domain as log
from anlan.service.log.verbs import Verb
from anlan.service.places.models import Area

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from anlan.service.staff.models import Account


def take_watch(county: str, actor: Account, reason: str = "", *, confirmed: bool = False) -> Watch:
    """Take over a county's watch; whoever holds it already keeps it, said twice.

    Where another holds it and has offered no handover, it takes a reason and a confirmation.

    Raises:
        Refused: another holds it and no reason is given, or a handover waits to be accepted.
        NeedsConfirmation: another holds it.

    """
    with transaction.atomic():
        allow(actor, "incidents.command", Area(code=county))
        held = Watch.objects.select_for_update().filter(area_code=county, ended_at=None).first()
        if held is not None and held.commander_id == actor.pk:
            return held
        now = timezone.now()
        if held is not None:
            seize(held, reason, now, confirmed=confirmed)
        return begin(county, actor, now, reason.strip() if held else "", seized_from=held)


def seize(held: Watch, reason: str, now: datetime, *, confirmed: bool) -> None:
    """End another's watch without a handover, or say what is missing."""
    if held.handovers.filter(accepted_at=None, withdrawn_at=None).exists():
        raise Refused(_("%(name)s has offered the watch: accept it.") % {"name": held.commander})
    if not reason.strip():
        text = _("%(name)s holds the watch. Ask for a handover, or say why you take it without one.")
        raise Refused(text % {"name": held.commander}, "reason")
    if not confirmed:
        text = _("%(name)s holds the watch since %(at)s and has not handed it over. Take it all the same?")
        at = timezone.localtime(held.began_at).strftime("%H:%M")
        raise NeedsConfirmation([text % {"name": held.commander, "at": at}])
    end(held, now)


def end(held: Watch, now: datetime) -> None:
    """End a watch by a conditional UPDATE that one of two rivals wins."""
    if Watch.objects.filter(pk=held.pk, ended_at=None).update(ended_at=now) != 1:
        raise Refused(_("Somebody was faster: look who holds the watch now."))


def begin(
    county: str, actor: Account, now: datetime, reason: str = "", *, seized_from: Watch | None = None
) -> Watch:
    """Begin a watch; of two who try at once one wins and the other is told."""
    try:
        with transaction.atomic():
            watch = Watch.objects.create(area_code=county, commander=actor, began_at=now, reason=reason[:500])
    except IntegrityError:
        raise Refused(_("Somebody was faster: look who holds the watch now.")) from None
    data = {"reason": reason, "from": None if seized_from is None else str(seized_from.commander)}
    verb = Verb.WATCH_TAKEN if seized_from is None else Verb.WATCH_SEIZED
    log.append(verb, watch, actor=actor, area_code=county, data=data, at=now)
    return watch


def offer_handover(watch: Watch, remarks: str, actor: Account, client_key: uuid.UUID) -> Handover:
    """Freeze the sheet of the watch and offer it; the same key again returns the same sheet.

    Raises:
        Refused: the watch is not the actor's, has ended, or is offered already.

    """
    before = Handover.objects.filter(client_key=client_key, watch=watch).first()
    if before is not None:
        return before
    with transaction.atomic():
        held = Watch.objects.select_for_update().get(pk=watch.pk)
        if held.commander_id != actor.pk or held.ended_at is not None:
            raise Refused(_("Only who holds the watch hands it over."))
        if held.handovers.filter(accepted_at=None, withdrawn_at=None).exists():
            raise Refused(_("The watch is offered already. Withdraw that offer first."))
        now = timezone.now()
        row = Handover.objects.create(
            client_key=client_key, watch=held, area_code=held.area_code, offered_at=now,
            remarks=remarks.strip(), body=log.plain(sheet(held, now)),
        )  # fmt: skip
        log.append(Verb.HANDOVER_OFFERED, row, actor=actor, area_code=row.area_code, data={"watch": held.pk})
    return row


def withdraw_handover(handover: Handover, actor: Account) -> Handover:
    """Take an offer back, so that a new sheet can be made; said again it changes nothing.

    Raises:
        Refused: it is accepted, or not the actor's.

    """
    with transaction.atomic():
        current = Handover.objects.select_for_update().select_related("watch").get(pk=handover.pk)
        if current.watch.commander_id != actor.pk:
            raise Refused(_("Only who holds the watch hands it over."))
        if current.accepted_at is not None:
            raise Refused(_("The watch has been accepted."))
        if current.withdrawn_at is None:
            current.withdrawn_at = timezone.now()
            current.save(update_fields=["withdrawn_at"])
            log.append(Verb.HANDOVER_WITHDRAWN, current, actor=actor, area_code=current.area_code)
    return current


def accept_handover(handover: Handover, actor: Account) -> Watch:
    """Accept the sheet as it stands: the old watch ends and the new one begins, both or neither.

    Accepted again by the same commander it returns the watch that began then.

    Raises:
        Refused: it is one's own, withdrawn, or somebody else has accepted it.

    """
    with transaction.atomic():
        held = Watch.objects.select_for_update().get(pk=handover.watch_id)
        allow(actor, "incidents.command", held)
        current = Handover.objects.get(pk=handover.pk)
        if current.accepted_by_id == actor.pk:
            return Watch.objects.get(
                area_code=current.area_code, commander=actor, began_at=current.accepted_at
            )
        check_open(current, held, actor)
        now = timezone.now()
        won = Handover.objects.filter(pk=current.pk, accepted_at=None, withdrawn_at=None)
        if won.update(accepted_at=now, accepted_by=actor) != 1:
            raise Refused(_("Somebody was faster: look who holds the watch now."))
        end(held, now)
        watch = begin(held.area_code, actor, now)
        log.append(
            Verb.HANDOVER_ACCEPTED,
            current,
            actor=actor,
            area_code=current.area_code,
            data={"watch": watch.pk},
        )
    return watch


def check_open(handover: Handover, held: Watch, actor: Account) -> None:
    """Refuse an offer that is not open to the actor."""
    if held.commander_id == actor.pk:
        raise Refused(_("The successor accepts the watch, not who hands it over."))
    if handover.withdrawn_at is not None or handover.accepted_at is not None or held.ended_at is not None:
        raise Refused(_("This offer is over: look who holds the watch now."))


def set_overrides(county: str, rules: list[str], actor: Account | None) -> OverridePolicy:
    """Say which rules the watch commander may override; unchanged, nothing is logged.

    Raises:
        Refused: an unknown rule.

    """
    unknown = sorted(set(rules) - set(OverridePolicy.Rule.values))
    if unknown:
        raise Refused(_("Unknown rule: %(names)s.") % {"names": ", ".join(unknown)}, "rules")
    chosen = [rule for rule in OverridePolicy.Rule.values if rule in rules]
    with transaction.atomic():
        allow(actor, "incidents.set_overrides", Area(code=county))
        row, _made = OverridePolicy.objects.select_for_update().get_or_create(area_code=county)
        if row.rules != chosen:
            data = {"before": row.rules, "after": chosen}
            row.rules = chosen
            row.save(update_fields=["rules"])
            log.append(Verb.OVERRIDES_CHANGED, row, actor=actor, area_code=county, data=data)
    return row
