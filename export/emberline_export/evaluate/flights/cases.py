"""What is flown, and by which methods."""

from dataclasses import dataclass, replace

from .camera import Lens
from .flight import PATHS, Flight
from .program import Method
from .relief import Relief

EXACT = Method("poses", "exact", "off")
EXACT_MAP = Method("poses + map", "exact")
TOLD = Method("poses", "noisy", "off")
MAP = Method("poses + map", "noisy")
IMAGE = Method("image only", "none")
MASKS = Method("poses, true masks", "exact", "off", masks=True)
STILL = Method("not steadied", "none", "off")  # the film as it is, by `emberline forecast`
LENS_UNTOLD = Method("poses + map, lens not told", "noisy", lens_told=False)
LK = Method("LK, frame to frame (OpenCV)", "none")
# Rows of the tables, in their order.
METHODS = (MASKS, EXACT, EXACT_MAP, TOLD, MAP, LENS_UNTOLD, IMAGE, LK, STILL)

START = {"B": 20, "C": 10, "pine straw": 0}
SHAPED = ("straight lens, flat ground", "lens that bends", "slope of 15 %", "ridge")
BEND = (-0.2, 0.05, 0.0, 0.0)


@dataclass(frozen=True)
class Case:
    """One flight and what is made of it."""

    what: str
    flight: Flight
    methods: tuple[Method, ...]
    forecast: bool = False

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.what}: {self.flight.name}"


def flight(film: str, path: str, seed: int, **more: object) -> Flight:
    """A flight from where the film is worth it."""
    return Flight(film, path, seed, START[film], **more)


def plain() -> list[Case]:
    """Ten flights by two seeds."""
    pairs = [(film, path) for film in "BC" for path in PATHS]
    pairs += [("pine straw", "hover"), ("pine straw", "patrol")]
    every = (EXACT, EXACT_MAP, TOLD, MAP, IMAGE, LK, STILL)
    return [Case("plain", flight(f, p, seed), every) for seed in (1, 2) for f, p in pairs]


def hard() -> list[Case]:
    """What makes it hard to hold on to the ground."""
    kinds = [
        ("ground contrast × 0.3", {"contrast": 0.3}),
        ("ground contrast × 0.1", {"contrast": 0.1}),
        ("one frame in 5 s", {"every_s": 5}),
        ("20 s without frames", {"outage_s": (60, 80)}),
    ]
    methods = (EXACT, TOLD, MAP, IMAGE, LK)
    return [
        Case(what, flight(film, "patrol", 3, **more), methods)
        for what, more in kinds
        for film in "CB"
    ]


def bent() -> list[Case]:
    """A lens that bends, and ground that is not flat."""
    plain = (EXACT, TOLD, MAP)
    kinds = [
        (SHAPED[0], {}, plain),
        (SHAPED[1], {"lens": Lens(bend=BEND)}, (*plain, LENS_UNTOLD)),
        (SHAPED[2], {"relief": Relief(slope=0.15)}, plain),
        (SHAPED[3], {"relief": Relief(ridge_m=15.0)}, plain),
    ]
    return [
        Case(what, flight("C", path, 3, **more), methods)
        for what, more, methods in kinds
        for path in ("patrol", "orbit")
    ]


def forecasts() -> list[Case]:
    """Seven flights of 300 s, a frame each 2 s, and the forecast from them."""
    pairs = [("B", path) for path in PATHS] + [("C", path) for path in PATHS[:3]]
    methods = (MASKS, EXACT, EXACT_MAP, TOLD, MAP, IMAGE, STILL)
    return [
        Case("forecast", flight(f, p, 4, seconds=300, every_s=2), methods, True) for f, p in pairs
    ]


def cost() -> list[Case]:
    """Frames of a real camera's size."""
    lens = Lens(640, 512)
    return [Case("640 × 512", flight("C", "patrol", 3, seconds=60, lens=lens), (EXACT, MAP))]


def long() -> list[Case]:
    """All of them."""
    return [*plain(), *hard(), *bent(), *forecasts(), *cost()]


def short() -> list[Case]:
    """Two flights of 60 s, for CI."""
    pair = [flight("C", "patrol", 1), flight("B", "hover", 1)]
    methods = (EXACT, TOLD, MAP, IMAGE)
    return [Case("plain", replace(f, seconds=60), methods) for f in pair]
