"""Loaded by `-p tests.early`, before pytest-django reads the settings: gives each test process a data folder.

A conftest would come too late: the settings are read before it, and tests would share the checkout's `var`.
"""

from __future__ import annotations

import os
import tempfile

KEPT = {"ANLAN_DATABASE_URL", "ANLAN_SHARED_DATA", "ANLAN_NIGHT_CALLS", "ANLAN_KILLS"}
"""What a test run may take from the shell; other settings of an installation would change what is tested."""

FOLDER = tempfile.TemporaryDirectory(prefix="anlan-tests-", ignore_cleanup_errors=True)

for _name in [name for name in os.environ if name.startswith("ANLAN_") and name not in KEPT]:
    del os.environ[_name]
os.environ.pop("DEMO", None)
os.environ["ANLAN_DATA_DIR"] = FOLDER.name


def pytest_unconfigure() -> None:
    """Remove the folder with all that the tests left there."""
    FOLDER.cleanup()
