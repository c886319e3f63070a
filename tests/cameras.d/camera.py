"""A camera's process, which is killed, stopped and started again."""

import os
import signal
import subprocess
from pathlib import Path

from packages import PYTHON
from port import free_port
from waiting import until

HERE = Path(__file__).resolve().parent


class Camera:
    """A camera's process, which can be started again at the same port."""

    def __init__(
        self, room: Path, name: str, *arguments: str, script="rtsp_server.py", env=None
    ) -> None:
        """Starts nothing yet; `arguments` are those of `script`."""
        self.port, self.name, self.script = free_port(), name, script
        self.arguments, self.log = list(arguments), room / f"{name}.camera.log"
        self.env = {**os.environ, **(env or {})}
        self.process = None

    def start(self, *arguments: str) -> "Camera":
        """Starts it, and waits until it listens; `arguments` take the place of its own."""
        command = [PYTHON, str(HERE / self.script), "--port", str(self.port)]
        command += arguments or self.arguments
        said = self.said("ready")
        out = self.log.open("a")
        # What is tried here is the station: a server that ends at its start is started again, and
        # told.
        for _ in range(3):
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=self.env)
            until(60, lambda: self.said("ready") > said or not self.runs())
            if self.said("ready") > said:
                return self
            said_last = self.log.read_text()[-500:]
            print(f"camera {self.name} does not start ({self.process.poll()}): {said_last}")
            self.end()
        raise SystemExit(f"error: camera {self.name} does not start")

    def said(self, word: str) -> int:
        """How often it has said this."""
        return self.log.read_text().count(word) if self.log.exists() else 0

    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def send(self, which: int) -> None:
        """Sends it a signal."""
        self.process.send_signal(which)
        if which == signal.SIGKILL:
            self.process.wait()

    def end(self) -> None:
        """Kills it."""
        if self.runs():
            self.process.kill()
            self.process.wait()
