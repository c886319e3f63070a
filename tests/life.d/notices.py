"""What a service manager hears: a datagram socket that stands for systemd."""

import socket
import threading
import time
from pathlib import Path

from trial import Miss


class Notices(threading.Thread):
    """Hears all lines, each with the time at which it came."""

    def __init__(self, path: Path, watchdog_s: float) -> None:
        """Listens at `path` from now on; `watchdog_s` is what WatchdogSec= would be."""
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.heard: list[tuple[float, str]] = []
        self.env = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": str(int(watchdog_s * 1e6))}
        self.start()

    def run(self) -> None:
        """Without end: it goes with the process."""
        while said := self.socket.recv(4096).decode():
            self.heard += [(time.monotonic(), line) for line in said.splitlines()]

    def lines(self, start: str = "", since: float = 0) -> list[tuple[float, str]]:
        """Those that begin so and came after `since`."""
        return [(at, line) for at, line in self.heard if at >= since and line.startswith(start)]

    def wait(self, start: str, within_s: float) -> float:
        """Waits for the first line that begins so; when it came."""
        until_s = time.monotonic() + within_s
        while not (found := self.lines(start)):
            if time.monotonic() > until_s:
                last = [line for _, line in self.heard][-5:]
                raise Miss(f"no {start} within {within_s:.0f} s; heard {last}")
            time.sleep(0.02)
        return found[0][0]
