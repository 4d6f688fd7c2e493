"""Loaded by every Python that starts with this folder on its path: its clock is wrong by as much as a file says.

The file ``FAULTS_CLOCK`` holds the seconds as a double and may be changed while the process runs. Only the time of day
is wrong; the monotonic clock is nobody's to set.
"""

import mmap
import os
import struct
import time

if place := os.environ.get("FAULTS_CLOCK"):
    with open(place, "rb") as file:
        offset = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
    right = time.time

    def wrong() -> float:
        """The time of day, as this machine believes."""
        return right() + struct.unpack("d", offset[:8])[0]

    time.time = wrong
