"""Values as one line of text that is JSON and YAML 1.1 at once.

JSON is nearly a part of YAML. Three differences matter: YAML 1.1 takes ``1e-05`` for text, so the mantissa gets a
point; NaN and infinities are ``.nan`` and ``.inf``; and characters that YAML does not allow are escaped.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\.inf|\.nan')
_IN_JSON = {".nan": "NaN", ".inf": "Infinity", "-.inf": "-Infinity"}


def write_flow(value: Any) -> str:
    """Return JSON data as one line that any YAML reader understands."""
    if isinstance(value, str):
        return _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{write_flow(key)}: {write_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(write_flow, value)) + "]"
    return json.dumps(value)


def read_flow(line: str) -> Any:
    """Read what ``write_flow`` wrote. Raises ValueError for anything that is not JSON."""
    return json.loads(_TOKEN.sub(lambda match: _IN_JSON.get(match[0], match[0]), line))


def _float(number: float) -> str:
    if math.isnan(number):
        return ".nan"
    if math.isinf(number):
        return ".inf" if number > 0 else "-.inf"
    mantissa, exponent, power = repr(number).partition("e")
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else repr(number)
