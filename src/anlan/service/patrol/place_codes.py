"""What the printed code of a place says: its code with a signature, so that nobody makes one up at home."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from anlan.service.incidents.errors import Refused

PREFIX = "anlan:place:"
_signer = Signer(salt="anlan.place", sep=":")


def payload(code: str) -> str:
    """Return what the printed code of a place says."""
    return PREFIX + _signer.sign(code)


def code_of(scanned: str) -> str:
    """Return the place that a scanned code names.

    Raises:
        Refused: it is no code of a place, or was not printed by this installation.

    """
    try:
        return _signer.unsign(scanned.removeprefix(PREFIX) if scanned.startswith(PREFIX) else "")
    except BadSignature as error:
        raise Refused(_("This is not the printed code of a place of this county."), "code") from error
