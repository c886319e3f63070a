"""More pictures than the processor can decode."""

import os
import subprocess
import time
from pathlib import Path

from camera import Camera
from packages import PYTHON
from station import Station, camera_text, dropped
from table import Table
from waiting import until


def too_fast(table: Table, program: Path, room: Path) -> None:
    """1080p at 30 pictures a second, and a processor of which others take most."""
    camera = Camera(room, "fast", "--fps", "30", "--size", "1920x1080").start()
    station = Station(program, room / "fast", [camera_text("fast", camera.port)], every_s=3600)
    burners = []
    try:
        until(40, lambda: station.source("fast")["frames"] > 0, "the first frame of 1080p")
        # A forecast of such pictures is under way for minutes, and takes memory of its own.
        station.pause()
        # One core for the station, and for three that do nothing but count.
        core = min(os.sched_getaffinity(0))
        subprocess.run(
            ["taskset", "-acp", str(core), str(station.process.pid)], capture_output=True
        )
        burn = ["taskset", "-c", str(core), PYTHON, "-c", "while True: pass"]
        burners = [subprocess.Popen(burn) for _ in range(3)]
        time.sleep(60)  # its frames (2 MB each) fill the memory that is theirs
        levels = []
        for _ in range(60):
            time.sleep(1)
            levels.append(station.memory_mb())
        grown = max(levels[30:]) - max(levels[:30])
        fast = station.source("fast")
        slow = dropped(fast, "slow")
        figure = f"{fast['state']}, {fast['frames']} frames, {slow} slow, {grown:+.1f} MB"
        holds = fast["state"] in ("fresh", "late") and grown < 48 and slow > 0
        table.row("5  fast: falls behind for two minutes: memory flat", figure, holds)
    finally:
        for burner in burners:
            burner.kill()
        station.stop()
        camera.end()
