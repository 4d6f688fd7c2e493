"""A shell on a host that the user's OpenSSH reaches. It is sent a script only once it has said that it listens, so what
was not sent was certainly not run, however the connection ended."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Sequence
from threading import Timer
from typing import IO, cast

from besom.launch import program
from besom.launch.program import EngineError, Unfinished

ANSWER = "besom-answers:"
"""Begins the line with which a script answers: the files that shells read when they start may print more."""
_LISTENS = "besom-listens"
_HIGHEST_OF_ITS_OWN = 128
"""Above it are the exit codes of shells that a signal ended, and 255, that of a broken connection."""


def words(host: str, options: Sequence[str]) -> list[str]:
    """The command that gets a shell there."""
    # BatchMode: nobody is there to type a password for sixteen connections at once.
    return ["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", *options, host, "sh", "-s"]


def ask(host: str, options: Sequence[str], script: str) -> str:
    """Runs a script there; returns what it answered.

    Args:
        host: as ``ssh`` knows it.
        options: more of ``ssh``.
        script: prints a line that begins with ``ANSWER``, or fails before it has done anything.

    Raises:
        EngineError: it was not run, or has failed.
        Unfinished: it was sent, and nobody knows what became of it.
    """
    # What ssh complains of goes to a file: a connection that it keeps open for later ones would hold a pipe, too.
    with tempfile.TemporaryFile() as complaints:
        with _started(words(host, options), complaints) as ssh:
            patience = Timer(program.PATIENCE_SECONDS, ssh.kill)
            patience.start()
            try:
                sent, answer, said = _converse(cast("IO[str]", ssh.stdin), cast("IO[str]", ssh.stdout), script)
                code = ssh.wait()
                late = not patience.is_alive()
            finally:
                patience.cancel()
        complaints.seek(0)
        said = complaints.read().decode(errors="replace").strip() or said.strip() or "nothing"
    if answer is not None:  # then it does not matter how the connection ended
        return answer
    end = f"was ended after {program.PATIENCE_SECONDS:.0f} s" if late else f"ended with exit code {code}"
    end = f"ssh {end} and said:\n  " + said.replace("\n", "\n  ")
    if sent and not 0 < code <= _HIGHEST_OF_ITS_OWN:
        raise Unfinished(f"no answer came. {end}")
    raise EngineError(end)


def _started(command: list[str], complaints: IO[bytes]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(  # noqa: S603  never through a shell of this machine
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise EngineError(f"ssh cannot be started: {error.strerror}.", "Install OpenSSH's client.") from None


def _converse(to: IO[str], of: IO[str], script: str) -> tuple[bool, str | None, str]:
    """Returns whether the script was sent, what it answered, and all else that was said."""
    sent, answer, said = False, None, ""
    with contextlib.suppress(BrokenPipeError):  # ssh has ended, and says why
        to.write(f"printf '\\n%s\\n' {_LISTENS}\n")
        to.flush()
    for line in of:
        if line.startswith(ANSWER) and line.endswith("\n"):  # all of it
            answer = line.removeprefix(ANSWER).rstrip("\n")
        elif line == f"{_LISTENS}\n":
            sent = True
            with contextlib.suppress(BrokenPipeError):
                to.write(f"{{\n{script}\n}}\n")  # a group: nothing of it is run before all of it is there
                to.close()
        else:
            said += line
    with contextlib.suppress(BrokenPipeError):
        to.close()
    return sent, answer, said
