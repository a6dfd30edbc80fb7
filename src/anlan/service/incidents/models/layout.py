"""How a member of staff has arranged the board."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BoardLayout(models.Model):
    """One account's arrangement of its board; without one the default holds."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="board_layout", verbose_name=_("account")
    )
    arrangement = models.JSONField(_("arrangement"))

    class Meta:
        verbose_name = _("board layout")
        verbose_name_plural = _("board layouts")
        ordering: ClassVar = ["account_id"]

    def __str__(self) -> str:
        return str(self.account)
