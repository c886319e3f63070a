"""From which frames of the held-out radar events a nowcast is made.

A start has at least three frames of history (what S-PROG and STEPS with two autoregressive terms
need). A single film has a start every few frames, or at every frame where that leaves fewer than a
dozen, as long as half of the leads can be scored. An event of many windows (MRMS: 16 windows at
three phases each) has one start a window, the phases in turn, as early as the history allows: its
windows are the same hour, and its films end before the last lead.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .clips import Clips
from .rain import DRY_DB, EVENTS, STEP_DB

LEADS, FEWEST_LEADS = 12, 6
HISTORY, LONGEST_HISTORY = 3, 12  # frames
FEW_STARTS = 12  # an event with fewer possible starts is not thinned


@dataclass(frozen=True)
class Start:
    """What a method may see, and what followed."""

    event: str
    film: int
    at: int  # frame of the film that is the last one seen
    codes: np.ndarray  # uint8 [T, H, W] up to `at`: 0 dry, 255 no data
    truth_mm_h: np.ndarray  # float32 [L, H, W], NaN no data; fewer leads where the film ends
    step_min: float
    cell_km: float

    @property
    def rain_mm_h(self) -> np.ndarray:
        """Frames seen `[T, H, W]`, NaN no data."""
        return rates_of(self.codes)


def rates_of(codes: np.ndarray) -> np.ndarray:
    """Radar codes → mm/h, float32, NaN no data; each code is computed once in float64."""
    table = 10 ** ((DRY_DB + STEP_DB * (np.arange(256.0) - 1)) / 10)
    table[0], table[255] = 0, np.nan
    return table.astype(np.float32)[codes]


def phase_of_window(film: int, phases: int) -> bool:
    """Whether a film is the phase that its window is scored at; films lie window by window."""
    return film % phases == film // phases % phases


def starts(event: str, clips: Clips, every: int) -> Iterator[Start]:
    """All starts of an event, in the order of time within a film."""
    length = clips.frames.shape[1]
    first, last = HISTORY - 1, length - 1 - FEWEST_LEADS
    windows = len(clips) > 1
    if windows:
        last = first
    step = every if last - first + 1 >= FEW_STARTS else 1
    for film in range(len(clips)):
        if windows and not phase_of_window(film, EVENTS[event][1]):
            continue
        frames = clips.frames[film]
        for at in range(first, last + 1, step):
            yield Start(
                event,
                film,
                at,
                frames[max(0, at + 1 - LONGEST_HISTORY) : at + 1],
                rates_of(frames[at + 1 : at + 1 + LEADS]),
                float(clips.facts["minutes"][film]),
                float(clips.facts["cell_km"][film]),
            )
