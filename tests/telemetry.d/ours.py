"""What our own reader makes of a file."""

import json
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
