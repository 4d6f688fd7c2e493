"""The descriptors 0, 1 and 2 of a process that was started without some of them, as by ``ssh HOST '... >&- 2>&- &'``.

The next file to be opened would take such a place, and get what the program's C code and its children print: a spool
would have lines that nobody logged, and a child would keep its lock.
"""

from __future__ import annotations

import os


def hold() -> None:
    """Has them lead nowhere, here and in programs that are started from here."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
