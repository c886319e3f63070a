"""A radar's folder with months of files: what is new is found, what is wrong is told."""

import math
import os
import time
from pathlib import Path

from process import sample
from radar_film import pgm
from station import FRESH_S, Station
from trial import Trial

COLUMNS = 40


def frame(taken: float, shift: int, rows: int = 64) -> bytes:
    """A frame as FMI gives it out: a shower that has gone `shift` cells to the east."""
    dbz = (
        44 * math.exp(-((y - rows / 2) ** 2) / 60 - (x - 4 - shift % 30) ** 2 / 30)
        for y in range(rows)
        for x in range(COLUMNS)
    )
    return pgm(taken, COLUMNS, rows, bytes(0 if v < 8 else int(2 * v + 64) for v in dbz))


def row(trial: Trial) -> None:
    """Of all that lies there the film of now; a new frame gives a forecast; the rest is told."""
    folder, count = trial.room / "radar", 100_000 if trial.long else 10_000
    folder.mkdir()
    file = trial.room / "station.toml"
    file.write_text(
        f'name = "ridge"\nlat = 63.5\nlon = 22.5\ndata = "{trial.room / "data"}"\n'
        f'[[radar]]\nname = "fmi"\nfrom = "file://{folder}"\nuntil = "20min"\n'
        '[forecast]\nengine = "tract"\n[keep]\nmin_free = "1MB"\n'
    )
    now = time.time() // 60 * 60
    for k in range(count):
        put(folder, now - 300 * (count - k), count - k)
    with Station(trial, [file]) as station:
        fresh_s = station.healthy(2 * FRESH_S, f"with {count} old files")
        before, began = sample(station.pid), time.monotonic()
        time.sleep(8)
        after = sample(station.pid)
        busy = (after.cpu_s - before.cpu_s) / (time.monotonic() - began)
        trial.figure(
            f"{count} old files: healthy {fresh_s:.1f} s after the start, {busy:.0%} of a core, "
            f"{after.rss_kb / 1e3:.0f} MB"
        )
        made = station.source("fmi")["forecasts"]
        whole = frame(now, 0)
        path = folder / "slow.pgm"
        for part in range(1, 6):
            path.write_bytes(whole[: part * len(whole) // 5])
            time.sleep(1)
        new_s = station.until(
            lambda health: health["sources"][0]["forecasts"] > made,
            FRESH_S,
            "a forecast of a new frame",
        )
        trial.hold(lost(station, "corrupt") == 0, "a file was read in pieces")
        trial.figure(f"a new frame in five pieces: forecast {new_s:.1f} s after")
        (folder / "half.pgm").write_bytes(frame(now + 60, -1)[:700])
        (folder / "other.pgm").write_bytes(frame(now + 60, -1, rows=32))
        station.until(
            lambda _: lost(station, "corrupt") == 1 and lost(station, "grid") == 1,
            FRESH_S,
            "half a file and another grid are counted",
        )
        for name in ("half.pgm", "other.pgm"):
            trial.hold(bool(station.told(name)), f"{name} is not named in the log")
        trial.hold(station.health()["http"] == 200, "they made it blind")
        trial.figure("half a file, another grid: counted and named")
        station.end()


def lost(station: Station, reason: str) -> int:
    """Frames that were lost for this reason."""
    return dict(station.source("fmi")["dropped"]).get(reason, 0)


def put(folder: Path, taken: float, back: int) -> None:
    """A frame of so many steps ago; only the newest hundred are whole: nobody reads the others."""
    path = folder / time.strftime("%Y%m%d%H%M.pgm", time.gmtime(taken))
    path.write_bytes(frame(taken, -back) if back <= 100 else b"P5\n1 1\n255\n\0")
    os.utime(path, (taken, taken))
