"""``anlan manage seed_types``: add the built-in incident types that are missing."""

from typing import Any

from django.core.management.base import BaseCommand

from anlan.service.incidents import domain


class Command(BaseCommand):
    """Seed the taxonomy shared by all counties; what was edited stays."""

    help = "Add the built-in incident types that are missing."

    def handle(self, **_options: Any) -> None:
        """Seed and say how many were added."""
        self.stdout.write(f"{len(domain.seed_types())} incident types added")
