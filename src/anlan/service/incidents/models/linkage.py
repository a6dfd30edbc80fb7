"""Linkage: an incident, or a part of it, asked of a partner agency."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.service.incidents.models.incident import Incident
from anlan.service.incidents.models.taxonomy import Priority
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Agency

STANDARD_S = {Priority.EMERGENCY: 60, Priority.URGENT: 180, Priority.ROUTINE: 900, Priority.DEFERRED: 3600}
"""Seconds to accept where the county has set none; the page of deadlines shows and changes them."""


class Linkage(models.Model):
    """What one agency is asked to do about one incident, and how far it is.

    A handover passes the incident on: whoever has it owns it until the agency has accepted. A joint task
    leaves the owner as it is. `noted_at` is empty while an answer waits for the duty room's eyes.
    """

    class Kind(models.TextChoices):
        HANDOVER = "handover", pgettext_lazy("linkage", "Handover")
        JOINT = "joint", _("Joint task")

    class Status(models.TextChoices):
        OFFERED = "offered", _("Waiting for acceptance")
        ACCEPTED = "accepted", _("Accepted by the agency")
        REFUSED = "refused", _("Refused")
        RETURNED = "returned", _("Returned")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        PASSED_ON = "passed_on", _("Passed on")

    OPEN = (Status.OFFERED, Status.ACCEPTED)

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="linkages", verbose_name=_("incident")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="linkages", verbose_name=_("agency"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OFFERED)
    task = models.CharField(_("task"), max_length=1000)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    offered_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("to be accepted by"))
    overdue_at = models.DateTimeField(_("overdue since"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    answer = models.CharField(_("reason or result"), max_length=1000, blank=True, default="")
    noted_at = models.DateTimeField(_("noted by the duty room"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("linkage")
        verbose_name_plural = _("linkages")
        ordering: ClassVar = ["-offered_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "status"], name="linkage_inbox"),
            models.Index(
                fields=["due_at"],
                name="linkage_due",
                condition=models.Q(status="offered", overdue_at=None),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident", "agency"],
                condition=models.Q(ended_at=None),
                name="linkage_one_open_per_agency",
            ),
            models.UniqueConstraint(
                fields=["incident", "status"],
                condition=models.Q(ended_at=None, kind="handover"),
                name="linkage_one_handover_per_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident} → {self.agency}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for acceptance or is being worked on."""
        return self.ended_at is None

    @property
    def late(self) -> bool:
        """Whether it was claimed as overdue and still waits."""
        return self.status == self.Status.OFFERED and self.overdue_at is not None


class LinkageMessage(models.Model):
    """A message between the duty room and one agency about one linkage; no other agency reads it."""

    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    linkage = models.ForeignKey(Linkage, models.PROTECT, related_name="messages", verbose_name=_("linkage"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    from_agency = models.BooleanField(_("from the agency"))
    text = models.CharField(_("text"), max_length=1000)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.linkage_id} {self.at:%Y-%m-%d %H:%M}"


class AcceptanceDeadline(models.Model):
    """How long an agency has to accept, by priority; without an agency it holds for the whole county."""

    county = models.CharField(_("county"), max_length=6)
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="deadlines", verbose_name=_("agency")
    )
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    seconds = models.PositiveIntegerField(_("seconds"))

    class Meta:
        verbose_name = _("acceptance deadline")
        verbose_name_plural = _("acceptance deadlines")
        ordering: ClassVar = ["county", "agency", "priority"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "agency", "priority"], name="deadline_once_per_agency"),
            models.UniqueConstraint(
                fields=["county", "priority"],
                condition=models.Q(agency=None),
                name="deadline_once_per_county",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.agency or '*'} {self.priority}: {self.seconds} s"
