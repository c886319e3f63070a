"""Thirty days at 720 times their speed, both clocks made up: does anything grow?

What is scaled: a sleep of a second takes 1.4 ms. So frames come each 60 s and forecasts each 30 min
(12 and 0.4 a real second and camera), a thread that hangs is found after 83 real ms, a client has
7 ms for a request (asked again where it is cut), and a pause of the process of 3 ms looks like a
step of its clock by 2 s. Such steps are counted; each begins the clips anew, as it should.
"""

import statistics
import time
from collections.abc import Callable

from kept import bytes_of, flaws
from packages import faketime
from process import Sample, sample
from station import SIM, Station, sim, write_config
from trial import Miss, Trial

DAY_S = 86_400
MAX_BYTES = 20_000_000


def row(trial: Trial) -> None:
    """Memory, open files, threads of the last third against the second; the store in its limits."""
    days, real_s = (trial.days, 120 * trial.days) if trial.long else (1, 60)
    speed = days * DAY_S // real_s
    # Days are full of forecasts in the short form, too: so the store reaches its limit.
    most = MAX_BYTES if trial.long else 2_000_000
    every_s = 1800 if trial.long else 900
    data = trial.room / "data"
    cameras = [sim("north", 60, 60), sim("south", 60, 60, f"{SIM}&seed=3")]
    keep = f'min_free = "1MB"\nmax_bytes = "{most // 1000}kB"\nmax_age = "5d"'
    file = write_config(trial, data, cameras=cameras, every_s=every_s, keep=keep)
    env = {**faketime(), "FAKETIME": f"+0 x{speed}", "NO_FAKE_STAT": "1"}
    samples: list[Sample] = []
    largest = 0
    with Station(trial, [file], env=env) as station:
        began = time.monotonic()
        health: dict = {}
        unanswered = blind = 0
        while (passed_s := time.monotonic() - began) < real_s:
            samples.append(sample(station.pid))
            on_disk = bytes_of(data)
            if on_disk > most:
                # One is written, and older ones are about to go.
                time.sleep(0.2)
                on_disk = min(on_disk, bytes_of(data))
            largest = max(largest, on_disk)
            try:
                health = station.health()
                blind += health["blind"]
            except Miss:
                if station.process.poll() is not None:
                    raise
                unanswered += 1
            if len(samples) % 300 == 0:
                trial.say(f"day {passed_s * speed / DAY_S:.1f}, {samples[-1].rss_kb} kB")
            time.sleep(max(0.1, real_s / 1200))
        passed_days = (time.monotonic() - began) * speed / DAY_S
        health = station.health()
        told = [f"{s.rss_kb} {s.files} {s.threads} {s.cpu_s}" for s in samples]
        (trial.room / "samples.txt").write_text("kB files threads cpu_s\n" + "\n".join(told) + "\n")
        try:
            station.end()
        except Miss as miss:
            trial.miss(str(miss))
    third = len(samples) // 3
    second, last = samples[third : 2 * third], samples[2 * third :]

    def thirds(of: str, what: Callable[[list[float]], float]) -> tuple[float, float]:
        both = [what([getattr(s, of) for s in part]) for part in (second, last)]
        return both[0], both[1]

    rss, rss_last = thirds("rss_kb", statistics.median)
    # While it rests: a forecast that is written, and whoever asks for /healthz, have theirs.
    files, files_last = thirds("files", min)
    threads, threads_last = thirds("threads", min)
    trial.figure(f"{passed_days:.1f} days at × {speed}")
    grown = rss_last / rss - 1
    # The allocator fills its arenas in the first five days; a day alone shows no more than a limit.
    most_grown = 0.05 if trial.long else 0.4
    trial.hold(grown <= most_grown, f"memory {rss / 1e3:.1f} to {rss_last / 1e3:.1f} MB")
    most_mb = max(s.rss_kb for s in samples) / 1e3
    trial.hold(most_mb < 180, f"memory {most_mb:.0f} MB")
    trial.hold(files == files_last, f"open files {files} to {files_last}")
    trial.hold(threads == threads_last, f"threads {threads} to {threads_last}")
    trial.figure(
        f"memory {rss / 1e3:.1f} MB in the second third, {rss_last / 1e3:.1f} in the last "
        f"({grown:+.1%}), most {most_mb:.1f}"
    )
    trial.figure(f"at rest {files_last:.0f} open files and {threads_last:.0f} threads in both")
    trial.hold(largest <= most, f"{largest} bytes on the disk, max_bytes are {most}")
    deleted = dict(health["store"]["deleted"])
    trial.hold(sum(deleted.values()) > 0, "nothing was deleted: no limit was reached")
    frames = sum(s["frames"] for s in health["sources"])
    made = sum(s["forecasts"] for s in health["sources"])
    promised = 2 * passed_days * DAY_S
    trial.hold(frames > 0.8 * promised / 60, f"only {frames} frames of {promised / 60:.0f}")
    trial.hold(made > 0.5 * promised / every_s, f"{made} forecasts of {promised / every_s:.0f}")
    trial.figure(
        f"{frames} frames, {made} forecasts of {promised / every_s:.0f}, deleted {deleted}"
    )
    trial.figure(f"store at most {largest / 1e6:.2f} of {most / 1e6:.0f} MB")
    steps = len(station.told("stepped by"))
    trial.figure(
        f"{len(samples)} looks, {blind} of them blind, {unanswered} unanswered, {steps} pauses "
        f"taken for steps, {len(station.log().splitlines())} lines of log"
    )
    for wrong in flaws(data):
        trial.miss(f"half: {wrong}")
