"""Division codes: 12 digits, a parent is a prefix (GB/T 2260 and the NBS statistical codes).

A significant prefix is a code without its trailing empty levels: ``500117001000`` has prefix
``500117001``. A record belongs to an area when its area code starts with that area's prefix; a grid code
is an area code with a four-digit serial and so belongs to its area by the same test.
"""

from enum import IntEnum

LENGTHS = (2, 4, 6, 9, 12)


class Level(IntEnum):
    """Depth of a division in the hierarchy; the value is the number of significant digits."""

    PROVINCE = 2
    CITY = 4
    COUNTY = 6
    TOWNSHIP = 9
    VILLAGE = 12


def normalise(code: str | int) -> str:
    """Return the 12-digit form of a division code given with 2, 4, 6, 9 or 12 digits.

    Raises:
        ValueError: the code is not made of 2, 4, 6, 9 or 12 digits.

    """
    text = str(code).strip()
    if not text.isascii() or not text.isdigit() or len(text) not in LENGTHS:
        raise ValueError(f"area code {text!r}: expected 2, 4, 6, 9 or 12 digits")
    return text.ljust(12, "0")


def level(code: str) -> Level:
    """Return the level of a 12-digit code by its trailing empty groups."""
    return Level(len(prefix(code)))


def prefix(code: str) -> str:
    """Return the significant digits of a 12-digit code; at least a province's two."""
    full = normalise(code)
    for longer, shorter in zip(reversed(LENGTHS), reversed(LENGTHS[:-1]), strict=False):
        if full[shorter:longer].strip("0"):
            return full[:longer]
    return full[:2]


def parent(code: str) -> str | None:
    """Return the 12-digit code one level up, None for a province."""
    digits = prefix(code)
    position = LENGTHS.index(len(digits))
    return None if position == 0 else normalise(digits[: LENGTHS[position - 1]])


def county(code: str) -> str:
    """Return the six digits of the county that a code of any depth lies in."""
    return code[:6]


def within(code: str, area: str) -> bool:
    """Whether an area or grid code lies in the given area (an area lies in itself)."""
    return code.startswith(prefix(area))
