"""`python -m bench [GROUP]`: run every benchmark, or those whose name starts with GROUP, in turn."""

import subprocess
import sys
from pathlib import Path

HELPERS = {"__init__", "__main__", "claims", "sets"}


def benchmarks(group: str) -> list[str]:
    """Return the modules of this folder that have a main part, by name."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    runnable = [
        file for file in files if file.stem not in HELPERS and "__main__" in file.read_text(encoding="utf-8")
    ]
    return [f"bench.{file.stem}" for file in runnable if file.stem.startswith(group)]


def main() -> int:
    """Run them; the exit code counts those that failed to run (a claim that falls short is no failure)."""
    group = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = benchmarks(group)
    if not chosen:
        print(f"no benchmark starts with {group!r}; there are: {', '.join(benchmarks(''))}")
        return 2
    failed = 0
    for module in chosen:
        print(f"== {module}", flush=True)
        failed += bool(subprocess.run([sys.executable, "-m", module], check=False).returncode)
    return failed


if __name__ == "__main__":
    sys.exit(main())
