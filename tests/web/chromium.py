"""The browser of the tests and of the pictures: Debian's, kept from doing anything of its own accord."""

from __future__ import annotations

import shutil

PATH = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"
"""The same engine without windows takes half the time."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--process-per-site",
    "--enable-blink-features=ComputedAccessibilityInfo",  # names and roles as a screen reader hears them
]
