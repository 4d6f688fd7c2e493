"""Suggestions for agents that wait for one: all that ask a sweep meanwhile share one computation, in a thread.

A suggestion is computed from what is stored, and then handed out in a transaction that first looks whether others were
handed out since; if so it is computed anew. Nothing of it is stored before, so a server that dies loses nothing.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from besom.protocol import NextReply, NextWait
from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.refusals import Conflict, Refusal
from besom.server.store import sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.search import Suggestion, Trial

_ATTEMPTS = 20
"""Computations in a row that may come too late before the agents are asked to try again."""
_LARGEST_BATCH = 256


@dataclass(frozen=True, slots=True)
class Ask:
    """Not an answer yet: search must be asked first."""

    sweep_id: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Suggestions in their order, each with the identity of its configuration."""

    plan: Plan
    """What they were made for."""
    index: int
    """How many suggestions the sweep had been given before the first of them."""
    suggestions: list[tuple[Suggestion, str]]

    def at(self, index: int) -> tuple[Suggestion, str] | None:
        """The suggestion with that number; None when it is none of these."""
        place = index - self.index
        return self.suggestions[place] if 0 <= place < len(self.suggestions) else None


Decide: TypeAlias = "Callable[[Offer | None, Unit], NextReply | Ask]"
"""The answer to one agent, in a transaction."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    decide: Decide
    reply: asyncio.Future[NextReply]


class Suggestions:
    """Answers agents whose sweep must be searched first."""

    def __init__(self, ctx: Context, plans: Plans) -> None:
        self._ctx = ctx
        self._plans = plans
        self._queues: dict[str, list[_Waiting]] = {}
        self._at_work: set[asyncio.Task[None]] = set()
        # What is quick must not wait for another sweep's models.
        self._quick = ThreadPoolExecutor(2, thread_name_prefix="besom-random")
        self._slow = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="besom-bayes")

    def close(self) -> None:
        """Ends the threads; what is being computed is waited for."""
        self._quick.shutdown(cancel_futures=True)
        self._slow.shutdown(cancel_futures=True)

    async def answer(self, sweep_id: str, decide: Decide) -> NextReply:
        """What ``decide`` answers with a suggestion; asked again while its suggestions come too late."""
        waiting = _Waiting(decide, asyncio.get_running_loop().create_future())
        queue = self._queues.get(sweep_id)
        if queue is None:
            self._queues[sweep_id] = [waiting]
            task = asyncio.create_task(self._work_off(sweep_id))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        else:
            queue.append(waiting)
        return await waiting.reply

    async def _work_off(self, sweep_id: str) -> None:
        queue = self._queues[sweep_id]
        try:
            while queue:
                batch = queue[:_LARGEST_BATCH]
                del queue[:_LARGEST_BATCH]
                try:
                    await self._serve(sweep_id, batch)
                except Exception as error:
                    for waiting in _unanswered(batch):
                        waiting.reply.set_exception(error)
        finally:
            del self._queues[sweep_id]
            for waiting in _unanswered(queue):
                waiting.reply.cancel()

    async def _serve(self, sweep_id: str, batch: list[_Waiting]) -> None:
        for _ in range(_ATTEMPTS):
            batch = _unanswered(batch)
            if not batch:
                return
            offer = await self._search(sweep_id, len(batch))
            work = _Handout(self._plans, sweep_id, [waiting.decide for waiting in batch], offer)
            for waiting, answer in zip(batch, await self._ctx.write(work), strict=True):
                if isinstance(answer, Ask) or waiting.reply.done():
                    continue
                if isinstance(answer, Refusal):
                    waiting.reply.set_exception(answer)
                else:
                    waiting.reply.set_result(answer)
        for waiting in _unanswered(batch):
            waiting.reply.set_result(NextWait(reason="other agents were faster each time; ask again"))

    async def _search(self, sweep_id: str, count: int) -> Offer | None:
        """The next suggestions; None where none are made, because the agents only waited for a prepared plan."""

        def look(conn: Connection) -> tuple[Plan, int, list[Trial]] | None:
            sweep = sweeps.get(conn, sweep_id)
            if sweep is None:
                return None
            plan = self._plans.of(sweep)
            reads = plan.is_ready and plan.is_searched and plan.needs_trials
            return plan, sweep.suggested, plan.trials.read(conn, sweep) if reads else []

        found = await self._ctx.read(look)
        if found is not None and not found[0].is_ready:
            await asyncio.to_thread(found[0].prepare)
            found = await self._ctx.read(look)
        if found is None or not found[0].is_ready or not found[0].is_searched:
            return None
        plan, index, trials = found
        self._plans.trim(sweep_id)
        pool = self._slow if plan.config.method == "bayes" else self._quick
        with self._ctx.span("suggest", sweep=sweep_id, method=plan.config.method, runs=len(trials), count=count):
            computing = asyncio.get_running_loop().run_in_executor(pool, _suggest, plan, trials, index, count)
            suggestions, seconds = await computing
        self._ctx.tally.suggestions += len(suggestions)
        self._ctx.tally.search_seconds.add(seconds)
        return Offer(plan, index, suggestions)


@dataclass(frozen=True, slots=True)
class _Handout:
    """Answers the agents of a batch one after the other, each in a savepoint of its own."""

    plans: Plans
    sweep_id: str
    decisions: list[Decide]
    offer: Offer | None

    def __call__(self, unit: Unit) -> list[NextReply | Ask | Refusal]:
        offer = self.offer
        if offer is not None:
            sweep = sweeps.get(unit.conn, self.sweep_id)
            if sweep is None or sweep.suggested != offer.index or self.plans.of(sweep) is not offer.plan:
                offer = None  # of what was handed out, queued or replaced meanwhile, the suggestions know nothing
        answers: list[NextReply | Ask | Refusal] = []
        for decide in self.decisions:
            try:
                with unit.part():
                    answers.append(decide(offer, unit))
            except Refusal as refusal:
                answers.append(refusal)
        return answers


def _suggest(plan: Plan, trials: list[Trial], index: int, count: int) -> tuple[list[tuple[Suggestion, str]], float]:
    """The suggestions, each with the identity of its configuration, and what they took in seconds."""
    from besom.search import configuration_hash, suggest

    began = time.perf_counter()
    try:
        found = suggest(plan.config, trials, index=index, count=count, seed=plan.seed, warm=plan.warm)
    except ValueError as error:
        raise Conflict("no_suggestion", f"The search of this sweep finds no point to run: {error}.") from error
    named = [(suggestion, configuration_hash(plan.config, suggestion.values)) for suggestion in found]
    return named, time.perf_counter() - began


def _unanswered(batch: list[_Waiting]) -> list[_Waiting]:
    """Also without those whose caller has gone."""
    return [waiting for waiting in batch if not waiting.reply.done()]
