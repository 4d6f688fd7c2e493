"""Shared by all tests: helper modules beside a test file can be imported by their plain name."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    *(str(folder) for folder in HERE.iterdir() if folder.is_dir() and folder.name[0] not in "._"),
]
