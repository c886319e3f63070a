"""Real radar films by event, thinned to any step, and the starts that nowcasts are scored from.

Films of one event are the same hours and stay on one side of every split: all MRMS windows, all
OPERA windows, both windows of a DWD product. SMHI (CC BY-SA) only validates. A thinned film keeps
every n-th frame up to the start; the truth keeps every frame, so that leads stay in minutes.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from .rain_starts import rates_of
from .scores.skill import CLASSES

EVENTS = {
    "fmi": "radar_dev/fmi_20160928_s.npz",
    "knmi": "radar_dev/knmi_20100826.npz",
    "mrms": "radar_dev/mrms_20190610_w*.npz",
    "meteonet": "radar_dev/meteonet_se_20160828.npz",
    "dwd_ry": "radar_more/dwd_ry_20210823_w*.npz",
    "dwd_yw": "radar_more/dwd_yw_20170816_w*.npz",
    "opera": "radar_more/opera_20241126_w*.npz",
    "smhi": "radar_more/smhi_gothenburg_20150725.npz",
}
WHAT = {
    "fmi": "Finland (FMI), 28 September 2016",
    "knmi": "Netherlands (KNMI), 26 August 2010",
    "mrms": "United States (NOAA/NSSL MRMS), 10 June 2019",
    "meteonet": "south-east France (MeteoNet), 28 August 2016",
    "dwd_ry": "Germany (DWD RY), 23 August 2021",
    "dwd_yw": "Germany (DWD YW), 16 August 2017",
    "opera": "Europe (OPERA CIRRUS), 26 November 2024",
    "smhi": "Gothenburg (SMHI), 25 July 2015",
}
VALIDATES_ONLY = ("smhi",)  # share-alike: no number that is shipped may be fitted on it
# Leads by which all that was seen has left a small view: what is then in it nobody can know.
NOT_SCORED = {("smhi", 120)}
HISTORY_MIN = 30.0  # of frames handed to a method


@dataclass(frozen=True)
class Film:
    """One window of one event."""

    event: str
    name: str
    codes: np.ndarray  # uint8 [T, H, W]: 0 dry, 255 no data
    step_min: float
    cell_km: float


@dataclass(frozen=True)
class Start:
    """What a method may see, and what followed."""

    film: Film
    at: int  # frame of the film that is the last one seen
    step_min: float  # of what is seen; a multiple of the film's own

    @property
    def name(self) -> str:
        """Unique among all starts, and fit for a file."""
        return f"{self.film.name}_{self.at:03d}_{self.step_min:g}min"

    @property
    def seen(self) -> np.ndarray:
        """Frames that are seen, places in the film, rising to `at`."""
        every = round(self.step_min / self.film.step_min)
        least = max(0, self.at - int(HISTORY_MIN / self.film.step_min + 0.5))
        return np.arange(self.at, least - 1, -every)[::-1]

    @property
    def rain_mm_h(self) -> np.ndarray:
        """Frames seen `[T, H, W]`, NaN no data."""
        return rates_of(self.film.codes[self.seen])

    @property
    def ages_min(self) -> np.ndarray:
        """How old each is, falling to 0."""
        return (self.at - self.seen) * self.film.step_min

    def truth_mm_h(self, lead_min: float) -> np.ndarray | None:
        """What was seen so many minutes later; None where the film has no such frame."""
        k = self.at + lead_min / self.film.step_min
        if abs(k - round(k)) > 1e-6 or round(k) >= len(self.film.codes):
            return None
        return rates_of(self.film.codes[round(k)])

    def leads(self) -> dict[int, float]:
        """Class of lead → the lead, minutes: a multiple of the step that the film still has."""
        found = {}
        for wanted, (low, high) in CLASSES.items():
            multiples = np.arange(1, high / self.step_min + 1e-6) * self.step_min
            there = [m for m in multiples if low <= m <= high and self.truth_mm_h(m) is not None]
            if there and (self.film.event, wanted) not in NOT_SCORED:
                found[wanted] = float(min(there, key=lambda m: abs(m - wanted)))
        return found


@lru_cache(maxsize=4)
def films(data: Path, event: str) -> list[Film]:
    """All windows of an event."""
    files = sorted(data.glob(EVENTS[event]))
    if not files:
        raise FileNotFoundError(f"{data}/{EVENTS[event]}: missing; set EMBERLINE_DATA")
    found = []
    for f in files:
        with np.load(f) as z:
            name = f.stem if f.stem.startswith(event) else f"{event}_{f.stem}"
            found.append(Film(event, name, z["frames"], float(z["dt_min"]), float(z["pixel_km"])))
    return found


def every(first: int, last: int, step: int) -> range:
    """Frames from first to last."""
    return range(first, last + 1, step)


def starts(data: Path, event: str, step_min: float) -> list[Start]:
    """Starts that are scored; at least two frames are seen, three where the film is long enough."""
    made = []
    for n, film in enumerate(films(data, event)):
        step = film.step_min if step_min == 5 and film.step_min == 5 else step_min
        back = round(2 * step / film.step_min)  # frames of history for two autoregressive terms
        if event == "mrms":
            thin = {2: 4, 4: 4, 6: 1, 10: 2}.get(step, 0)
            at = [] if not thin or n % thin else [{2: 5, 4: 5, 6: 6 + n % 3, 10: 10}[step]]
        elif step not in (5, 10, 15):
            at = []
        else:
            thin = {5: 1, 10: 2, 15: 2}[step]
            at = {
                "fmi": every(max(3, back), 27, 3 * thin),
                "knmi": every(max(5, back), 80, 7 * thin),
                "meteonet": every(back, 8, 2),
                "dwd_ry": every(min(back, 5), 5, 1 if thin > 1 else 2),
                "dwd_yw": every(min(back, 5), 5, 1 if thin > 1 else 2),
                "opera": [back, 5][: 2 if thin == 1 and n % 2 else 1] if n % thin == 0 else [],
                "smhi": every(max(3, back), 18, 5),
            }[event]
        made += [s for a in at if (s := Start(film, a, step)).leads() and len(s.seen) >= 2]
    return made


STEPS_MIN = {e: (2, 4, 6, 10) if e == "mrms" else (5, 10, 15) for e in EVENTS}
OWN_STEP_MIN = {e: 6 if e == "mrms" else 5 for e in EVENTS}  # the one of the main table
