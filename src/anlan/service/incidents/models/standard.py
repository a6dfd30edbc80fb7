"""How fast calls are to be answered and worked on."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anlan.service.incidents.models.taxonomy import Priority
from anlan.service.scope import ScopedQuerySet


class Moment(models.TextChoices):
    """A moment of a call that a clock starts or stops at."""

    RANG = "rang", _("rang")
    ANSWERED = "answered", pgettext_lazy("clock", "answered")
    ENTERED = "entered", _("recorded")
    SENT = "sent", _("first unit sent")


class CallStandard(models.Model):
    """A county's own standard: a share of calls gets from one moment to another within so many seconds.

    The published ones come with Anlan (`standards.py`) and cannot be changed.
    """

    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    label = models.CharField(_("name"), max_length=80)
    begins = models.CharField(_("from"), max_length=8, choices=Moment, default=Moment.RANG)
    ends = models.CharField(_("to"), max_length=8, choices=Moment, default=Moment.ANSWERED)
    seconds = models.PositiveIntegerField(
        _("within (s)"), validators=[MinValueValidator(1), MaxValueValidator(86_400)]
    )
    percent = models.PositiveSmallIntegerField(
        _("share (%)"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    least_urgent = models.PositiveSmallIntegerField(
        _("priorities up to"), choices=Priority, default=Priority.DEFERRED
    )
    active = models.BooleanField(_("in use"), default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("standard of answering")
        verbose_name_plural = _("standards of answering")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area_code", "label"], name="call_standard_once"),
        ]

    def __str__(self) -> str:
        return self.label
