"""A living station in one command, and its orderly end."""

import signal

from kept import flaws, folders
from station import FRESH_S, Station
from trial import Trial


def row(trial: Trial) -> None:
    """`emberline run sim:`: healthy within 30 s; SIGTERM and SIGINT end it with 0."""
    for number in [signal.SIGTERM, signal.SIGINT] if trial.long else [signal.SIGTERM]:
        data = trial.room / number.name
        with Station(trial, ["sim:", "--data", data]) as station:
            waited_s = station.healthy(FRESH_S)
            trial.figure(f"healthy {station.address_s + waited_s:.1f} s after the start")
            status, page = station.get("/")
            trial.hold(status == 200 and b"sim" in page, f"the page answers {status}")
            status, picture = station.get("/forecast/sim/overlay.png")
            trial.hold(picture.startswith(b"\x89PNG"), f"no picture: {status}")
            trial.figure(f"{number.name}: exit code 0 after {station.end(number):.1f} s")
            trial.hold(len(station.log().splitlines()) < 30, "it fills its log")
        trial.hold(bool(folders(data)), "no forecast is kept")
        for wrong in flaws(data):
            trial.miss(wrong)
