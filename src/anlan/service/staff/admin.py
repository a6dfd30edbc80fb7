"""A minimal admin site: look at accounts and the log. Nothing is changed here, so nothing escapes the log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from anlan.service.log.models import Event
from anlan.service.staff.models import Account, Posting


class ReadOnly(admin.ModelAdmin):
    """A list that can only be read."""

    def has_add_permission(self, *_: Any) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, *_: Any) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        """Nobody deletes here."""
        return False


@admin.register(Account)
class AccountAdmin(ReadOnly):
    """Accounts."""

    list_display: ClassVar = [
        "username",
        "display_name",
        "is_active",
        "is_superuser",
        "is_demo",
        "last_login",
    ]
    exclude: ClassVar = ["password"]


@admin.register(Posting)
class PostingAdmin(ReadOnly):
    """Postings."""

    list_display: ClassVar = ["account", "role", "area_code"]


@admin.register(Event)
class EventAdmin(ReadOnly):
    """The log."""

    list_display: ClassVar = [
        "county",
        "sequence",
        "at",
        "actor",
        "verb",
        "record_type",
        "record_id",
        "area_code",
    ]
    list_filter: ClassVar = ["verb"]
