"""Names as they are typed: folded, by pinyin and its initials, with abbreviations and house numbers."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from typing import TYPE_CHECKING

from pypinyin import lazy_pinyin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONG = {
    "ave": "avenue", "av": "avenue", "blvd": "boulevard", "bld": "boulevard", "ct": "court", "dr": "drive",
    "hwy": "highway", "ln": "lane", "pkwy": "parkway", "pl": "place", "plz": "plaza", "rd": "road",
    "sq": "square", "st": "street", "ter": "terrace", "wy": "way",
}  # fmt: skip
"""Short forms at the end of names, and what names are folded to; "St Mary" keeps its first word."""

ORDINALS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th",
    "twelfth": "12th",
}  # fmt: skip

CHINESE = re.compile(r"[\u3400-\u9fff]")
SPACE_BY_CHINESE = re.compile(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])")
BETWEEN = re.compile(r"[^\w+&/@×]+|_+")
NUMBER_FIRST = re.compile(r"^\d+[a-z]?(?:-\d+[a-z]?)? +")
NUMBER_AFTER = re.compile(r"^(\D{2,}?) ?\d.*$")
LAST = "\U0010ffff"
SCANNED = 1000


def fold(text: str) -> str:
    """Return the text in one width and case, words a space apart, no space beside a Chinese character.

    >>> fold("Market  ST."), fold("河边路 １２号，")
    ('market street', '河边路12号')
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v").replace("'", "").replace("’", "")
    words = [ORDINALS.get(word, word) for word in BETWEEN.sub(" ", plain).split()]
    return SPACE_BY_CHINESE.sub("", " ".join([*words[:1], *(LONG.get(word, word) for word in words[1:])]))


def typed(text: str) -> list[str]:
    """Return what a search looks for: the text, its abbreviations read, house numbers left out.

    >>> typed("12 mark"), typed("河边路12号面馆旁")
    (['12 mark', 'mark'], ['河边路12号面馆旁', '河边路'])
    """
    whole = fold(text)
    plain = BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    found = [whole, SPACE_BY_CHINESE.sub("", plain), NUMBER_FIRST.sub("", whole)]
    if match := NUMBER_AFTER.match(whole):
        found.append(match[1].strip())
    if not CHINESE.search(whole) and " " in whole:
        found.append(whole.replace(" ", ""))  # "renmin lu"
    return [one for one in dict.fromkeys(found) if one]


def readings(name: str) -> list[list[str]]:
    """Return the name as parts that a search may start at: its characters or words, and its pinyin.

    >>> readings("人民路")
    [['人', '民', '路'], ['ren', 'min', 'lu'], ['rml']]
    """
    folded = fold(name)
    if not CHINESE.search(folded):
        return [[word + " " for word in folded.split()]]
    syllables = [part.replace(" ", "") for part in lazy_pinyin(folded)]
    return [list(folded), syllables, ["".join(part[0] for part in syllables if part)]]


def suffixes(name: str) -> Iterator[tuple[str, bool]]:
    """Yield (key, whether it is the whole name) for each place that a search may start at."""
    for parts in readings(name):
        for start in range(len(parts)):
            yield "".join(parts[start:]).strip(), start == 0


class NameIndex:
    """Sorted keys of names; answers which names start, or have a word that starts, with what was typed."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        """Index (name, number) pairs; a number may have several names."""
        rows = [(key, not whole, number) for name, number in names for key, whole in suffixes(name) if key]
        rows.sort()
        self._keys = [key for key, _inner, _number in rows]
        self._rows = rows
        self._whole: dict[str, list[int]] = {}
        for key, inner, number in rows:
            if not inner:
                self._whole.setdefault(key, []).append(number)

    def starting(self, text: str) -> dict[int, tuple[int, int]]:
        """Return for each number (0 exact, 1 start of the name, 2 start of a word in it; letters left)."""
        found: dict[int, tuple[int, int]] = {}
        begin = bisect_left(self._keys, text)
        end = bisect_left(self._keys, text + LAST, begin)
        for key, inner, number in self._rows[begin : min(end, begin + SCANNED)]:
            left = len(key) - len(text)
            score = (2 if inner else int(left > 0), left)
            if number not in found or score < found[number]:
                found[number] = score
        return found

    def named_in(self, text: str) -> dict[int, int]:
        """Return the numbers whose whole name stands somewhere in the text, with the letters it has."""
        found: dict[int, int] = {}
        for piece in pieces(text):
            for number in self._whole.get(piece, ()):
                found[number] = max(found.get(number, 0), len(piece))
        return found


def pieces(text: str) -> Iterator[str]:
    """Yield the runs of 2 to 24 characters of Chinese text, of 1 to 6 words of other text."""
    if CHINESE.search(text):
        for start in range(len(text)):
            for end in range(start + 2, min(start + 24, len(text)) + 1):
                yield text[start:end]
        return
    words = text.split()
    for start in range(len(words)):
        for end in range(start + 1, min(start + 6, len(words)) + 1):
            yield " ".join(words[start:end])
