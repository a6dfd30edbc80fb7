"""QR codes as SVG."""

from __future__ import annotations

import io

import segno


def qr_svg(payload: str) -> str:
    """Return the code of a payload, with the quiet zone that scanners ask for, as an SVG of its own size.

    Error correction Q: a quarter of the code may be dirt or scratches.
    """
    out = io.BytesIO()
    segno.make_qr(payload, error="q").save(out, kind="svg", scale=8, border=4, xmldecl=False)
    return out.getvalue().decode()
