"""A real broker on loopback, and a hub that listens to it."""

import json
import random
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from packages import need
from station import ENDS_WITH_US
from trial import Miss, NotRun, until


def free_port() -> int:
    """A port that nobody has, below those that the system hands out meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise Miss("no free port between 20000 and 32000")


class Broker:
    """Debian's mosquitto, with a store of its own that outlives it."""

    def __init__(self, room: Path, shown: Path | None = None, port: int = 0) -> None:
        """Begins it on `port`, or any.

        With a certificate and key in the folder `shown`, it speaks TLS on `tls_port` besides.
        """
        need("mosquitto", "mosquitto")
        need("mosquitto-clients", "mosquitto_sub", "mosquitto_pub")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        if not Path(program).exists():
            raise NotRun("no mosquitto: apt-get install mosquitto mosquitto-clients")
        self.log, self.process = room / "broker.log", None
        self.port = port or free_port()
        config = room / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {room}/\nautosave_on_changes true\nautosave_interval 1\n"
            "max_queued_messages 0\nuser root\n"
        )
        self.tls_port = free_port()
        if shown:
            files = f"certfile {shown}/cert.pem\nkeyfile {shown}/key.pem\n"
            with config.open("a") as more:
                more.write(f"listener {self.tls_port} 127.0.0.1\n{files}")
        self.command = [*ENDS_WITH_US, program, "-c", str(config)]
        self.start()

    def start(self) -> None:
        """Begins it again, with what it had kept."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        until(self.answers, 20, lambda: f"no broker: {self.log.read_text()[-300:]}")

    def answers(self) -> bool:
        """Whether somebody listens there."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def end(self, number: int = signal.SIGKILL) -> None:
        """Ends it, as it is told."""
        self.process.send_signal(number)
        self.process.wait(20)

    def say(self, topic: str, payload: str) -> None:
        """Publishes as somebody else."""
        self._publish("-t", topic, "-m", payload)

    def keep(self, topic: str, payload: str) -> None:
        """Publishes what is kept; what is kept there is deleted where that is empty."""
        how = ["-s"] if payload else ["-n"]
        self._publish("-t", topic, "-r", *how, said=payload)

    def flood(self, topic: str, payload: str, times: int) -> None:
        """Publishes the same again and again."""
        self._publish("-t", topic, "-l", said=f"{payload}\n" * times)

    def _publish(self, *words: str, said: str = "") -> None:
        command = ["mosquitto_pub", "-p", str(self.port), "-q", "1", *words]
        subprocess.run(command, check=True, timeout=20, input=said, text=True)


class Hub:
    """Somebody who wants to know everything, over days when he is away."""

    def __init__(self, broker: Broker, room: Path) -> None:
        """Listens at once."""
        self.broker, self.file, self.process = broker, room / "hub.txt", None
        self.file.touch()
        self.listen()

    def listen(self) -> None:
        """Listens, and is given what it missed."""
        command = [*ENDS_WITH_US, "mosquitto_sub", "-p", str(self.broker.port), "-i", "hub"]
        command += ["-c", "-q", "1", "-t", "#", "-F", "%t %r %x"]
        with self.file.open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out)
        time.sleep(0.5)

    def away(self) -> None:
        """Is away."""
        self.process.kill()
        self.process.wait()

    def heard(self, under: str) -> list[tuple[str, bool, str]]:
        """Topic, whether it was kept, and payload of all that it heard whose topic begins so."""
        found = []
        for line in self.file.read_text().splitlines(keepends=True):
            if line.startswith(under) and line.endswith("\n"):
                topic, kept, payload = line[:-1].split(" ", 2)
                told = bytes.fromhex(payload).decode(errors="replace")
                found.append((topic, kept == "1", told))
        return found

    def numbers(self) -> list[int]:
        """Numbers of the messages of the outbox, as they came."""
        heard = self.heard("emberline/")
        told = [json.loads(p) for t, kept, p in heard if p.startswith("{") and not kept]
        return [message["seq"] for message in told if "seq" in message]
