"""The exit code of a program that ends with ``raise SystemExit(...)``.

Python tells it to nobody: ``sys.excepthook`` is not called, and ``atexit`` functions get no argument. What stays is
the frame of the main module, and in it the instruction at which it ended.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dis


class MainFrame:
    """The lowest frame of the program's main thread."""

    def __init__(self) -> None:
        self._frame: FrameType | None = None

    def look(self) -> None:
        """Notes the frame; called by the program while it runs."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame.f_back is not None:
            frame = frame.f_back
        if frame is not None and frame.f_globals.get("__name__") == "__main__":
            self._frame = frame

    def returned(self) -> bool:
        """Whether the program has come to its last line; False where that is not known."""
        ran = self._ran()
        return bool(ran) and ran[-1].opname.startswith("RETURN_")

    def exit_code(self) -> int:
        """The code, where neither ``sys.exit`` nor ``sys.excepthook`` were called.

        A number or text that the main module itself raises is known. What it computes there, as in
        ``raise SystemExit(main())``, cannot be known any more and counts as success; an exit from deeper within, where
        errors are found, counts as failure.
        """
        ran = self._ran()
        if not ran or ran[-1].opname.startswith("RETURN_"):
            return 0
        if ran[-1].opname != "RAISE_VARARGS":
            return 1
        argument = next((one for one in reversed(ran[:-1]) if not one.opname.startswith(("PRECALL", "CALL"))), None)
        if argument is None or argument.opname not in ("LOAD_CONST", "LOAD_SMALL_INT"):
            return 0
        said = argument.argval
        return said & 0xFF if isinstance(said, int) else int(said is not None)

    def _ran(self) -> list[dis.Instruction]:
        """The main module's instructions up to the one at which it ended; none where the module is not known."""
        if self._frame is None:
            return []
        import dis  # late: few programs end this way

        # A call's offset is that of its last code unit, which is no instruction of its own.
        return [one for one in dis.get_instructions(self._frame.f_code) if one.offset <= self._frame.f_lasti]
