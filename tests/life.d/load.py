"""Two cameras of 640 × 512, a forecast each 10 s: share of the processors, age of what is seen."""

import os
import time
from datetime import datetime

from process import sample
from station import Station, sim, write_config
from trial import Trial, share


def row(trial: Trial) -> None:
    """Figures over two minutes (short: 15 s); nothing may become late."""
    address = "sim:fire?height=512&width=640&cell_m=0.5&frames=1000"
    cameras = [sim("a", 1, 1, address), sim("b", 1, 1, f"{address}&seed=3")]
    keep = 'min_free = "1MB"\nmax_bytes = "400MB"'
    file = write_config(trial, trial.room / "data", cameras=cameras, every_s=10, keep=keep)
    file.write_text(file.read_text().replace("leads = 2\n", ""))
    with Station(trial, [file]) as station:
        station.healthy(120)
        first, began = sample(station.pid), time.monotonic()
        frames, forecasts, glass, seen = [], [], [], {}
        states = set()
        while time.monotonic() - began < (120 if trial.long else 15):
            for source in station.health()["sources"]:
                frames.append(source["frame_age_s"])
                forecasts.append(source["forecast_age_s"])
                states.add(source["state"])
                issued = source["issued"]
                if source["name"] in seen and seen[source["name"]] != issued:
                    taken = datetime.fromisoformat(issued[:19] + "+00:00").timestamp()
                    taken += float("0." + issued[20:-1]) if "." in issued else 0
                    glass.append(time.time() - taken)
                seen[source["name"]] = issued
            time.sleep(0.2)
        last, wall_s = sample(station.pid), time.monotonic() - began
        cores = len(os.sched_getaffinity(0))
        cpu_s = last.cpu_s - first.cpu_s
        trial.figure(
            f"{cpu_s / wall_s / cores:.0%} of {cores} cores over {wall_s:.0f} s, "
            f"{last.rss_kb / 1e3:.0f} MB, load of the machine {os.getloadavg()[0]:.1f}"
        )
        for what, ages in [("frame", frames), ("forecast", forecasts)]:
            trial.figure(
                f"age of the {what} p50 {share(ages, 0.5):.1f} s, p99 {share(ages, 0.99):.1f}"
            )
        trial.hold(bool(glass), "no new forecast was seen")
        if glass:
            trial.figure(
                f"from glass to page p50 {share(glass, 0.5):.1f} s, p99 {share(glass, 0.99):.1f} "
                f"({len(glass)} forecasts of {2 * wall_s / 10:.0f})"
            )
        trial.hold(states == {"fresh"}, f"states {sorted(states)}")
        trial.hold(max(forecasts) < 90, f"a forecast {max(forecasts):.0f} s old")
        station.end()
