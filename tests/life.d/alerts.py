"""Alerts that fire while the station is killed: none is lost, and none is told twice."""

import json
import struct
import subprocess
import threading
import time
from pathlib import Path

from station import Station, write_config
from trial import Trial, until


def heat(width: int, height: int, burns: bool, k: int) -> bytes:
    """A TIFF of kelvin: ground of 290 K, a little different each time, and a fire of 700 K."""
    values = []
    for y in range(height):
        fire = burns and height // 3 < y < height // 2
        values += [
            700.0 if fire and 10 < x < 30 else 290 + (7 * x + 3 * y + k) % 5 for x in range(width)
        ]
    body = struct.pack(f"<{len(values)}f", *values)
    tags = [(256, width), (257, height), (258, 32), (259, 1), (262, 1), (273, 8)]
    tags += [(277, 1), (278, height), (279, len(body)), (339, 3)]
    directory = struct.pack("<H", len(tags))
    directory += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return struct.pack("<2sHI", b"II", 42, 8 + len(body)) + body + directory + bytes(4)


class Fires(threading.Thread):
    """Fills a folder with pictures in which it burns for a while and then does not."""

    def __init__(self, folder: Path, burns_s: float) -> None:
        """Begins at once."""
        super().__init__(daemon=True)
        self.folder, self.burns_s, self.ends = folder, burns_s, threading.Event()
        folder.mkdir()
        self.start()

    def run(self) -> None:
        """Two pictures a second."""
        began, k = time.monotonic(), 0
        while not self.ends.wait(0.5):
            burns = int((time.monotonic() - began) / self.burns_s) % 2 == 1
            part = self.folder / "next.part"
            part.write_bytes(heat(48, 40, burns, k))
            part.rename(self.folder / f"m{k:06}.tif")
            old = self.folder / f"m{k - 40:06}.tif"
            old.unlink(missing_ok=True)
            k += 1


def row(trial: Trial) -> None:
    """Kills it at any moment: in the outbox raised and closed take turns, each alert once."""
    kills = 50 if trial.long else 10
    data, drop = trial.room / "data", trial.room / "drop"
    fires = Fires(drop, 3)
    camera = f'name = "north"\nfrom = "file://{drop}/"\nkind = "thermal"\nevery_s = 0.5\nstep_s = 1'
    file = write_config(trial, data, cameras=[camera], every_s=1)
    alert = '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\nclear = "0s"\n'
    file.write_text(file.read_text() + alert)

    def told() -> list[dict]:
        files = sorted((data / "outbox").glob("*.ndjson"))
        lines = [line for f in files for line in f.read_text().splitlines(keepends=True)]
        whole = [json.loads(line) for line in lines if line.endswith("\n")]
        return [message for message in whole if message["topic"] == "alert"]

    for kill in range(kills):
        before = len(told())
        with Station(trial, [file], log=f"run{kill}") as station:
            # In the middle of one: right after it was told, or at any moment.
            if kill % 2:
                until(lambda n=before: len(told()) > n, 60, lambda: "no alert within 60 s")
                time.sleep(trial.rng.choice([0, 0.001, 0.01, 0.1]))
            else:
                time.sleep(trial.rng.uniform(0.5, 5))
            station.kill()
    with Station(trial, [file], log="last") as station:
        before = len(told())
        until(lambda: len(told()) > before + 1, 60, lambda: "no alert in the end")
        known = station.health()["alerts"]
        station.end()
    one_event(trial, camera)
    fires.ends.set()
    messages = told()
    numbers = [message["seq"] for message in messages]
    trial.hold(numbers == list(range(1, len(numbers) + 1)), f"numbers {numbers[:20]}")
    phases = [message["body"]["phase"] for message in messages]
    want = ["raised", "closed"] * len(phases)
    trial.hold(phases == want[: len(phases)], f"phases {phases}")
    ids = [message["body"]["id"] for message in messages if message["body"]["phase"] == "raised"]
    trial.hold(len(set(ids)) == len(ids), "an alert was raised twice")
    trial.hold(
        [m["body"]["id"] for m in messages if m["body"]["phase"] == "closed"]
        == ids[: phases.count("closed")],
        "what was closed is not what was raised",
    )
    trial.hold(all(alert["id"] in ids for alert in known), "the page knows others than were told")
    trial.figure(f"{kills} kills, {len(ids)} alerts, each raised and closed once")


def one_event(trial: Trial, camera: str) -> None:
    """A fire that goes out of view for less than `clear` is one alert; in a pause there is none."""
    data = trial.room / "data-one"
    file = write_config(trial, data, cameras=[camera], every_s=1, name="one")
    rules = [("flickers", "0s"), ("steady", "60s")]
    alerts = [
        f'[[alert]]\nname = "{name}"\nwhen = "fire-in-view"\nclear = "{clear}"\n'
        for name, clear in rules
    ]
    file.write_text(file.read_text() + "".join(alerts))

    def said(name: str, phase: str) -> int:
        known = station.health()["alerts"]
        return sum(a["rule"] == name and (phase == "raised" or a["phase"] == phase) for a in known)

    def pause(*words: str) -> None:
        done = subprocess.run([trial.program, "pause", file, *words], capture_output=True)
        trial.hold(done.returncode == 0, f"pause {words}: {done.stderr.decode()}")

    with Station(trial, [file], log="one") as station:
        raised = lambda: said("flickers", "raised")  # noqa: E731
        until(lambda: raised() >= 3, 60, lambda: f"{raised()} alerts of a fire that flickers")
        steady = said("steady", "raised"), said("steady", "closed")
        trial.hold(steady == (1, 0), f"one event: {steady[0]} alerts, {steady[1]} closed")
        pause("--for", "1h")
        until(lambda: station.health()["paused_s"], 10, lambda: "no pause")
        before, frames = station.health()["alerts"], station.source("north")["frames"]
        # Two pictures a second: it burns and does not, twice over.
        more = lambda: station.source("north")["frames"] - frames  # noqa: E731
        until(lambda: more() > 24, 60, lambda: f"{more()} frames in a pause")
        trial.hold(station.health()["alerts"] == before, "something was told in a pause")
        pause("--over")
        known = raised()
        until(lambda: raised() > known, 60, lambda: "no alert after the pause")
        trial.figure(f"{known} times in view: one alert with clear = 60 s; none in a pause")
