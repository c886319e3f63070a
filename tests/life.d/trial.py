"""A trial: one row's room, its figures and what it missed."""

import random
import time
from collections.abc import Callable
from pathlib import Path


class Miss(Exception):
    """What must hold does not, and the row cannot go on."""


class NotRun(Exception):
    """The machine lacks what the row needs."""


class NotHere(Exception):
    """Nothing that can be installed makes the row run: a container that mounts no disk."""


class Trial:
    """What a row is given and what it gives back."""

    def __init__(
        self,
        name: str,
        program: Path,
        room: Path,
        long: bool,
        days: int,
        rng: random.Random,
        say: Callable[[str], None],
    ) -> None:
        """`room` is an empty folder of its own, `days` are the month's; `say` prints a line."""
        self.name, self.program, self.room, self.rng = name, program, room, rng
        self.long, self.days = long, days
        self._say = say
        self.figures: list[str] = []
        self.misses: list[str] = []

    def figure(self, text: str) -> None:
        """Something that was measured."""
        self.figures.append(text)
        self.say(text)

    def say(self, text: str) -> None:
        """A line on the way."""
        self._say(f"{self.name}: {text}")

    def miss(self, text: str) -> None:
        """Something that does not hold; the row goes on."""
        text = f"MISS: {text}".replace("|", "/").replace("\n", " ")
        self.misses.append(text)
        self.say(text)

    def hold(self, holds: bool, text: str) -> None:
        """`text` says what is wrong where it does not hold."""
        if not holds:
            self.miss(text)


def until(done: Callable[[], object], within_s: float, what: Callable[[], str]) -> float:
    """Waits until `done`; seconds it took. Raises `Miss` with `what` once `within_s` is over."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > within_s:
            raise Miss(f"{what()} (waited {within_s:.0f} s)")
        time.sleep(0.05)
    return time.monotonic() - began


def share(values: list[float], part: float) -> float:
    """The value below which this part of `values` lies, nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]
