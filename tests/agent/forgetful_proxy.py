"""A proxy that passes every request on, and loses the first answer of each kind on its way back."""

import re

from faulty_proxy import Fate, Fault, FaultyProxy


class ForgetfulProxy(FaultyProxy):
    """``lost`` holds the requests whose answers never arrived."""

    def __init__(self, server: str, lose: str) -> None:
        """Loses the first answer to each path (and body) that matches ``lose``."""
        self.lost: list[str] = []
        self._seen: set[tuple[str, bytes]] = set()
        self._pattern = re.compile(lose)
        super().__init__(server, self._forget)

    def _forget(self, _method: str, path: str, body: bytes) -> Fate:
        if not self._pattern.search(path) or (path, body) in self._seen:
            return Fate()
        self._seen.add((path, body))
        self.lost.append(path)
        return Fate(Fault.DROP_ANSWER)
