"""Shared by all tests: helper modules beside a test file can be imported by their plain name."""

import signal
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    *(str(folder) for folder in HERE.iterdir() if folder.is_dir() and folder.name[0] not in "._"),
]

# A shell that starts the tests in the background lets them ignore Ctrl-C, and whatever they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
