"""emberline's own nowcast: the built program, run on a file of the frames up to the start.

The model is a folder of its own for each event, `MODELS/heldout-EVENT`, that has not seen the event
(`onnx ship`). The program is used as a person would: it starts, reads the model, forecasts on one
thread of its embedded engine, and writes everything it writes, pictures too; all of that is its
time.
"""

import hashlib
import resource
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.rain_forecast import RainForecast
from ..data.rain_starts import LEADS, Start

NO_DATA = 255  # where a chance in percent would stand


@dataclass(frozen=True)
class Program:
    """The binary and where its models are."""

    binary: Path
    models: Path

    def model(self, event: str) -> Path:
        """Model folder that has not seen an event."""
        return self.models / f"heldout-{event}"

    def made(self, event: str) -> dict[str, str]:
        """What a forecast depends on."""
        call = [str(self.binary), "--version"]
        version = subprocess.run(call, capture_output=True, text=True, check=True).stdout
        sums = self.model(event) / "SHA256SUMS"
        return {
            "emberline": version.split()[-1],
            "program_sha256": hashlib.sha256(self.binary.read_bytes()).hexdigest()[:16],
            "model_sha256": hashlib.sha256(sums.read_bytes()).hexdigest()[:16],
        }

    def forecast(self, start: Start) -> tuple[RainForecast, float, float]:
        """What it says, and processor and wall seconds of the process."""
        with tempfile.TemporaryDirectory() as room:
            film, out = Path(room) / "film.npz", Path(room) / "out"
            np.savez(
                film,
                frames=start.codes,
                kind=np.array("rain"),
                dt_s=np.float64(start.step_min * 60),
                cell_m=np.float64(start.cell_km * 1000),
            )
            call = [self.binary, "forecast", film, out, "--model", self.model(start.event)]
            call += ["--engine", "tract", "--threads", "1", "--leads", str(LEADS)]
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            done = subprocess.run([str(c) for c in call], capture_output=True, text=True)
            wall_s = time.perf_counter() - began
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            if done.returncode:
                last = (done.stderr.strip().splitlines() or ["said nothing"])[-1]
                raise ValueError(f"{self.binary.name} on {start.event}, frame {start.at}: {last}")
            cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
            return read(out / "forecast.npz"), cpu_s, wall_s


def read(path: Path) -> RainForecast:
    """Rain, and its chances where the program tells them: in percent, 255 where it tells none."""
    with np.load(path) as z:
        if "rain_probability_percent" not in z.files:
            return RainForecast(z["rain_mm_h"])
        percent = z["rain_probability_percent"]
        chance = np.where(percent == NO_DATA, np.nan, percent / np.float32(100))
        rates_mm_h = z["probability_mm_h"].astype(np.float64)
        return RainForecast(z["rain_mm_h"], chance=chance, chance_mm_h=rates_mm_h)
