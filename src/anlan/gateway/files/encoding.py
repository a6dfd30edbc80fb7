"""Which encoding a text file is in, judged by the whole file: the first Chinese name may come late."""

from __future__ import annotations

import codecs
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from charset_normalizer import from_bytes

from anlan.gateway.files.errors import ImportRefusedError

CHUNK = 1 << 20
SAMPLE = 1 << 18
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
COMMON = 0.7


@dataclass(frozen=True)
class Detected:
    """The encoding and how it was found out."""

    name: str
    why: str


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacking gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if packed else path.open("rb")


def detect(path: Path) -> Detected:
    """Return the encoding of a text file, gzipped or not.

    Raises:
        ImportRefusedError: the file is empty, or no encoding fits.

    """
    with open_bytes(path) as file:
        head = file.read(4)
    if not head:
        raise ImportRefusedError(f"{path.name} is empty")
    for mark, name in BOMS:
        if head.startswith(mark):
            return Detected(name, "byte order mark")
    if head[1::2] == b"\0\0":
        return Detected("utf-16-le", "every other byte is zero")
    if head[::2] == b"\0\0":
        return Detected("utf-16-be", "every other byte is zero")
    if _decodes(path, "utf-8"):
        return Detected("utf-8", "the whole file is valid UTF-8")
    sample = _sample(path)
    if _decodes(path, "gb18030") and _common_chinese(sample) >= COMMON:
        return Detected(
            "gb18030", "the whole file is valid GB18030 and its characters are common Chinese ones"
        )
    best = from_bytes(sample).best()
    if best is None or not _decodes(path, best.encoding):
        raise ImportRefusedError(
            f"{path.name}: no text encoding fits the whole file; state it with --encoding"
        )
    return Detected(best.encoding, "statistics of its letters")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with open_bytes(path) as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample(path: Path) -> bytes:
    """Return lines with bytes above ASCII from anywhere in the file, up to a quarter of a megabyte."""
    taken = bytearray()
    with open_bytes(path) as file:
        for line in file:
            if not line.isascii():
                taken += line
            if len(taken) > SAMPLE:
                break
    return bytes(taken)


def _common_chinese(sample: bytes) -> float:
    """Return the share of common characters and signs (GB 2312, first level) in what is not ASCII."""
    letters = [letter for letter in sample.decode("gb18030", errors="replace") if ord(letter) > 127]
    common = 0
    for letter in letters:
        code = letter.encode("gb2312", errors="ignore")
        common += len(code) == 2 and (code[0] <= 0xA9 or 0xB0 <= code[0] <= 0xD7)
    return common / max(len(letters), 1)
