"""Check-ins."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.patrol.models.picture import Picture
from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class CheckIn(models.Model):
    """A unit's visit to a patrol point, line or post, said once per key however often it is sent."""

    class Method(models.TextChoices):
        BUTTON = "button", _("Button")
        CODE = "code", _("QR code")
        POSITION = "position", _("Position")
        PICTURE = "picture", _("Picture")

    client_key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="check_ins", verbose_name=_("unit"))
    place_code = models.CharField(_("place"), max_length=40, db_index=True)
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    at = models.DateTimeField(_("when"))
    method = models.CharField(_("how"), max_length=8, choices=Method, default=Method.BUTTON)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.place_code} {self.at:%Y-%m-%d %H:%M}"
