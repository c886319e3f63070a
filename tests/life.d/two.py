"""Two daemons on one data folder."""

import subprocess
import time

from station import Station, write_config
from trial import Trial


def row(trial: Trial) -> None:
    """The second is refused in a line that names the first; by another way to the folder, too."""
    data = trial.room / "data"
    link = trial.room / "link"
    link.symlink_to(data)
    with Station(trial, [write_config(trial, data)]) as station:
        station.healthy()
        made = station.source()["forecasts"]
        for way in (data, link):
            began = time.monotonic()
            file = write_config(trial, way, name="second")
            command = [trial.program, "run", file, "--listen", "127.0.0.1:0"]
            second = subprocess.run(command, capture_output=True, text=True, timeout=60)
            took_s = time.monotonic() - began
            said = second.stderr
            trial.hold(second.returncode == 2, f"exit code {second.returncode}")
            trial.hold(said.count("\n") == 1, f"not one line: {said}")
            trial.hold(str(station.pid) in said, f"no process {station.pid} in: {said}")
            trial.hold(second.stdout == "", f"it tells an address: {second.stdout}")
            trial.figure(f"refused with 2 in {took_s:.2f} s")
        station.until(
            lambda health: health["sources"][0]["forecasts"] > made and health["http"] == 200,
            30,
            "the first one goes on",
        )
        station.end()
