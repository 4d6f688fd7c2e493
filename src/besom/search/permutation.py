"""A pseudo-random order of the first n numbers that is computed, not stored: 10^18 of them take no memory."""

from __future__ import annotations

import hashlib

_ROUNDS = 8


class Permutation:
    """A bijection of 0 to ``size`` - 1, given by ``seed``.

    A balanced Feistel network over the next even number of bits, walked until it comes back inside (cycle walking;
    Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002): fewer than four steps on average.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self._half = max(1, ((size - 1).bit_length() + 1) // 2)
        self._mask = (1 << self._half) - 1
        self._key = (seed % 2**64).to_bytes(8, "little")

    def forward(self, number: int) -> int:
        """The number at place ``number``."""
        while (number := self._network(number, range(_ROUNDS))) >= self.size:
            pass
        return number

    def inverse(self, number: int) -> int:
        """The place of ``number``."""
        swap = self._half
        while True:
            number = number >> swap | (number & self._mask) << swap
            number = self._network(number, range(_ROUNDS - 1, -1, -1))
            number = number >> swap | (number & self._mask) << swap
            if number < self.size:
                return number

    def _network(self, number: int, rounds: range) -> int:
        left, right = number >> self._half, number & self._mask
        for step in rounds:
            left, right = right, left ^ self._scrambled(right, step)
        return left << self._half | right

    def _scrambled(self, half: int, step: int) -> int:
        text = step.to_bytes(1, "little") + half.to_bytes((self._half + 7) // 8, "little")
        width = min(64, (self._half + 7) // 8)
        return int.from_bytes(hashlib.blake2b(text, key=self._key, digest_size=width).digest(), "little") & self._mask
