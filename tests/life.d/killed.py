"""SIGKILL at any moment: what a power cut leaves behind."""

import os
import threading
import time
from pathlib import Path

from kept import flaw, flaws, folders
from station import FRESH_S, PAGE_S, Station, sim, write_config
from trial import Trial, share


class Watch(threading.Thread):
    """Looks at the newest and the oldest forecasts again and again for one that is not whole."""

    def __init__(self, data: Path) -> None:
        """Begins to look at once."""
        super().__init__(daemon=True)
        self.data, self.looks, self.seen, self.ends = data, 0, set(), threading.Event()
        self.start()

    def run(self) -> None:
        """Until it is told to end."""
        while not self.ends.wait(0.005):
            in_sight = folders(self.data)
            self.looks += 1
            for folder in {*in_sight[:2], *in_sight[-2:]}:
                if wrong := flaw(folder, deep=False):
                    self.seen.add(wrong)

    def end(self) -> set[str]:
        """What it saw."""
        self.ends.set()
        self.join()
        return self.seen


def wait(trial: Trial, kind: str, data: Path) -> None:
    """Waits for the moment of a kill: any, one of writing, or one of deleting."""
    until_s = time.monotonic() + 20
    if kind == "any":
        time.sleep(trial.rng.uniform(0, 3))
    elif kind == "writing":
        while not folders(data, hidden=True) and time.monotonic() < until_s:
            time.sleep(0.001)
        time.sleep(trial.rng.uniform(0, 0.05))
    else:
        # The oldest goes: caught where it lies half deleted, or the moment it is out of sight.
        while not (in_sight := folders(data)) and time.monotonic() < until_s:
            time.sleep(0.01)
        try:
            whole = len(os.listdir(in_sight[0]))
            while time.monotonic() < until_s and len(os.listdir(in_sight[0])) == whole:
                pass
        except FileNotFoundError:
            time.sleep(trial.rng.choice([0, 0.0002, 0.002]))


def row(trial: Trial) -> None:
    """Kills it while it writes and deletes; each time all in sight is whole and it starts again."""
    data = trial.room / "data"
    keep = 'min_free = "1MB"\nmax_bytes = "700kB"'
    file = write_config(trial, data, cameras=[sim(every_s=0.1, step_s=0.2)], every_s=1, keep=keep)
    kills = 20 if trial.long else 6
    page_s, healthy_s = [], []
    watch = Watch(data)
    for kill in range(kills + 1):
        before = folders(data, hidden=True)
        with Station(trial, [file], log=f"run{kill}") as station:
            station.get("/healthz", PAGE_S)
            page_s.append(time.monotonic() - station.started)
            left = [path.name for path in before if path.exists()]
            trial.hold(not left, f"start {kill}: left from before: {left}")
            station.healthy(FRESH_S, f"start {kill}")
            healthy_s.append(time.monotonic() - station.started)
            if kill == kills:
                station.end()
                break
            kind = ["any", "writing", "deleting"][kill % 3]
            wait(trial, kind, data)
            station.kill()
        for wrong in flaws(data):
            trial.miss(f"half after kill {kill} ({kind}): {wrong}")
    seen = watch.end()
    trial.hold(not seen, f"half in sight while it ran: {len(seen)}, such as {sorted(seen)[:2]}")
    trial.hold(max(page_s) < PAGE_S, f"page only {max(page_s):.1f} s after a start")
    trial.figure(
        f"{kills} kills, {len(folders(data))} forecasts whole, {watch.looks} looks meanwhile"
    )
    trial.figure(f"page {share(page_s, 0.5):.2f} s after a start, at most {max(page_s):.2f}")
    trial.figure(
        f"healthy {share(healthy_s, 0.5):.1f} s after a start, at most {max(healthy_s):.1f}"
    )
