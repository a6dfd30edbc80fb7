"""What allauth asks the site: nobody signs up alone; factors change only for who has just shown theirs."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: the sign-up page is closed."""
        return False

    def is_reauthentication_required(self, app: str) -> bool:  # noqa: ARG002
        """Return False only for the first factor, set up within minutes of giving the password."""
        user = self.request.user
        shown = [record["at"] for record in get_authentication_records(self.request, user)]
        recent = bool(shown) and time.time() - shown[-1] < app_settings.REAUTHENTICATION_TIMEOUT
        return is_mfa_enabled(user) or not recent
