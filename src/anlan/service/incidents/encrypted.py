"""A text column encrypted at rest with the installation's field key (Fernet)."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import models


@cache
def cipher() -> Fernet:
    """Return the installation's cipher."""
    return Fernet(settings.FIELD_KEY.encode())


class EncryptedTextField(models.TextField):
    """Text that only the application can read; it cannot be searched."""

    def get_prep_value(self, value: str | None) -> str | None:
        """Encrypt on the way in; empty stays empty."""
        return cipher().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypt on the way out."""
        return cipher().decrypt(value.encode()).decode() if value else value
