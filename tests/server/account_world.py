"""People who sign in: with keys, in browsers, and those who are refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from server_world import Refused, User, World

VIEWER = "/api/v1/viewer"
CHANGING = {"X-Besom": "1"}
"""A header that pages of other sites cannot send."""


def with_key(world: World, key: str, name: str = "ann") -> User:
    return User(world.client_with({"Authorization": f"Bearer {key}"}), name)


async def refusal(user: User, method: str, path: str, body: Any = None) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await user.call(method, path, body)
    return refused.value.status, refused.value.code


async def browser_of(world: World, url: str) -> httpx.AsyncClient:
    browser = world.client_with({})
    parts = urlsplit(url)
    if parts.fragment:
        await browser.post("/api/v1/session", json={"ticket": parts.fragment})
    else:
        await browser.get(f"{parts.path}?{parts.query}")
    return browser
