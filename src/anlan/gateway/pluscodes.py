"""Plus Codes (Open Location Code, github.com/google/open-location-code): reading full and short ones.

A code names a cell in base 20: five pairs of digits narrow the globe down to 1/8000°, further digits divide
a cell into five rows and four columns. A short code lacks its first digits and means the nearest such cell
to a reference point.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DIGITS = "23456789CFGHJMPQRVWX"
SEPARATOR, PADDING = "+", "0"
BEFORE_SEPARATOR, PAIRS, ROWS, COLUMNS = 8, 10, 5, 4
PAIR_DEGREES = (20.0, 1.0, 0.05, 0.0025, 0.000125)
CODE = re.compile(rf"(?<!\w)([{DIGITS}0]{{2,8}}\+[{DIGITS}]*)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """The middle of a code's cell in WGS-84 degrees and its height in degrees."""

    lon: float
    lat: float
    height: float


def found_in(text: str) -> str | None:
    """Return the first Plus Code that stands in the text, in capitals, None where there is none."""
    match = CODE.search(text)
    code = match[1].upper() if match else ""
    return code if valid(code) else None


def valid(code: str) -> bool:
    """Whether it is a full or a short code."""
    before, plus, after = code.partition(SEPARATOR)
    digits = before.rstrip(PADDING)
    if not plus or len(before) not in {2, 4, 6, 8} or PADDING in digits or len(digits) % 2:
        return False
    if len(digits) < len(before) and (len(before) < BEFORE_SEPARATOR or after or not digits):
        return False
    if len(after) == 1 or not set(digits + after) <= set(DIGITS):
        return False
    return len(before) < BEFORE_SEPARATOR or (DIGITS.index(digits[0]) < 9 and DIGITS.index(digits[1]) < 18)


def short(code: str) -> bool:
    """Whether a valid code lacks its first digits and so needs a reference."""
    return code.index(SEPARATOR) < BEFORE_SEPARATOR


def decode(code: str) -> Cell:
    """Return the cell of a full code.

    Raises:
        ValueError: not a full Plus Code.

    """
    if not valid(code) or short(code):
        raise ValueError(f"Plus Code {code!r}: expected a full one such as 8FVC9G8F+6X")
    digits = [DIGITS.index(digit) for digit in code.replace(SEPARATOR, "").rstrip(PADDING)]
    lat, lon = -90.0, -180.0
    height = width = 0.0
    for place, size in zip(range(0, min(len(digits), PAIRS), 2), PAIR_DEGREES, strict=False):
        lat, lon = lat + digits[place] * size, lon + digits[place + 1] * size
        height = width = size
    for digit in digits[PAIRS:]:
        height, width = height / ROWS, width / COLUMNS
        lat, lon = lat + digit // COLUMNS * height, lon + digit % COLUMNS * width
    return Cell(lon + width / 2, lat + height / 2, height)


def nearest(code: str, lon: float, lat: float) -> Cell:
    """Return the cell of a full code, or the cell nearest to the reference that a short one may mean."""
    if not short(code):
        return decode(code)
    missing = BEFORE_SEPARATOR - code.index(SEPARATOR)
    cell = decode(prefix(lon, lat)[:missing] + code)
    step = PAIR_DEGREES[missing // 2 - 1]
    up, right = (round((here - there) / step) for here, there in ((lat, cell.lat), (lon, cell.lon)))
    moved_lat = cell.lat + up * step
    if not -90 < moved_lat < 90:
        moved_lat = cell.lat
    return Cell((cell.lon + right * step + 180) % 360 - 180, moved_lat, cell.height)


def prefix(lon: float, lat: float) -> str:
    """Return the first eight digits of the code of a point."""
    up, right = min(max(lat, -90.0), 90.0 - PAIR_DEGREES[3]) + 90, (lon + 180) % 360
    digits = ""
    for size in PAIR_DEGREES[:4]:
        row, column = int(up / size + 1e-9), int(right / size + 1e-9)
        digits += DIGITS[row] + DIGITS[column]
        up, right = up - row * size, right - column * size
    return digits
