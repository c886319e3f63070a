"""A station that runs: the real program, its page, its log, its end."""

import http.client
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from glob import glob
from pathlib import Path

from trial import Miss, Trial, until

# Back to fresh within this of the end of what was wrong.
FRESH_S = 30.0
# The page is there within this of the start.
PAGE_S = 5.0
# A process does not outlive whoever started it.
ENDS_WITH_US = ["setpriv", "--pdeathsig", "KILL"]
# A small fire, so that a forecast takes a tenth of a second.
SIM = "sim:fire?height=40&width=48&cell_m=0.5&frames=1000"


def write_config(
    trial: Trial,
    data: Path,
    *,
    cameras: Sequence[str] = (),
    every_s: float = 2,
    keep: str = 'min_free = "1MB"',
    forecast: str = "",
    more: str = "",
    name: str = "station",
) -> Path:
    """Writes a station's file; `cameras` are the insides of [[camera]], else a simulated one.

    `more` is what it holds besides.
    """
    cameras = cameras or [sim()]
    told = "".join(f"[[camera]]\n{camera}\n" for camera in cameras)
    path = trial.room / f"{name}.toml"
    path.write_text(
        f'name = "{name}"\nlat = 40.0175\nlon = -105.2797\ndata = "{data}"\n{told}'
        f'[forecast]\nevery_s = {every_s}\nleads = 2\nengine = "tract"\n{forecast}\n'
        f"[keep]\n{keep}\n{more}"
    )
    return path


def sim(name: str = "sim", every_s: float = 0.5, step_s: float = 0.5, address: str = SIM) -> str:
    """The inside of a simulated camera's table."""
    return f'name = "{name}"\nfrom = "{address}"\nevery_s = {every_s}\nstep_s = {step_s}'


class Station:
    """A station; leaving its `with` kills it."""

    def __init__(
        self,
        trial: Trial,
        args: Sequence[str | Path],
        *,
        env: dict[str, str] | None = None,
        before: Sequence[str] = (),
        log: str = "station",
    ) -> None:
        """Starts `emberline run ARGS` on a free port; `before` are words before its name."""
        self.trial = trial
        # Told once.
        self.sees_nothing = False
        self.log_path = trial.room / f"{log}.log"
        command = [*ENDS_WITH_US, *before, trial.program, "run", *args, "--listen", "127.0.0.1:0"]
        self.started = time.monotonic()
        with self.log_path.open("ab") as log_file:
            self.log_from = log_file.tell()
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdout=subprocess.PIPE,
                stderr=log_file,
                cwd=trial.room,
                env={**os.environ, **(env or {})},
            )
        try:
            self.port = self._port()
        except BaseException:
            self.kill()
            raise
        self.address_s = time.monotonic() - self.started

    def _port(self) -> int:
        """The port of the page, which the first line on stdout tells."""
        out = self.process.stdout
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([out], [], [], 60)[0]:
                raise Miss("no address on stdout within 60 s")
            got = os.read(out.fileno(), 200)
            if not got:
                code = self.process.wait(30)
                raise Miss(f"it ended with {code} before it told its address: {self.log()[-500:]}")
            line += got
        return int(line.decode().strip().rstrip("/").rpartition(":")[2])

    def __enter__(self) -> "Station":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kills it and looks for what no log may hold."""
        self.kill()
        self.trial.hold("panicked" not in self.log(), "the log tells of a panic")

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid

    def log(self) -> str:
        """What it has said on stderr."""
        with self.log_path.open("rb") as file:
            file.seek(self.log_from)
            return file.read().decode(errors="replace")

    def told(self, *words: str) -> list[str]:
        """Lines of the log that hold all of `words`."""
        return [line for line in self.log().splitlines() if all(word in line for word in words)]

    def get(self, path: str, within_s: float = 10) -> tuple[int, bytes]:
        """Status and body of what lies at `path`; a cut connection is tried again in that time."""
        until_s = time.monotonic() + within_s
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within_s)
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException) as cause:
                if self.process.poll() is not None:
                    code = self.process.returncode
                    raise Miss(f"it ended with {code}: {self.log()[-500:]}") from cause
                if time.monotonic() > until_s:
                    raise Miss(f"{path}: no answer within {within_s:.0f} s: {cause}") from cause
                time.sleep(0.02)
            finally:
                connection.close()

    def health(self) -> dict:
        """What /healthz says, with its status as `http`."""
        status, body = self.get("/healthz")
        health = {**json.loads(body), "http": status}
        if status == 200 and not health["sources"]:
            self.trial.hold(self.sees_nothing, "/healthz 200 without any source")
            self.sees_nothing = True
            health["http"] = 503
        return health

    def source(self, name: str = "sim") -> dict:
        """What /healthz says of a camera."""
        return next(s for s in self.health()["sources"] if s["name"] == name)

    def until(self, done: Callable[[dict], object], within_s: float, what: str) -> float:
        """Waits until /healthz is as `done` wants it; seconds that it took."""
        seen: dict = {}

        def look() -> bool:
            seen.update(self.health())
            return bool(done(seen))

        def wrong() -> str:
            return f"{what}: not so; /healthz is {seen.get('http')}: {seen.get('reasons')}"

        return until(look, within_s, wrong)

    def healthy(self, within_s: float = FRESH_S, what: str = "healthy") -> float:
        """Waits for a /healthz of 200; seconds that it took."""
        return self.until(lambda health: health["http"] == 200, within_s, what)

    def send(self, number: int) -> None:
        """Sends it a signal."""
        self.process.send_signal(number)

    def end(self, number: int = signal.SIGTERM, within_s: float = 30) -> float:
        """Ends it in order; seconds that it took. Its exit code must be 0."""
        self.send(number)
        return self.ended(number, within_s)

    def ended(self, number: int = signal.SIGTERM, within_s: float = 30) -> float:
        """Waits for the end that `number` began; seconds that it took. Its exit code must be 0."""
        began = time.monotonic()
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise Miss(f"{signal.Signals(number).name}: it does not end: {self.where()}") from None
        took_s = time.monotonic() - began
        self.trial.hold(code == 0, f"exit code {code} after {signal.Signals(number).name}")
        return took_s

    def where(self) -> str:
        """What its threads do, as the kernel tells it."""
        threads = [Path(path) for path in glob(f"/proc/{self.pid}/task/*")]
        told = [f"{(t / 'comm').read_text().strip()}: {(t / 'wchan').read_text()}" for t in threads]
        nice = os.getpriority(os.PRIO_PROCESS, self.pid)
        return f"{', '.join(told)}; nice {nice}; its last line is {self.log()[-200:]}"

    def kill(self) -> None:
        """Ends it by SIGKILL."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
