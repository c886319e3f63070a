"""What our own reader makes of a file."""

import json
import socket
import subprocess
from pathlib import Path


class Ours:
    """What our own reader makes of files."""

    def __init__(self, program: Path) -> None:
        """By the example `samples`."""
        self.program = program

    def lines(self, file: Path, *words: str) -> list[dict]:
        """Every line that it prints of a file."""
        ran = subprocess.run(
            [self.program, file, *words], capture_output=True, text=True, timeout=60
        )
        if ran.returncode:
            raise RuntimeError(f"{file.name}: {ran.stderr.strip()}")
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def listens(self, steps: list[list[bytes]], lines_a_step: int) -> list[dict]:
        """What it prints of datagrams; a step is sent when the lines of the last one are there."""
        words = [self.program, "udp:0", "--seconds", "30"]
        lines = []
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as ran:
            try:
                host, port = ran.stderr.readline().strip().removeprefix("udp:").rsplit(":", 1)
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
                    for step in steps:
                        for datagram in step:
                            out.sendto(datagram, (host, int(port)))
                        for _ in range(lines_a_step):
                            if not (line := ran.stdout.readline()):
                                return lines
                            lines.append(json.loads(line))
            finally:
                ran.kill()
        return lines
