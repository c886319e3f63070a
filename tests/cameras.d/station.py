"""The program under test, and what it says of its cameras."""

import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from port import free_port


class Station:
    """The program under test, and what it has said."""

    def __init__(
        self, program: Path, room: Path, cameras: list[str], environment=None, every_s=30
    ) -> None:
        """Starts it, with these tables of cameras in its file."""
        room.mkdir(exist_ok=True)
        self.port, self.log, self.data = free_port(), room / "station.log", room / "data"
        head = f'name = "ridge"\nlat = 40.0\nlon = -105.0\ndata = "{self.data}"\n'
        tail = f'[forecast]\nevery_s = {every_s}\n[web]\nlisten = "127.0.0.1:{self.port}"\n'
        self.file = room / "station.toml"
        self.file.write_text(head + "".join(cameras) + tail)
        self.lock, self.newest, self.seen = threading.Lock(), {}, {}
        # When a camera was first in a state, by its name and that.
        self.first_s, self.began = {}, time.monotonic()
        out = self.log.open("w")
        self.program = program
        command = [str(program), "run", str(self.file)]
        self.process = subprocess.Popen(
            command, stdout=out, stderr=out, env={**os.environ, **(environment or {})}
        )
        threading.Thread(target=self.watch, daemon=True).start()

    def get(self, path: str) -> str:
        """What lies at `path`, whatever its status."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as got:
                return got.read().decode()
        except urllib.error.HTTPError as blind:
            return blind.read().decode()

    def watch(self) -> None:
        """Takes in each camera's health five times a second."""
        while self.process.poll() is None:
            try:
                sources = json.loads(self.get("/healthz"))["sources"]
            except (OSError, ValueError, KeyError):
                sources = []
            with self.lock:
                for source in sources:
                    name = source["name"]
                    self.newest[name] = source
                    now_s = time.monotonic() - self.began
                    self.first_s.setdefault((name, source["state"]), now_s)
                    states, age_s = self.seen.get(name, (set(), 0.0))
                    age_s = max(age_s, source["frame_age_s"] or 0.0)
                    self.seen[name] = (states | {source["state"]}, age_s)
            time.sleep(0.2)

    def seen_anew(self) -> None:
        """Forgets the states and ages so far."""
        with self.lock:
            self.seen = {}

    def source(self, name: str) -> dict:
        """What /healthz last said of a camera."""
        with self.lock:
            return self.newest.get(name, {"state": "", "why": "", "frames": 0, "dropped": []})

    def state(self, name: str) -> str:
        """A camera's state."""
        return self.source(name)["state"]

    def memory_mb(self) -> float:
        """Resident, of the process."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def processor_s(self) -> float:
        """Time on processors since its start."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def age_s(self) -> float:
        """Seconds since its start."""
        return json.loads(self.get("/healthz"))["up_s"]

    def pause(self) -> None:
        """Nothing is forecast from now on; frames are read on."""
        command = [str(self.program), "pause", str(self.file), "--for", "1h"]
        subprocess.run(command, check=True, capture_output=True)

    def stop(self) -> int:
        """Ends it in order; its exit code, -1 where it had to be killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return -1


def camera_text(name: str, port: int, kind="thermal", more="", path="cam") -> str:
    """The table of a camera in the station's file."""
    address = f"rtsp://127.0.0.1:{port}/{path}"
    return f'[[camera]]\nname = "{name}"\nfrom = "{address}"\nkind = "{kind}"\nevery_s = 1\n{more}'


def dropped(source: dict, why: str) -> int:
    """Frames of a camera that were left out for this reason."""
    return dict(map(tuple, source["dropped"])).get(why, 0)
