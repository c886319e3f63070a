"""The station with all that it watches: share of the processors, age of what is seen."""

import os
import time
from datetime import datetime
from pathlib import Path

import node_line
from node import Node
from process import sample
from radar_film import Showers, put
from station import Station, sim, write_config
from trial import Trial, share

COLUMNS, ROWS = 480, 768
# A radar's frames: so many lie there at the start, and another comes so often.
OLD, RADAR_S = 12, 60
NODES, READING_S = 3, 10


class Ages:
    """What /healthz told, look by look."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.frames: list[float] = []
        self.forecasts: list[float] = []
        self.readings: list[float] = []
        self.glass: list[float] = []
        self.states: set[str] = set()
        self.issued: dict[str, str] = {}

    def take(self, health: dict) -> None:
        """One look."""
        nodes = health["nodes"]["nodes"]
        self.readings += [node["reading_age_s"] for node in nodes]
        self.states |= {"blind"} if health["blind"] else set()
        self.states |= {f"{each['name']}: {each['state']}" for each in [*health["sources"], *nodes]}
        for camera in health["sources"]:
            if camera["sort"] != "camera":
                continue
            self.frames.append(camera["frame_age_s"])
            self.forecasts.append(camera["forecast_age_s"])
            issued = camera["issued"]
            if self.issued.get(camera["name"], issued) != issued:
                self.glass.append(time.time() - datetime.fromisoformat(issued).timestamp())
            self.issued[camera["name"]] = issued


class Radar:
    """The folder of a radar's files, and how soon the station has forecast from each new one."""

    def __init__(self, trial: Trial) -> None:
        """With the film of the last minutes."""
        self.folder = trial.room / "radar"
        self.folder.mkdir()
        self.showers = Showers(COLUMNS, ROWS, 40, trial.rng)
        self.k, self.due, self.wait = 0, 0.0, None
        self.took: list[float] = []
        now = int(time.time() // 60)
        for minute in range(now - OLD, now):
            self._put(minute)

    def _put(self, minute: int) -> None:
        put(self.folder, 60 * minute, self.showers.frame(self.k, 60 * minute))
        self.k, self.minute = self.k + 1, minute

    def take(self, health: dict) -> None:
        """One look: puts the next frame there when it is due, and sees whether one is forecast."""
        radar = next(source for source in health["sources"] if source["sort"] == "radar")
        now = time.monotonic()
        if self.wait and radar["forecasts"] > self.wait[1]:
            self.took.append(now - self.wait[0])
            self.wait = None
        minute = int(time.time() // 60)
        if now >= self.due and self.wait is None and minute > self.minute:
            self._put(minute)
            self.due = now + RADAR_S - 1
            self.wait = (now, radar["forecasts"])


def config(trial: Trial, radar: Radar, ports: list[str]) -> str:
    """The station's tables of the radar and the nodes."""
    return (
        f'[[radar]]\nname = "rain"\nfrom = "file://{radar.folder}"\nevery_s = {RADAR_S}\n'
        f'at = ["63.5,22.5"]\n[nodes]\nports = {ports}\nevery_s = {READING_S}\n'
        "[weather]\nevery_s = 60\n"
    )


def row(trial: Trial) -> None:
    """Figures over two minutes (short: 15 s), alone on the machine; nothing may become late."""
    address = "sim:fire?height=512&width=640&cell_m=0.5&frames=1000"
    cameras = [sim("a", 1, 1, address), sim("b", 1, 1, f"{address}&seed=3")]
    trial.hold(not node_line.wrong(), f"golden frames: {node_line.wrong()}")
    radar = Radar(trial)
    ports = [str(trial.room / f"tty{k}") for k in range(NODES)]
    nodes = [Node(Path(port), 0x51 + k, READING_S) for k, port in enumerate(ports)]
    file = write_config(
        trial,
        trial.room / "data",
        cameras=cameras,
        every_s=10,
        keep='min_free = "1MB"\nmax_bytes = "400MB"',
        more=config(trial, radar, ports),
    )
    file.write_text(file.read_text().replace("leads = 2\n", ""))
    try:
        with Station(trial, [file]) as station:
            watched(trial, station, radar)
            station.end()
    finally:
        for node in nodes:
            node.end()


def whole(health: dict) -> bool:
    """Whether all that it watches is seen, and all forecasts have been made once."""
    nodes = [node["state"] for node in health["nodes"]["nodes"]]
    forecasts = [source["forecasts"] for source in health["sources"]]
    return (
        health["http"] == 200
        and nodes == ["fresh"] * NODES
        and len(forecasts) == 3
        and all(forecasts)
    )


def watched(trial: Trial, station: Station, radar: Radar) -> None:
    """Looks at it for the time of the trial, and tells what it saw."""
    station.until(whole, 120, "cameras, radar, nodes")
    first, began, ages = sample(station.pid), time.monotonic(), Ages()
    while time.monotonic() - began < (120 if trial.long else 15) or radar.wait:
        health = station.health()
        ages.take(health)
        radar.take(health)
        if radar.wait and time.monotonic() - radar.wait[0] > 60:
            trial.miss("no forecast of a new radar frame within 60 s")
            break
        time.sleep(0.2)
    last, wall_s = sample(station.pid), time.monotonic() - began
    cores = len(os.sched_getaffinity(0))
    cpu_s = last.cpu_s - first.cpu_s
    trial.figure(
        f"{cpu_s / wall_s / cores:.0%} of {cores} cores over {wall_s:.0f} s, "
        f"{last.rss_kb / 1e3:.0f} MB, load of the machine {os.getloadavg()[0]:.1f}"
    )
    for what, seen_s in [
        ("camera's frame", ages.frames),
        ("camera's forecast", ages.forecasts),
        ("node's reading", ages.readings),
    ]:
        trial.figure(
            f"age of a {what} p50 {share(seen_s, 0.5):.1f} s, p99 {share(seen_s, 0.99):.1f}"
        )
    trial.hold(bool(ages.glass), "no new forecast was seen")
    if ages.glass:
        trial.figure(
            f"from glass to page p50 {share(ages.glass, 0.5):.1f} s, p99 "
            f"{share(ages.glass, 0.99):.1f} ({len(ages.glass)} forecasts of {2 * wall_s / 10:.0f})"
        )
    took = ", ".join(f"{took_s:.1f}" for took_s in radar.took)
    trial.figure(f"radar of {COLUMNS} × {ROWS}: nowcast {took} s after a new file")
    wrong = sorted(state for state in ages.states if not state.endswith(": fresh"))
    trial.hold(not wrong, f"not fresh all the while: {', '.join(wrong)}")
    trial.hold(max(ages.forecasts) < 90, f"a forecast {max(ages.forecasts):.0f} s old")
