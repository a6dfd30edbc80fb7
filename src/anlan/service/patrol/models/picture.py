"""Pictures of places, taken on duty."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.service.scope import ScopedQuerySet
from anlan.service.staff.models import Unit


class Picture(models.Model):
    """A picture of a place: drawn anew on arrival, so that nothing but the pixels is kept; purged."""

    client_key = models.UUIDField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    area_code = models.CharField(_("area"), max_length=12, db_index=True)
    at = models.DateTimeField(_("when"), db_index=True)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    content = models.BinaryField(_("content"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of a place")
        verbose_name_plural = _("pictures of places")
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at:%Y-%m-%d %H:%M}"
