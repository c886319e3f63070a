"""A watched folder: thousands of files, pictures in pieces, black, white, frozen, larger."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import picture
from process import sample
from station import FRESH_S, Station, write_config
from trial import Trial

EVERY_S = 0.5


class Feeder(threading.Thread):
    """A camera that puts a picture there each half second; `shows` says which, by its number."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Begins at once, with a fire; `clock` dates the files."""
        super().__init__(daemon=True)
        self.folder, self.shows, self.ends = folder, picture.fire, threading.Event()
        self.clock, self.k, self.trouble = clock, 0, 0
        self.start()

    def run(self) -> None:
        """Until it is told to end; a folder that is away is no reason to."""
        due = time.monotonic()
        while not self.ends.wait(max(0.0, due - time.monotonic())):
            try:
                picture.put(self.folder, f"live{self.k:06}.png", self.shows(self.k), self.clock())
            except OSError:
                self.trouble += 1
            self.k += 1
            due = max(due + EVERY_S, time.monotonic() - 5)

    def end(self) -> None:
        """No more pictures."""
        self.ends.set()
        self.join()


def camera(folder: Path, name: str = "north") -> str:
    """The inside of its table."""
    return (
        f'name = "{name}"\nfrom = "file://{folder}"\nkind = "thermal"\n'
        f"every_s = {EVERY_S}\nstep_s = 1"
    )


def fill(folder: Path, count: int) -> float:
    """Pictures that lie there, one a second, the newest a minute old; seconds that it took."""
    began = time.monotonic()
    kinds = [picture.fire(k) for k in range(20)]
    newest = time.time() - 60
    for k in range(count):
        path = folder / f"old{k:06}.png"
        # Many names of few files would share their times: each is a file of its own.
        path.write_bytes(kinds[k % 20])
        os.utime(path, (newest - count + k, newest - count + k))
    return time.monotonic() - began


def row(trial: Trial) -> None:
    """Each is told by its name, and once it is over the station is fresh again."""
    folder = trial.room / "drop"
    folder.mkdir()
    count = 100_000 if trial.long else 10_000
    fill(folder, count)
    file = write_config(trial, trial.room / "data", cameras=[camera(folder)], every_s=2)
    feeder = Feeder(folder)
    try:
        with Station(trial, [file]) as station:
            fresh_s = station.healthy(FRESH_S, f"with {count} old files")
            before, began = sample(station.pid), time.monotonic()
            ages = []
            while time.monotonic() - began < 8:
                ages.append(station.source("north")["frame_age_s"])
                time.sleep(0.2)
            after = sample(station.pid)
            busy = (after.cpu_s - before.cpu_s) / (time.monotonic() - began)
            trial.figure(
                f"{count} old files: healthy {fresh_s:.1f} s after the start, newest frame at most "
                f"{max(ages):.1f} s old, {busy:.0%} of a core, {after.rss_kb / 1e3:.0f} MB"
            )
            pieces(trial, station, folder)
            broken(trial, station, folder)
            shows(trial, station, feeder, "black", lambda _: picture.even(3), "dark")
            shows(trial, station, feeder, "white", lambda _: picture.even(253), "white")
            other_size(trial, station, feeder)
            if trial.long:
                frozen(trial, station, feeder)
            station.end()
    finally:
        feeder.end()


def dropped(station: Station, reason: str) -> int:
    """Frames that were lost for this reason."""
    return dict(station.source("north")["dropped"]).get(reason, 0)


def pieces(trial: Trial, station: Station, folder: Path) -> None:
    """A picture that comes in pieces, a second between them, is never read before it is whole."""
    corrupt = dropped(station, "corrupt")
    whole = picture.fire(5)
    path = folder / "slow.png"
    for part in range(1, 6):
        path.write_bytes(whole[: part * len(whole) // 5])
        time.sleep(1)
    time.sleep(4)
    trial.hold(dropped(station, "corrupt") == corrupt, "a picture was read in pieces")
    trial.figure("a picture in five pieces over five seconds: read whole")


def broken(trial: Trial, station: Station, folder: Path) -> None:
    """One that stays half is left out, counted and named; the others go on."""
    corrupt = dropped(station, "corrupt")
    whole = picture.fire(6)
    (folder / "half.png").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.png").write_bytes(b"")
    (folder / "page.png").write_bytes(b"<html>404</html>")
    station.until(
        lambda _: dropped(station, "corrupt") == corrupt + 2, FRESH_S, "two broken pictures counted"
    )
    for name in ("half.png", "page.png"):
        trial.hold(bool(station.told(name)), f"{name} is not named in the log")
    trial.hold(station.health()["http"] == 200, "two broken pictures made it blind")
    trial.figure("a half picture and an HTML page: counted, named; an empty file: left alone")
    for name in ("half.png", "empty.png", "page.png"):
        (folder / name).unlink()


def shows(
    trial: Trial,
    station: Station,
    feeder: Feeder,
    what: str,
    other: Callable[[int], bytes],
    state: str,
    within_s: float = FRESH_S,
    for_s: float = 0,
) -> None:
    """It shows something else until the station says so; then the fire again, and fresh."""
    station.healthy()
    began_s = time.monotonic()
    feeder.shows = other
    try:
        station.until(
            lambda health: health["sources"][0]["state"] == state, within_s, f"{what}: {state}"
        )
        told_s = time.monotonic() - began_s
        trial.hold(told_s >= for_s, f"{what}: {state} after {told_s:.0f} s already")
        health = station.health()
        trial.hold(health["http"] == 503, f"{what}: /healthz {health['http']}")
        trial.hold(state in " ".join(health["reasons"]), f"{what}: reasons {health['reasons']}")
        made = station.source("north")["forecasts"]
        time.sleep(6)
        source = station.source("north")
        trial.hold(source["forecasts"] == made, f"{what}: forecasts were made of it")
        trial.hold(state in dict(source["withheld"]), f"{what}: withheld {source['withheld']}")
    finally:
        feeder.shows = picture.fire
    fresh_s = station.healthy(FRESH_S, f"{what}: fresh after it")
    made = station.source("north")["forecasts"]
    station.until(
        lambda health: health["sources"][0]["forecasts"] > made, FRESH_S, f"{what}: a new forecast"
    )
    trial.figure(f"{what}: {state} in {told_s:.1f} s, fresh {fresh_s:.1f} s after")


def other_size(trial: Trial, station: Station, feeder: Feeder) -> None:
    """Another size of picture begins a new stream, which is said; and back."""
    for what, other in [
        ("larger", lambda k: picture.fire(k, width=64, height=48)),
        ("back", picture.fire),
    ]:
        lines = len(station.told("another size"))
        feeder.shows = other
        station.until(
            lambda _, lines=lines: len(station.told("another size")) > lines,
            FRESH_S,
            f"{what}: said in the log",
        )
        made = station.source("north")["forecasts"]
        new_s = station.until(
            lambda health, made=made: (
                # One may have been under way.
                health["sources"][0]["forecasts"] > made + 1 and health["http"] == 200
            ),
            FRESH_S,
            f"{what}: a new forecast",
        )
        trial.figure(f"another size ({what}): said, new forecast {new_s:.1f} s after")


def frozen(trial: Trial, station: Station, feeder: Feeder) -> None:
    """The same picture for a minute and six frames; not sooner."""
    still = picture.fire(7)
    # Half a second and the two in which a file must rest may be taken off.
    shows(trial, station, feeder, "the same picture", lambda _: still, "frozen", 75, for_s=57)
