"""Pictures drawn anew: only the pixels go on, nothing that a camera wrote beside them."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS = 40_000_000
QUALITY = 80


@dataclass(frozen=True)
class Drawn:
    """A JPEG without anything beside its pixels."""

    content: bytes
    width: int
    height: int


def redrawn(content: bytes, side: int = 1280) -> Drawn:
    """Return a picture as a new JPEG, upright, its longer side at most `side` pixels.

    Raises:
        ValueError: it is no JPEG, PNG or WebP, it is damaged, or it has more than `PIXELS` pixels.

    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                if opened.width * opened.height > PIXELS:
                    raise ValueError(f"picture: {opened.width} x {opened.height}, at most {PIXELS} pixels")
                picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("picture: no whole JPEG, PNG or WebP") from error
    picture.thumbnail((side, side))
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Drawn(out.getvalue(), bare.width, bare.height)
