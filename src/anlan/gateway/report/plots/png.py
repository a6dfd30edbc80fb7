"""A picture as PNG, drawn by Typst with the given fonts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typst

from anlan.gateway.report.fonts import copy_fonts

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("picture.svg")\n'


def to_png_picture(svg: str, fonts: Sequence[Path], *, ppi: float = 144.0) -> bytes:
    """Return an SVG picture as PNG; `fonts` are folders with Noto Sans SC.

    Raises:
        ValueError: no font was found in the folders.

    """
    with tempfile.TemporaryDirectory(prefix="anlan-picture-") as name:
        folder = Path(name)
        (folder / "picture.svg").write_text(svg, encoding="utf-8")
        (folder / "main.typ").write_text(PAGE, encoding="utf-8")
        copy_fonts(fonts, folder / "fonts")
        made = typst.compile(  # type: ignore[call-overload]
            folder / "main.typ", format="png", font_paths=[str(folder / "fonts")],
            ignore_system_fonts=True, ppi=ppi,
        )  # fmt: skip
    return cast("bytes", made[0] if isinstance(made, list) else made)
