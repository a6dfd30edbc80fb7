"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """The `staff` app."""

    name = "anlan.service.staff"
    label = "staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        """Connect sign-in to the log."""
        from anlan.service.staff import signals  # noqa: F401, PLC0415  # importing it connects the receivers
