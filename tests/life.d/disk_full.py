"""A disk that is full, read-only or hangs, and a store within its limits."""

import time
from collections.abc import Callable

from disk import Disk, Filler
from kept import bytes_of, flaws
from notices import Notices
from station import FRESH_S, Station, sim, write_config
from trial import Trial


def told(trial: Trial, station: Station, words: str) -> None:
    """All outputs say that the store cannot be written."""
    health = station.health()
    reasons = " ".join(health["reasons"])
    trial.hold(health["http"] == 503 and health["blind"], f"/healthz {health['http']} all the same")
    trial.hold(words in reasons, f"no '{words}' in the reasons: {reasons}")
    page = station.get("/")[1].decode()
    trial.hold("store" in page and words in page, f"no '{words}' on the page")
    metrics = station.get("/metrics")[1].decode()
    trial.hold("emberline_blind 1" in metrics, "emberline_blind is not 1")
    errors = [line for line in metrics.splitlines() if line.startswith("emberline_store_errors")]
    trial.hold(sum(float(line.split()[-1]) for line in errors) > 0, f"no errors counted: {errors}")
    trial.hold(bool(station.told("WARN", words)) or bool(station.told(words)), "no line in the log")


def suffers(
    trial: Trial,
    disk: Disk,
    station: Station,
    what: str,
    words: str,
    begin: Callable[[], Callable[[], object]],
) -> None:
    """The store suffers for a while: told, forecasts go on, nothing half, then fresh again."""
    station.healthy()
    end = begin()
    try:
        told_s = station.until(lambda health: health["store"]["trouble"], FRESH_S, f"{what}: told")
        told(trial, station, words)
        made = station.source()["forecasts"]
        time.sleep(10 if trial.long else 5)
        more = station.source()["forecasts"] - made
        trial.hold(more > 0, f"{what}: no forecast is made meanwhile")
        for wrong in flaws(disk.seen):
            trial.miss(f"{what}: half: {wrong}")
    finally:
        end()
    fresh_s = station.healthy(FRESH_S, f"{what}: fresh after its end")
    trial.figure(
        f"{what}: told in {told_s:.1f} s, {more} forecasts meanwhile, fresh {fresh_s:.1f} s after"
    )


def full(trial: Trial) -> None:
    """Less than min_free is left; then so little that a forecast stops in the middle of a file."""
    for what, keep, free, words in [
        ("below min_free", 'min_free = "1MB"', 500_000, "the disk is full"),
        ("no byte left", 'min_free = "1kB"', 30_000, "No space left"),
    ]:
        place = trial.room / what.replace(" ", "-")
        with Disk.small(place, 8) as disk:
            file = write_config(trial, place, keep=keep, name=place.name.replace("_", "-"))
            with Station(trial, [file], before=disk.before, log=place.name) as station:

                def begin(disk: Disk = disk, free: int = free) -> Callable[[], object]:
                    return Filler(disk, free).end

                for _ in range(3 if trial.long else 1):
                    suffers(trial, disk, station, what, words, begin)
                station.end()
            for wrong in flaws(disk.seen):
                trial.miss(f"{what}: half at the end: {wrong}")


def read_only(trial: Trial) -> None:
    """Nothing can be written for a while; and a start on such a disk."""
    place = trial.room / "disk"
    with Disk.small(place, 8) as disk:
        file = write_config(trial, place)

        def begin() -> Callable[[], object]:
            disk.set_read_only()
            return disk.set_writable

        with Station(trial, [file], before=disk.before) as station:
            for _ in range(3 if trial.long else 1):
                suffers(trial, disk, station, "read-only", "Read-only", begin)
            station.end()


def hangs(trial: Trial) -> None:
    """Whoever writes waits without end: the page answers, it is told, and it goes on after."""
    place = trial.room / "disk"
    with Disk.image(place, 64) as disk:
        # So small that each forecast pushes an older one out: both writing and deleting must hang.
        keep = 'min_free = "1MB"\nmax_bytes = "400kB"'
        file = write_config(trial, place, every_s=1, keep=keep)
        notices = Notices(trial.room / "notify", 2)
        with Station(trial, [file], before=disk.before, env=notices.env) as station:
            station.healthy()
            station.until(lambda h: h["store"]["deleted"], FRESH_S, "the store is full")
            # Between two forecasts: the next one begins by deleting.
            time.sleep(0.5)
            disk.stop()
            try:
                began, slowest_s = time.monotonic(), 0.0
                # 3 × forecast.every_s + 60 s make a forecast too old.
                last_s = 75 if trial.long else 12
                made = station.source()["forecasts"]
                while time.monotonic() - began < last_s:
                    asked = time.monotonic()
                    health = station.health()
                    slowest_s = max(slowest_s, time.monotonic() - asked)
                    time.sleep(0.2)
                trial.hold(slowest_s < 5, f"the page waits {slowest_s:.1f} s while the disk hangs")
                if trial.long:
                    trial.hold(health["http"] == 503, "healthy after 75 s of a disk that hangs")
                more = health["sources"][0]["forecasts"] - made
                age_s = health["sources"][0]["forecast_age_s"]
                # The forecaster waits for the disk: no word of life is sent, so systemd would act.
                late = notices.lines("WATCHDOG=1", time.monotonic() - 5)
                trial.hold(not late, f"{len(late)} WATCHDOG while the disk hangs")
            finally:
                disk.go_on()
            ended = time.monotonic()
            station.until(
                lambda health: (
                    health["http"] == 200 and health["sources"][0]["forecasts"] > made + more + 1
                ),
                FRESH_S,
                "forecasts go on after it",
            )
            trial.figure(
                f"{last_s} s: page within {slowest_s:.2f} s, {more} forecasts meanwhile, newest "
                f"{age_s:.0f} s old, no WATCHDOG, going on {time.monotonic() - ended:.1f} s after"
            )
            station.end()
        for wrong in flaws(disk.seen):
            trial.miss(f"half at the end: {wrong}")


def retention(trial: Trial) -> None:
    """The forecasts on the disk hold no more than max_bytes, but for a moment after a new one."""
    data, most = trial.room / "data", 600_000
    cameras = [sim("a", 0.2, 0.2), sim("b", 0.2, 0.2)]
    file = write_config(
        trial, data, cameras=cameras, every_s=1, keep='min_free = "1MB"\nmax_bytes = "600kB"'
    )
    with Station(trial, [file]) as station:
        station.healthy()
        largest = told_largest = 0
        began = time.monotonic()
        deleted = 0
        while time.monotonic() - began < (60 if trial.long else 20):
            on_disk = bytes_of(data)
            if on_disk > most:
                # One is written, and older ones are about to go.
                time.sleep(1)
                on_disk = min(on_disk, bytes_of(data))
            largest = max(largest, on_disk)
            store = station.health()["store"]
            if store["bytes"] > most:
                time.sleep(1)
                store = station.health()["store"]
            told_largest = max(told_largest, store["bytes"])
            deleted = sum(n for _, n in store["deleted"])
            time.sleep(0.05)
        trial.hold(deleted > 0, "nothing was deleted")
        trial.hold(largest <= most, f"{largest} bytes on the disk, max_bytes are {most}")
        trial.hold(told_largest <= most, f"/healthz tells {told_largest} bytes of {most}")
        trial.figure(
            f"{deleted} deleted, at most {largest / 1e3:.0f} kB of {most / 1e3:.0f} on the disk"
        )
        station.end()
    for wrong in flaws(data):
        trial.miss(f"half at the end: {wrong}")
