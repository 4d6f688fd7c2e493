"""Messages are read by several threads at once, from the first one of their kind on."""

from __future__ import annotations

import subprocess
import sys

AT_ONCE = """
import sys, threading, types
import msgspec
from besom.protocol.reading import prepare, reader

sys.setswitchinterval(1e-6)
source = '''
from __future__ import annotations
import msgspec
class Within(msgspec.Struct):
    text: str
    numbers: list[int] | None = None
class Whole(msgspec.Struct):
    one: Within
    other: Within
'''
messages = compile(source, "messages", "exec")
value = {"one": {"text": "a"}, "other": {"text": "b", "numbers": [1]}}
text = msgspec.json.encode(value)

def at_once(read):
    together = threading.Barrier(4)
    threads = [threading.Thread(target=lambda: (together.wait(), read())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

for number in range(400):
    module = sys.modules["besom.messages"] = types.ModuleType("besom.messages")
    exec(messages, module.__dict__)
    kind = module.Whole
    if number % 2:
        assert kind in prepare()
        at_once(lambda: msgspec.convert(value, kind))
    else:
        at_once(lambda: reader(kind)(text))
"""
IMPORTED_LATE = """
import importlib, pkgutil
import besom.server.app
from besom.protocol.reading import prepare

besom.server.app.assemble()
for module in pkgutil.walk_packages(besom.server.__path__, "besom.server."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
# The framework makes kinds of handlers, too; those the event loop alone reads.
print(*[kind for kind in prepare() if not kind.__name__.endswith("_signature_model")])
"""


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.returncode}: {done.stderr}"
    return done.stdout.strip()


def test_threads_that_are_the_first_to_read_a_message_of_its_kind_may_do_so_together():
    run(AT_ONCE)


def test_how_messages_are_read_is_known_before_a_server_has_threads_and_with_what_it_imports_late():
    assert run(IMPORTED_LATE) == ""
