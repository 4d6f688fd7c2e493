"""Makes this folder's helper modules importable: strategies, configs, method_conformance."""

import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small: threads only cost
sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("method_conformance", "stopper_conformance")
