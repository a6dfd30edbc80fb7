"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """The `incidents` app."""

    name = "anlan.service.incidents"
    label = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        """Let the outbox hear of every event in the event's own transaction."""
        from anlan.service.incidents.domain import outbox  # noqa: PLC0415  models are loaded by now
        from anlan.service.log import domain as log  # noqa: PLC0415

        if outbox.enqueue not in log.listeners:
            log.listeners.append(outbox.enqueue)
