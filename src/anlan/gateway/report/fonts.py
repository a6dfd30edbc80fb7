"""The fonts that Typst sets with: copies under names of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FAMILIES = {
    "-latin-ext-": "Noto Sans LX",
    "-latin-4": "Noto Sans LT",
    "-latin-7": "Noto Sans LT",
    "-cyrillic-": "Noto Sans CY",
}


def copy_fonts(fonts: Sequence[Path], target: Path) -> None:
    """Copy the fonts, the sets of one family under names of their own.

    The web's subsets all call themselves Noto Sans SC, and Typst takes one font a family: without this,
    either Latin or Chinese falls back to another face. The new names have the old one's length, so that
    the name table keeps its offsets.

    Raises:
        ValueError: no font was found in the folders.

    """
    found = sorted(file for folder in fonts for file in folder.glob("*.[to]tf"))
    if not found:
        raise ValueError(f"fonts: no .ttf or .otf in {', '.join(str(folder) for folder in fonts)}")
    target.mkdir()
    for file in found:
        data = file.read_bytes()
        for part, family in FAMILIES.items():
            if part in file.name:
                data = data.replace("Noto Sans SC".encode("utf-16-be"), family.encode("utf-16-be"))
        (target / file.name).write_bytes(data)
