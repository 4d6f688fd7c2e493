"""Makes this folder's helper modules importable: strategies, configs, method_conformance."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small: threads only cost
sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("method_conformance", "stopper_conformance")
settings.register_profile("untimed", deadline=None)  # a busy machine is no defect of what is tested
settings.load_profile("untimed")
