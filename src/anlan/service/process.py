"""What every process of an installation does: end with the one that started it."""

import os
import threading
import time

WATCH_S = 0.3


def end_with_parent() -> None:
    """End this process when the supervisor that started it is gone, even by SIGKILL."""
    parent = int(os.environ.get("ANLAN_PARENT", "0"))
    if parent:
        threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    os._exit(1)
