"""The harness all benchmarks share: measure in a fresh process, then say whether the claim holds.

A benchmark passes module-level functions (they are pickled to a spawned interpreter, so that memory of one
run never counts for the next) and ends with one line per claim::

    nearest_500: 142x scipy (target >= 100x) ok
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection


@dataclass(frozen=True)
class Measured:
    """One run: what it returned, wall seconds, and peak resident memory of its process in bytes."""

    value: Any
    seconds: float
    peak_bytes: int

    @property
    def peak_mb(self) -> float:
        """Peak resident memory in MB (10⁶ bytes), the interpreter and its imports included."""
        return self.peak_bytes / 1e6


def peak_bytes() -> int:
    """Peak resident memory of this process so far, in bytes."""
    # Linux keeps ru_maxrss over fork and exec, so the parent's peak would count here; VmHWM does not.
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        unit = 1 if platform.system() == "Darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _child(pipe: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        begin = time.perf_counter()
        value = function(*arguments)
        pipe.send((None, value, time.perf_counter() - begin, peak_bytes()))
    except BaseException as error:  # noqa: BLE001  the parent raises it
        pipe.send((error, None, 0.0, 0))


def measure(function: Callable[..., Any], *arguments: Any) -> Measured:
    """Run a module-level function in a fresh interpreter; its value comes back pickled, so keep it small.

    Raises:
        RuntimeError: the process died without an answer (out of memory, a signal).
        BaseException: whatever the function raised.

    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        error, value, seconds, peak = receiver.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{function.__name__} ended with exit code {process.exitcode}") from None
    process.join()
    if error is not None:
        raise error
    return Measured(value, seconds, peak)


def quantiles(seconds: list[float]) -> tuple[float, float]:
    """Median and 99th percentile of a list of run times."""
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def faster(name: str, peer: str, ours: float, theirs: float, target: float) -> bool:
    """Print the line of a claim "so many times as fast as the peer"; whether it holds."""
    ratio = theirs / ours
    return _line(name, f"{ratio:.3g}x {peer}", f">= {target:g}x", ratio >= target)


def at_most(name: str, value: float, target: float, unit: str) -> bool:
    """Print the line of a claim "no more than"; whether it holds."""
    return _line(name, f"{value:.4g} {unit}", f"<= {target:g} {unit}", value <= target)


def at_least(name: str, value: float, target: float, unit: str) -> bool:
    """Print the line of a claim "no less than"; whether it holds."""
    return _line(name, f"{value:.4g} {unit}", f">= {target:g} {unit}", value >= target)


def _line(name: str, reached: str, target: str, holds: bool) -> bool:
    print(f"{name}: {reached} (target {target}) {'ok' if holds else 'short'}", flush=True)
    return holds


def machine() -> str:
    """One line on the machine, for the head of a report."""
    kind = f"{platform.system()} {platform.machine()}"
    return f"{kind}, {os.cpu_count()} cores, Python {platform.python_version()}"
