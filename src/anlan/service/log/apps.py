"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogConfig(AppConfig):
    """The `log` app."""

    name = "anlan.service.log"
    label = "log"
    verbose_name = _("Event log")

    def ready(self) -> None:
        """Listen for sign-ins."""
        from anlan.service.log import sign_ins  # noqa: F401, PLC0415
