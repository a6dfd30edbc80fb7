"""Registration for the administrator: to look at, since the store functions alone write places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from anlan.service.places import models

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):
    """A list that cannot be changed here."""

    list_display = ("code", "name")
    search_fields = ("code", "name", "name_en")
    exclude = ("geometry",)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody deletes here."""
        return False


for model in (
    models.Area, models.Beat, models.Grid, models.StandbyPost, models.PatrolPoint, models.PatrolLine,
    models.Checkpoint, models.Premises,
):  # fmt: skip
    admin.site.register(model, ReadOnly)
