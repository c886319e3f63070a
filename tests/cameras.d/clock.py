"""A camera's clock that jumps, by faketime under its server."""

from pathlib import Path

from station import Station
from table import Table
from waiting import until


class Clock:
    """The time of day that a process is told; `env` is its environment."""

    def __init__(self, file: Path, library: Path) -> None:
        """Right at first."""
        self.file = file
        # The file is read at each question for the time.
        self.env = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        self.set("+0")

    @classmethod
    def of(cls, room: Path) -> "Clock | None":
        """A clock whose file lies in `room`, where the library of faked clocks is installed."""
        library = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
        return cls(room / "clock", library) if library else None

    def set(self, ahead: str) -> None:
        """So far off, or at this time, as faketime writes it."""
        self.file.write_text(ahead + "\n")


def clock(table: Table, station: Station, faked: Clock) -> None:
    """An hour ahead, an hour back, in 1970; right again after each."""
    known_s = until(30, lambda: abs(station.source("clocked").get("clock_offset_s") or 9e9) < 1)
    table.within("8  clocked: its clock is known", known_s, 20)
    until(20, lambda: "clocked: times of its frames are the camera's" in station.log.read_text())
    for what, ahead in (
        ("an hour ahead", "+3600"),
        ("an hour back", "-3600"),
        ("in 1970", "@1970-01-02 00:00:00"),
    ):
        faked.set(ahead)
        took_s = until(30, lambda: station.state("clocked") == "clock")
        offset_s = station.source("clocked").get("clock_offset_s")
        table.within(f"8  clocked: {what}: clock, offset {offset_s:.0f} s", took_s, 20)
        faked.set("+0")
        took_s = until(40, lambda: station.state("clocked") == "fresh")
        table.within("8  clocked: right again: fresh", took_s, 25)
    states, age_s = station.seen["clocked"]
    lost = sorted(states - {"fresh", "clock"})
    table.row(
        "8  clocked: no frame is older for it, within 10 s",
        f"{age_s:.1f} s {' '.join(lost)}",
        age_s < 10 and not lost,
    )
