"""Makes this folder's helper modules importable: strategies, configs, method_conformance."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
pytest.register_assert_rewrite("method_conformance", "stopper_conformance")
settings.register_profile("untimed", deadline=None)  # a busy machine is no defect of what is tested
settings.load_profile("untimed")
