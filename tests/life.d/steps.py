"""The wall clock steps under a running station, and is wrong when it starts."""

import time

from kept import flaws, folders
from station import FRESH_S, Station, write_config
from trial import Miss, Trial
from wall import DAY_S, HOUR_S, Wall

# Offsets from the true time, one after the other; 1970 is as a machine without a battery starts.
SHORT = [("+1 h", HOUR_S), ("back", 0), ("1970", None), ("the true time", 0)]
LONG = [
    ("+1 h", HOUR_S),
    ("back", 0),
    ("-1 h", -HOUR_S),
    ("back", 0),
    ("+1 day", DAY_S),
    ("back", 0),
    ("-1 day", -DAY_S),
    ("back", 0),
    ("1970", None),
    ("the true time", 0),
]


def offset(offset_s: int | None) -> str:
    """As libfaketime reads it; none is 1970."""
    return f"{10 - int(time.time()) if offset_s is None else offset_s:+d}"


def step(trial: Trial, station: Station, wall: Wall, what: str, spec: str) -> float:
    """The wall clock steps: told at once, a new forecast soon; seconds to that."""
    lines = len(station.told("the clock of this machine stepped"))
    made = station.source()["forecasts"]
    wall.set(spec)
    began = time.monotonic()
    station.until(
        lambda _: len(station.told("the clock of this machine stepped")) > lines,
        5,
        f"{what}: a line of the log tells the step",
    )
    station.until(
        lambda health: health["http"] == 200 and health["sources"][0]["forecasts"] > made,
        FRESH_S,
        f"{what}: a new forecast, and healthy",
    )
    return time.monotonic() - began


def row(trial: Trial) -> None:
    """Each step is told and begins new clips; nothing goes by its age; fresh soon after."""
    data = trial.room / "data"
    keep = 'min_free = "1MB"\nmax_age = "1800s"'
    file = write_config(trial, data, keep=keep)
    wall = Wall(trial.room)
    steps = LONG if trial.long else SHORT
    kept = set()
    with Station(trial, [file], env=wall.env) as station:
        station.healthy()
        time.sleep(3)
        took = []
        for what, offset_s in steps:
            kept |= set(folders(data))
            try:
                took.append(step(trial, station, wall, what, offset(offset_s)))
            except Miss as miss:
                trial.miss(str(miss))
            deleted = dict(station.health()["store"]["deleted"])
            trial.hold("age" not in deleted, f"{what}: deleted by age: {deleted}")
        lost = sorted(path.name for path in kept - set(folders(data)))
        trial.hold(not lost, f"gone from the store: {lost}")
        trial.figure(
            f"{len(took)} of {len(steps)} steps told and over, a new forecast at most "
            f"{max(took, default=0):.1f} s after"
        )
        station.end()
    kept = set(folders(data))
    wall.set(offset(None))
    with Station(trial, [file], env=wall.env, log="in-1970") as station:
        station.healthy(FRESH_S, "started in 1970")
        time.sleep(3)
        took_s = step(trial, station, wall, "started in 1970, then set right", "+0")
        lost = sorted(path.name for path in kept - set(folders(data)))
        trial.hold(not lost, f"gone after a start in 1970: {lost}")
        trial.figure(f"started in 1970, set right: new forecast {took_s:.1f} s after, nothing gone")
        station.end()
    for wrong in flaws(data):
        trial.miss(f"half: {wrong}")
