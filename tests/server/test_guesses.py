"""Who comes with secrets that nobody has is held back, and nobody else."""

from __future__ import annotations

import pytest
from account_world import VIEWER, with_key
from server_world import World

from besom.server.limits.limiter import Limiter, Overloaded
from besom.server.limits.settings import Limits
from besom.server.services.sessions import Sessions
from besom.server.services.users import new_secret

pytestmark = pytest.mark.anyio


async def test_who_makes_keys_up_is_held_back_by_the_address_and_good_keys_from_there_are_not(world: World) -> None:
    world.client._transport.app.state.limiter = Limiter(Limits(guesses=1), lambda: 0.0, lambda: 0)
    await world.call("GET", "/viewer")
    seen = []
    for _ in range(40):
        stranger = world.client_with({"Authorization": f"Bearer {new_secret()}"})
        seen.append((await stranger.get(VIEWER)).status_code)
    assert seen[0] == 401
    assert set(seen[20:]) == {429}
    world.client._transport.app.state.metrics._key = "a-key-that-opens-metrics-alone"
    scrape = world.client_with({"Authorization": "Bearer a-key-that-opens-metrics-alone"})
    assert (await scrape.get("/metrics")).status_code == 200, "the key for metrics is no guess"
    endings = world.services.sessions.endings
    for method, path, more in (
        ("GET", "/api/v1/events?entity=ann&project=p", {"Authorization": "Bearer "}),
        ("GET", "/login?ticket=", {}),
        ("DELETE", "/api/v1/session", {"X-Besom": "1", "Cookie": "besom_session_7878="}),
    ):
        world.client._transport.app.state.limiter = Limiter(Limits(guesses=1), lambda: 0.0, lambda: 0)
        seen = []
        for _ in range(40):
            secret = new_secret()
            headers = {name: value if name == "X-Besom" else value + secret for name, value in more.items()}
            address = path + secret if path.endswith("=") else path
            seen.append((await world.client_with({}).request(method, address, headers=headers)).status_code)
        assert seen[0] != 429, path
        assert set(seen[20:]) == {429}, path
    assert world.services.sessions.endings == endings, "nobody is looked up anew for what is made up"
    world.services.sessions.forget()
    assert (await world.call("GET", "/viewer"))["name"] == "ann"
    fresh = with_key(world, (await world.call("POST", "/keys", {"name": "new"}))["secret"])
    assert (await fresh.call("GET", "/viewer"))["name"] == "ann", "a key that was just made is no guess"
    begun_anew = Sessions(world.services.ctx)
    await begun_anew.meet_new()
    assert begun_anew.knows(world.key)
    assert not begun_anew.knows("x" * 40)
    limiter = Limiter(Limits(guesses=1), lambda: 0.0, lambda: 0)
    for number in range(40):
        limiter.count_guess(f"2001:db8::{number:x}:1")
        limiter.count_guess(f"::ffff:10.0.0.{number}")
    for held in ("2001:db8::ffff:0:0:7", "2001:0db8::"):
        with pytest.raises(Overloaded):
            limiter.refuse_guessing(held)
    for free in ("2001:db8:0:1::1", "10.0.0.41", "10.0.0.1", ""):
        limiter.refuse_guessing(free)
