"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogConfig(AppConfig):
    """The `log` app."""

    name = "anlan.service.log"
    label = "log"
    verbose_name = _("Event log")
