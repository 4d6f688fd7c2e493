"""Runs any program and logs the JSON objects that it prints, one per line: ``python log_lines.py COMMAND ...``."""

import contextlib
import json
import subprocess
import sys

import besom

with besom.init(project="poisson") as run:
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True) as program:
        for line in program.stdout:
            print(line, end="")
            with contextlib.suppress(ValueError):  # a line for people
                if isinstance(values := json.loads(line), dict):
                    run.log(values)
    sys.exit(program.returncode)
