"""A sensor node on a pseudo-terminal: it measures, and keeps each reading until it is stored."""

import math
import os
import select
import threading
import time
import tty
from pathlib import Path

from node_line import frame, maybe, message, number, numbers, signed

# Numbers of messages.
HELLO, READING, STATUS, ACK, CLOCK_REQUEST, CLOCK, HELLO_REQUEST = 0, 1, 4, 5, 7, 8, 10
# Temperature, humidity, pressure, wind, rain, battery.
SENSORS = 0b111111
HELLO_S, STATUS_S = 5.0, 60.0
# Readings that are under way at once, and when they go again.
WINDOW, AGAIN_S = 8, 2.0


class Node(threading.Thread):
    """One node behind the port `path`, which is there once it is started."""

    def __init__(self, path: Path, node: int, every_s: float) -> None:
        """`node` is its number; it measures each `every_s`, at once for the first time."""
        super().__init__(daemon=True)
        self.number, self.every_s, self.ends = node, every_s, threading.Event()
        self.kept: list[tuple[int, bytes]] = []
        self.taken, self.acked, self.came = 0, 0, b""
        self.line, theirs = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(self.line, False)
        path.symlink_to(os.ttyname(theirs))
        # Whoever has it open is told of as one who takes bytes away.
        os.close(theirs)
        self.began = time.monotonic()
        self.start()

    def run(self) -> None:
        """Until it is told to end."""
        due = {"hello": 0.0, "reading": 0.0, "again": AGAIN_S, "status": STATUS_S}
        steps = {"hello": self._hello, "reading": self._measure, "again": self._again}
        every_s = {"hello": HELLO_S, "reading": self.every_s, "again": AGAIN_S, "status": STATUS_S}
        steps["status"] = self._status
        while not self.ends.wait(0.02):
            for what, do in steps.items():
                if self._up_ms() >= 1000 * due[what]:
                    do()
                    due[what] += every_s[what]
            self._hear()
        os.close(self.line)

    def end(self) -> None:
        """No more readings."""
        self.ends.set()
        self.join()

    def _up_ms(self) -> int:
        return int(1000 * (time.monotonic() - self.began))

    def _say(self, body: bytes) -> None:
        """Lost where nobody listens or the line is full, as on a cable."""
        try:
            os.write(self.line, frame(body))
        except OSError:
            pass

    def _hello(self) -> None:
        """Protocol, itself, its log, first start; version 0.1.0, power came."""
        log = number(self.acked) + number(self.acked + 1) + number(self.taken + 1)
        who = b"\1" + number(self.number) + number(self.number) + number(1)
        what = b"\0\1\0" + number(1) + number(SENSORS)
        self._say(bytes([HELLO]) + who + number(self._up_ms()) + what + log)

    def _measure(self) -> None:
        """A dry afternoon with some wind."""
        self.taken += 1
        turn = math.sin(self.taken / 9 + self.number)
        speed = number(int(420 + 90 * turn))
        wind = speed + maybe(number(int(200 + 30 * turn))) + speed + number(int(700 + 90 * turn))
        values = [
            None,  # no clock chip
            signed(int(2700 + 80 * turn)),
            number(int(3100 - 400 * turn)),
            number(int(98_000 + 50 * turn)),
            wind,
            number(0),
            number(3700),
        ]
        key = number(self.number) + number(self.taken) + number(1) + number(self._up_ms())
        self.kept.append((self.taken, bytes([READING]) + key + b"".join(map(maybe, values))))
        self._send(self.kept[-1:])

    def _send(self, readings: list[tuple[int, bytes]]) -> None:
        for seq, body in readings:
            if seq <= self.acked + WINDOW:
                self._say(body)

    def _again(self) -> None:
        """What was not acknowledged."""
        self._send(self.kept)

    def _status(self) -> None:
        """Nothing is wrong."""
        counts = number(len(self.kept)) + bytes(5) + number(int(1000 * AGAIN_S))
        self._say(bytes([STATUS]) + number(self._up_ms()) + counts)

    def _hear(self) -> None:
        """What the gateway has sent."""
        if not select.select([self.line], [], [], 0)[0]:
            return
        try:
            self.came += os.read(self.line, 4096)
        except OSError:
            return  # nobody has it open
        *frames, self.came = self.came.split(b"\0")
        for told in filter(None, map(message, frames)):
            if told[0] == ACK:
                log, seq = numbers(told[1:])[:2]
                if log == self.number:
                    self.acked = max(self.acked, seq)
                    self.kept = [one for one in self.kept if one[0] > seq]
            elif told[0] == CLOCK_REQUEST:
                clock = told[1:] + number(1) + number(self._up_ms()) + maybe(None)
                self._say(bytes([CLOCK]) + clock)
            elif told[0] == HELLO_REQUEST:
                self._hello()
