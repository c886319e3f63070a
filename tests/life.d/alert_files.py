"""Files of alerts: written after a kill and where no folder could be; read by others' readers."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

from alerts import Fires
from station import Station, sim, write_config
from trial import NotRun, Trial, until

READER = Path(__file__).with_name("read_alert_files.py")
ANN = "ann <&\"'> ü"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00")
WORDS = {"raised": "Alert", "acknowledged": "Update", "closed": "Cancel"}
ALERTS = """[files]
alerts = true
sender = "ridge.example"
[[alert]]
name = "fire"
when = "fire-in-view"
clear = "0s"
"""
ROAD = """[[alert]]
name = "road"
when = "front-reaches"
of = "sim"
line = [[0, 20], [48, 20]]
probability = 0.3
"""


def python() -> str:
    """A Python that has the readers."""
    name = os.environ.get("EMBERLINE_PYTHON")
    if not name:
        raise NotRun("no readers of CAP, KML and GeoJSON: set EMBERLINE_PYTHON as tests/run does")
    if subprocess.run([name, "-c", "import capvalidator, pyogrio"], capture_output=True).returncode:
        raise NotRun(f"{name} has no readers: pip install -e 'export[test]'")
    return name


def row(trial: Trial) -> None:
    """Told while the folder cannot be written, whole after a kill, read by three readers."""
    reader = python()
    data, drop = trial.room / "data", trial.room / "drop"
    folder = data / "alerts"
    fires = Fires(drop, 4)
    north = f'name = "north"\nfrom = "file://{drop}/"\nkind = "thermal"\nevery_s = 0.5\nstep_s = 1'
    file = write_config(trial, data, cameras=[sim(), north], every_s=1)
    plain = file.read_text() + ALERTS
    file.write_text(plain + ROAD)

    def said() -> list[dict]:
        files = sorted((data / "outbox").glob("*.ndjson"))
        lines = [line for f in files for line in f.read_text().splitlines(keepends=True)]
        return [json.loads(line)["body"] for line in lines if line.endswith("\n")]

    def lacking() -> list[str]:
        names = [name for alert in said() for name in names_of(alert)]
        return [name for name in names if not (folder / name).exists()]

    # A file lies where the folder must be: as good as a disk that is full.
    data.mkdir()
    folder.write_text("in the way")
    with Station(trial, [file], log="first") as station:
        rules = lambda: {(a["rule"], a["source"]) for a in said()}  # noqa: E731
        want = {("fire", "sim"), ("fire", "north"), ("road", "sim")}
        until(lambda: rules() >= want, 90, lambda: f"alerts of {rules()} alone")
        line = next(line for line in station.health()["lines"] if line["receiver"] == "files")
        trial.hold(not line["stands"] and str(folder) in line["why"], f"not told: {line}")
        trial.hold(bool(station.told("files", str(folder))), "the log does not tell it")
        station.healthy(30, "healthy while no file of an alert can be written")
        station.kill()
    missed = len(lacking())
    trial.hold(missed > 0, "files were written where they cannot be")
    folder.unlink()
    with Station(trial, [file], log="second") as station:
        waited_s = until(lambda: not lacking(), 30, lambda: f"lacking {lacking()}")
        trial.figure(f"{missed} files that a kill had left unwritten: there {waited_s:.1f} s after")
        road = next(a["id"] for a in said() if a["rule"] == "road")
        command = [trial.program, "alerts", file, "--acknowledge", road, "--by", ANN]
        done = subprocess.run(command, capture_output=True, text=True)
        trial.hold(done.returncode == 0, f"acknowledge: {done.stderr}")
        known = folder / f"{road}.acknowledged.cap.xml"
        until(known.exists, 30, lambda: "no file of what is known")
        # A rule that is taken out closes its alert.
        file.write_text(plain)
        station.send(signal.SIGHUP)
        over = folder / f"{road}.closed.cap.xml"
        until(over.exists, 30, lambda: "no file of what is over")
        station.end()
    fires.ends.set()
    done = subprocess.run([reader, READER, folder], capture_output=True, text=True)
    trial.hold(done.returncode == 0, f"the reader fails: {done.stderr[-500:]}")
    told = json.loads(done.stdout or '{"read": {}, "refused": []}')
    for why in told["refused"]:
        trial.miss(f"refused: {why}")
    messages = said()
    for alert in messages:
        for name in names_of(alert):
            trial.hold(name in told["read"], f"{name} was not read")
    holds(trial, messages, told["read"], road)
    trial.figure(
        f"{len(told['read'])} files of {len(messages)} messages, read by capvalidator, lxml and OGR"
    )


def names_of(alert: dict) -> list[str]:
    """The names of the files of a message."""
    phase = alert["phase"]
    return [f"{alert['id']}.{end}" for end in (f"{phase}.cap.xml", "kml", "geojson")]


def holds(trial: Trial, messages: list[dict], read: dict, road: str) -> None:
    """What was read is what was said."""
    sent: dict[tuple[str, str], str] = {}
    for alert in messages:
        cap = read.get(f"{alert['id']}.{alert['phase']}.cap.xml")
        if cap is None:
            continue
        name, phase = f"{alert['id']} {alert['phase']}", alert["phase"]
        one = {key: values[0] for key, values in cap.items()}
        trial.hold(one["msgType"] == WORDS[phase], f"{name}: {one['msgType']}")
        is_sim = alert["source"] == "sim"
        trial.hold(one["status"] == ("Exercise" if is_sim else "Test"), f"{name}: {one['status']}")
        trial.hold(one["scope"] == "Restricted" and "restriction" in one, f"{name}: {one['scope']}")
        times = [one[key] for key in ("sent", "effective", "onset", "expires")]
        trial.hold(all(TIME.fullmatch(time) for time in times), f"{name}: times {times}")
        trial.hold(one["effective"] < one["expires"], f"{name}: it expires before it holds")
        sent[alert["id"], phase] = f"{one['sender']},{one['identifier']},{one['sent']}"
        before = [sent.get((alert["id"], of)) for of in ("raised", "acknowledged") if of != phase]
        before = [of for of in before if of] if phase != "raised" else []
        trial.hold(cap.get("references", [""])[0] == " ".join(before), f"{name}: references")
        mapped = is_sim and alert["forecast"]
        shape = "polygon" if mapped else "circle"
        trial.hold(shape in cap, f"{name}: no {shape}: {sorted(cap)}")
        trial.hold("resource" in cap or "uri" in cap, f"{name}: no picture")
        trial.hold(one["instruction"] == alert["notice"], f"{name}: {one['instruction']}")
    # Of each alert the last message.
    for alert in {alert["id"]: alert for alert in messages}.values():
        at = alert["finding"]["lon_lat"] or alert["station"][::-1]
        for end in ("kml", "geojson"):
            found = read.get(f"{alert['id']}.{end}") or []
            points = [feature for feature in found if feature["kind"] == 1]
            trial.hold(len(points) == 1, f"{alert['id']}.{end}: {len(points)} places")
            for point in points:
                off = max(abs(a - b) for a, b in zip(point["at"], at, strict=True))
                trial.hold(off < 1e-6, f"{alert['id']}.{end}: {point['at']} is not {at}")
                phase = point["fields"].get("phase")
                trial.hold(phase == alert["phase"], f"{alert['id']}.{end}: phase {phase}")
            areas = [feature for feature in found if feature["kind"] in (3, 6)]
            # Now and two leads.
            want = 3 if alert["source"] == "sim" and alert["forecast"] else 0
            trial.hold(len(areas) == want, f"{alert['id']}.{end}: {len(areas)} isochrones")
    known = read.get(f"{road}.acknowledged.cap.xml", {}).get("description", [""])[0]
    trial.hold(ANN in known, f"who knows of it reads {known!r}")
