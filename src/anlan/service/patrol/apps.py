"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatrolConfig(AppConfig):
    """The `patrol` app."""

    name = "anlan.service.patrol"
    label = "patrol"
    verbose_name = _("Patrol")

    def ready(self) -> None:
        """Offer moved units to the live streams."""
        from anlan.service.log.beside import offer  # noqa: PLC0415 - models load first
        from anlan.service.patrol.positions.feed import feed  # noqa: PLC0415

        offer("positions", feed.subscribe)
