"""Questions about one run or sweep each, answered for all of a page together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping
from typing import Any

Answer = Callable[[list[str]], Awaitable[Mapping[str, Any]]]
"""From ids to what was asked, by id; what has no answer may be left out."""


class Batches:
    """Collects what the fields of a page ask in the same turn of the event loop; made for one request."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, dict[str, asyncio.Future[Any]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, question: Hashable, answer: Answer, asked_of: str) -> Awaitable[Any]:
        """What ``answer`` says of one thing, None where nothing. Call it before the first ``await`` of a resolver.

        Args:
            question: The same for all things that ``answer`` may be asked about at once.
            answer: Of the first that asks.
            asked_of: The thing's id.
        """
        loop = asyncio.get_running_loop()
        if question not in self._waiting:
            self._waiting[question] = {}
            loop.call_soon(self._start, question, answer)
        return self._waiting[question].setdefault(asked_of, loop.create_future())

    def _start(self, question: Hashable, answer: Answer) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(self._waiting.pop(question), answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, waiting: dict[str, asyncio.Future[Any]], answer: Answer) -> None:
        try:
            found = await answer(list(waiting))
        except Exception as error:  # whoever waits raises it
            for future in waiting.values():
                future.set_exception(error)
        else:
            for asked_of, future in waiting.items():
                future.set_result(found.get(asked_of))
