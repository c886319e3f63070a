"""systemd: what a service manager hears of the station, and what it thinks of the unit."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

from notices import Notices
from packages import need
from station import FRESH_S, Station, write_config
from trial import Miss, Trial

TOP = Path(__file__).resolve().parents[2]
UNITS = ["docs/systemd", "runtime/station/systemd"]
# What WatchdogSec= would be, seconds.
WATCHDOG_S = 2.0


def notify(trial: Trial) -> None:
    """READY once, STATUS as /healthz has it, WATCHDOG within its time, STOPPING at the end."""
    notices = Notices(trial.room / "notify", WATCHDOG_S)
    file = write_config(trial, trial.room / "data")
    with Station(trial, [file], env=notices.env) as station:
        ready_s = notices.wait("READY=1", 10) - station.started
        notices.wait("STATUS=all well", FRESH_S)
        time.sleep(60 if trial.long else 12)
        station.send(signal.SIGTERM)
        notices.wait("STOPPING=1", 10)
        station.ended()
    words = [line for _, line in notices.lines()]
    trial.hold(words.count("READY=1") == 1, f"READY {words.count('READY=1')} times")
    trial.hold(words.index("READY=1") < words.index("WATCHDOG=1"), "WATCHDOG before READY")
    beats = [at for at, _ in notices.lines("WATCHDOG=1")]
    gap_s = max(b - a for a, b in zip(beats, beats[1:], strict=False))
    trial.hold(gap_s < WATCHDOG_S, f"{gap_s:.2f} s without WATCHDOG, {WATCHDOG_S:.0f} s allowed")
    status = notices.lines("STATUS=")
    trial.hold(len(status) > 1, f"STATUS {len(status)} times")
    trial.figure(
        f"READY {ready_s:.2f} s after the start, {len(beats)} WATCHDOG at most {gap_s:.2f} s apart "
        f"of {WATCHDOG_S:.0f}, {len(status)} STATUS, STOPPING"
    )


def unit(trial: Trial) -> None:
    """`systemd-analyze verify` finds nothing, and how exposed the unit is."""
    found = [file for place in UNITS for file in sorted((TOP / place).glob("*.service"))]
    if not found:
        raise Miss(f"no unit in {' or '.join(UNITS)}")
    need("systemd", "systemd-analyze")
    for file in found:
        # Program and manual may not be installed here: this program stands for it.
        text = file.read_text()
        lines = []
        for line in text.splitlines():
            key, _, value = line.partition("=")
            if key in ("ExecStart", "ExecReload", "ExecStartPre") and "emberline" in value:
                words = value.split()
                words = [str(trial.program) if w.endswith("/emberline") else w for w in words]
                line = f"{key}={' '.join(words)}"
            lines.append(line)
        copy = trial.room / file.name
        copy.write_text("\n".join(lines) + "\n")
        for beside in file.parent.iterdir():
            if beside.is_file() and beside.name != file.name:
                shutil.copy(beside, trial.room)
        verify = subprocess.run(
            ["systemd-analyze", "--man=no", "verify", copy],
            capture_output=True,
            text=True,
            timeout=60,
        )
        # Verify reads all units that this one names, and complains of those, too.
        said = [line for line in verify.stderr.splitlines() if file.name in line]
        trial.hold(not said, f"{file.name}: {said}")
        security = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", copy],
            capture_output=True,
            text=True,
            timeout=60,
        )
        lines = [line for line in security.stdout.splitlines() if "exposure level" in line]
        trial.hold(bool(lines), f"no exposure level: {security.stderr}")
        score = lines[0].split(":")[-1].split()[0] if lines else "unknown"
        clean = "verify clean, " if not said else ""
        trial.figure(f"{file.name}: {clean}exposure {score} of 10")
