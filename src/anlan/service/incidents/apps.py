"""App configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from anlan.service.log.models import Event


class IncidentsConfig(AppConfig):
    """The `incidents` app."""

    name = "anlan.service.incidents"
    label = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        """Let the outbox hear of every event in the event's own transaction."""
        from anlan.service.log import domain as log  # noqa: PLC0415  models are loaded by now

        if heard not in log.listeners:
            log.listeners.append(heard)


def heard(event: Event) -> None:
    """Pass an event on to the outbox, which loads with the first one and not at every process's start."""
    from anlan.service.incidents.domain import outbox  # noqa: PLC0415

    outbox.enqueue(event)
