"""Arrays in one memory-mapped file: magic, length of the header, JSON header, aligned arrays."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

MAGIC = b"ANLANRD1"
ALIGN = 64
PREFIX = len(MAGIC) + 8


def _up(offset: int) -> int:
    return -(-offset // ALIGN) * ALIGN


def _layout(arrays: Mapping[str, NDArray[Any]]) -> tuple[dict[str, Any], int]:
    entries, offset = {}, 0
    for name, array in arrays.items():
        offset = _up(offset)
        entries[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "offset": offset}
        offset += array.nbytes
    return entries, offset


def write(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write arrays and JSON-able facts; a reader sees the old file or the whole new one, never a part.

    Raises:
        OSError: the disk is full or not writable; the old file stays.

    """
    entries, size = _layout(arrays)
    header = json.dumps({"arrays": entries, "size": size, "facts": dict(facts)}, ensure_ascii=False).encode()
    start = _up(PREFIX + len(header))
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as out:
            out.write(MAGIC + len(header).to_bytes(8, "little") + header)
            for name, array in arrays.items():
                out.seek(start + entries[name]["offset"])
                out.write(np.ascontiguousarray(array).data)
            out.truncate(start + size)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Map the arrays of a file read-only and return them with its facts.

    Raises:
        ValueError: not such a file, or cut short.
        OSError: it cannot be read.

    """
    with path.open("rb") as source:
        prefix = source.read(PREFIX)
        if len(prefix) < PREFIX or prefix[: len(MAGIC)] != MAGIC:
            raise ValueError(f"{path.name}: not a road graph file")
        length = int.from_bytes(prefix[len(MAGIC) :], "little")
        header = _header(source.read(length), path)
    start = _up(PREFIX + length)
    if path.stat().st_size != start + header["size"]:
        raise ValueError(f"{path.name}: cut short; import the roads again")
    whole = np.memmap(path, np.uint8, "r").view(
        np.ndarray
    )  # a plain array: each indexing of a memmap is slow
    arrays = {name: _view(whole, start, entry) for name, entry in header["arrays"].items()}
    return arrays, header["facts"]


def _header(text: bytes, path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(text))
    except ValueError:
        raise ValueError(f"{path.name}: the header is damaged; import the roads again") from None


def _view(whole: NDArray[np.uint8], start: int, entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype, shape = np.dtype(entry["dtype"]), tuple(entry["shape"])
    size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    begin = start + entry["offset"]
    array: NDArray[Any] = whole[begin : begin + size].view(dtype).reshape(shape)
    return array
