"""A flight's log as pymavlink writes it, held against the same poses in lines."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from picture import HFOV_DEG, TIMES_S, write_film
from pose import BEGIN, Pose
from program import CELL_M, ground
from table import Table

VENV, VERSION = Path(__file__).resolve().parents[2] / ".venv-mavlink", "2.4.50"
POSE = Pose(40.0, -105.3, 100.0, 75.0, -62.0, 4.0)
# Runs in the environment of its own: reads a flight, writes a log.
WRITER = """
import json, os, struct, sys
os.environ["MAVLINK20"] = "1"
from pymavlink.dialects.v20 import common as m
flight = json.load(open(sys.argv[1]))
link = m.MAVLink(None, srcSystem=1, srcComponent=1)
with open(sys.argv[2], "wb") as log:
    for k, (second, lat, lon, up, q) in enumerate(flight["poses"]):
        boot_ms = 5000 + int(second * 1000)
        unix_us = flight["begin_us"] + int(second * 1e6)
        flags = m.GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME
        w, x, y, z = q
        for message in (
            link.heartbeat_encode(m.MAV_TYPE_QUADROTOR, m.MAV_AUTOPILOT_ARDUPILOTMEGA, 0, 0, 4),
            link.system_time_encode(unix_us, boot_ms),
            link.global_position_int_encode(boot_ms, round(lat * 1e7), round(lon * 1e7),
                round((1500 + up) * 1000), round(up * 1000), 0, 0, 0, 0),
            link.attitude_encode(boot_ms, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0),
            link.gimbal_device_attitude_status_encode(0, 0, boot_ms, flags, [w, x, y, z],
                0.0, 0.0, 0.0, 0),
        ):
            log.write(struct.pack(">Q", unix_us) + message.pack(link))
"""


def python() -> Path | None:
    """The Python that has pymavlink; installs it where it may."""
    found = VENV / "bin" / "python"
    if not found.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True)
    has = [str(found), "-c", "import pymavlink"]
    try:
        if subprocess.run(has, capture_output=True).returncode:
            pip = [str(found), "-m", "pip", "install", "-q", f"pymavlink=={VERSION}"]
            subprocess.run(pip, capture_output=True)
        return found if subprocess.run(has, capture_output=True).returncode == 0 else None
    except OSError:
        return None


def rows(table: Table, program: Path, room: Path) -> None:
    """Two rows: the log's burnt cells are those of the lines; another day's log is refused."""
    writer = python()
    if writer is None:
        table.not_run(".tlog", f"pymavlink {VERSION} is not there and cannot be installed")
        return
    film, lines, log = room / "spots.npz", room / "tlog.ndjson", room / "flight.tlog"
    write_film(film)
    told = [POSE.line(s, "alt_agl_m", HFOV_DEG, True) for s in TIMES_S]
    lines.write_text("\n".join(told) + "\n")
    place = POSE.lat_deg, POSE.lon_deg, POSE.up_m, POSE.quaternion()
    flight = {"begin_us": round(BEGIN.timestamp() * 1e6)}
    # Four messages a second, from before the film until after it.
    flight["poses"] = [(k / 4, *place) for k in range(-8, 4 * TIMES_S[-1] + 8)]
    (room / "flight.json").write_text(json.dumps(flight))
    words = [str(writer), "-c", WRITER, str(room / "flight.json"), str(log)]
    wrote = subprocess.run(words, capture_output=True, text=True)
    if wrote.returncode:
        table.row(".tlog: pymavlink writes a log", wrote.stderr.strip()[-200:], False)
        return
    what = ".tlog: burns where the same poses in lines do"
    try:
        by_lines = ground(program, film, room / "by-lines", "--pose", lines)
        by_log = ground(program, film, room / "by-log", "--pose", log, "--hfov", HFOV_DEG)
    except (ValueError, KeyError, OSError) as e:
        table.row(what, str(e), False)
        return
    middles = [
        np.array([b.east[b.burnt].mean(), b.north[b.burnt].mean()]) for b in (by_lines, by_log)
    ]
    off, share = np.hypot(*(middles[0] - middles[1])), by_log.burnt.sum() / by_lines.burnt.sum()
    holds = by_lines.crs == by_log.crs and off <= 0.1 + CELL_M and abs(share - 1) < 0.05
    table.row(what, f"{off:.3f} m, {share:.3f} of the cells", bool(holds))
