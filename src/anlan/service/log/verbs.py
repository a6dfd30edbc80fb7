"""The verbs of the log: everything that can happen, by name."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verb(TextChoices):
    """A typed verb; the part before the dot is the kind of record it is about."""

    ACCOUNT_SIGNED_IN = "account.signed_in", _("signed in")
    ACCOUNT_SIGN_IN_FAILED = "account.sign_in_failed", _("failed to sign in")
    ACCOUNT_CREATED = "account.created", _("created an account")
    ACCOUNT_POSTED = "account.posted", _("gave a posting")
    ACCOUNT_PASSWORD_RESET = "account.password_reset", _("gave a new password")
    ACCOUNT_FACTOR_RESET = "account.factor_reset", _("reset the second factor")
    ACCOUNT_UNPOSTED = "account.unposted", _("ended a posting")
    ORGANISATION_SAVED = "organisation.saved", _("saved an agency, team or unit")
    UNIT_ON_DUTY = "unit.on_duty", _("unit came on duty")
    UNIT_OFF_DUTY = "unit.off_duty", _("unit went off duty")
    PLACES_IMPORTED = "places.imported", _("imported places")
    PLACES_REPAIRED = "places.repaired", _("repaired the partition")
    GRIDS_MADE = "grids.made", _("made grids")
    GRID_ASSIGNED = "grid.assigned", _("made responsible")
    ROADS_IMPORTED = "roads.imported", _("imported roads")
    HISTORY_IMPORTED = "history.imported", _("imported incident history")
    HISTORY_CARRIED = "history.carried", _("carried incidents over to history")
    TYPE_EDITED = "type.edited", _("edited an incident type")
    INCIDENT_REPORTED = "incident.reported", _("reported")
    INCIDENT_AMENDED = "incident.amended", _("amended")
    INCIDENT_NOTED = "incident.noted", _("noted")
    INCIDENT_CLOSED = "incident.closed", _("closed")
    INCIDENT_REOPENED = "incident.reopened", _("reopened")
    CALLER_READ = "incident.caller_read", _("read the callback number")
    CALLER_PURGED = "incident.caller_purged", _("purged the callback number")
    UNIT_ASSIGNED = "assignment.assigned", _("dispatched")
    ASSIGNMENT_ACCEPTED = "assignment.accepted", _("accepted")
    ASSIGNMENT_EN_ROUTE = "assignment.en_route", _("en route")
    ASSIGNMENT_ON_SCENE = "assignment.on_scene", _("on scene")
    ASSIGNMENT_CLEARED = "assignment.cleared", _("cleared")
    ASSIGNMENT_CANCELLED = "assignment.cancelled", _("cancelled")
    BRIEFING_MADE = "briefing.made", _("made a briefing")
    BRIEFING_EDITED = "briefing.edited", _("edited a briefing")
    BRIEFING_SIGNED = "briefing.signed", _("signed a briefing")
    BRIEFING_REVISED = "briefing.revised", _("revised a briefing")
    BRIEFING_PUBLISHED = "briefing.published", _("published a briefing")
    PLAN_MADE = "plan.made", _("made a deployment plan")
    PLAN_APPROVED = "plan.approved", _("approved a deployment plan")
    CHECKED_IN = "duty.checked_in", _("checked in")
