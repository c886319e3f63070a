"""Faults of a living station, one after another by chance: each is told, and it comes back."""

import shutil
import subprocess
import time
from collections.abc import Callable

from camera_folder import Feeder, camera
from disk import Disk, Filler
from kept import flaws
from model import MODELS, flip
from station import FRESH_S, Station, sim, write_config
from trial import Miss, Trial, share, until
from wall import DAY_S, HOUR_S, Wall


class Chaos:
    """A station with two cameras on a small disk, under a wall clock that can step."""

    def __init__(self, trial: Trial, disk: Disk) -> None:
        """Starts it."""
        self.trial, self.disk, self.wall = trial, disk, Wall(trial.room)
        self.drop = trial.room / "drop"
        self.drop.mkdir()
        self.model = trial.room / "model"
        shutil.copytree(MODELS / "fire-v2", self.model)
        self.feeder = Feeder(self.drop, self.wall.now)
        self.file = write_config(
            trial,
            disk.path,
            cameras=[sim(), camera(self.drop)],
            keep='min_free = "1MB"\nmax_bytes = "4MB"\nmax_age = "1800s"',
            forecast=f'model = "{self.model}"',
        )
        self.starts = 0
        self.station = self.start()

    def start(self) -> Station:
        """Starts the station anew."""
        self.starts += 1
        before, log = self.disk.before, f"run{self.starts}"
        return Station(self.trial, [self.file], env=self.wall.env, before=before, log=log)

    def wait_blind(self, words: str, within_s: float = FRESH_S) -> None:
        """Waits until /healthz is 503 and gives a reason with `words`."""
        self.station.until(
            lambda health: health["http"] == 503 and words in " ".join(health["reasons"]),
            within_s,
            f"told, with '{words}'",
        )

    def camera_lost(self) -> None:
        """A folder that is away for a while: a share that is not mounted."""
        away = self.drop.with_name("away")
        self.drop.rename(away)
        try:
            self.wait_blind("north: gone")
        finally:
            away.rename(self.drop)

    def disk_full(self) -> None:
        """Filled by somebody else."""
        filler = Filler(self.disk, 500_000)
        try:
            self.wait_blind("the disk is full")
        finally:
            filler.end()

    def disk_read_only(self) -> None:
        """As after an error."""
        self.disk.set_read_only()
        try:
            self.wait_blind("Read-only")
        finally:
            self.disk.set_writable()

    def killed(self) -> None:
        """At any moment, and started again."""
        time.sleep(self.trial.rng.uniform(0, 2))
        self.station.kill()
        for wrong in flaws(self.disk.seen):
            self.trial.miss(f"half after a kill: {wrong}")
        self.station = self.start()

    def ended(self) -> None:
        """In order, and started again."""
        self.station.end()
        self.station = self.start()

    def step(self, offset_s: int) -> None:
        """The wall clock steps there and, once it is fresh, back."""
        try:
            self.step_to(f"{offset_s:+d}")
            self.wait_fresh(FRESH_S)
        finally:
            self.step_to("+0")

    def step_to(self, spec: str) -> None:
        """The wall clock steps, and a line of the log tells it."""
        lines = len(self.station.told("stepped by"))
        self.wall.set(spec)
        until(
            lambda: len(self.station.told("stepped by")) > lines,
            10,
            lambda: f"no line tells the step to {spec}",
        )

    def second(self) -> None:
        """Another daemon tries its luck."""
        command = [*self.disk.before, str(self.trial.program), "run", str(self.file)]
        command += ["--listen", "127.0.0.1:0"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60)
        told = said.returncode == 2 and str(self.station.pid) in said.stderr
        self.trial.hold(told, f"the second daemon: {said.returncode} {said.stderr}")

    def model_damaged(self) -> None:
        """A byte flips, the station is started again, and the folder is mended."""
        whole = self.model.with_name("whole")
        shutil.copytree(self.model, whole)
        flip(self.model / "model.onnx")
        self.station.end()
        self.station = self.start()
        try:
            self.wait_blind("model")
        finally:
            shutil.rmtree(self.model)
            whole.rename(self.model)

    def wait_fresh(self, within_s: float) -> float:
        """Waits until it is healthy and each camera has made a forecast from now on."""
        self.station.until(lambda health: len(health["sources"]) == 2, within_s, "both cameras")
        made = {s["name"]: s["forecasts"] for s in self.station.health()["sources"]}
        return self.station.until(
            lambda health: (
                health["http"] == 200
                and all(s["forecasts"] > made[s["name"]] for s in health["sources"])
            ),
            within_s,
            "fresh",
        )


def row(trial: Trial) -> None:
    """Ten minutes of it; in the short form each but the model once."""
    with Disk.small(trial.room / "disk", 16) as disk:
        chaos = Chaos(trial, disk)
        try:
            suffer(trial, chaos)
        finally:
            chaos.feeder.end()
            chaos.station.__exit__()
            chaos.wall.set("+0")


def suffer(trial: Trial, chaos: Chaos) -> None:
    """Draws what goes wrong next, and how soon it is fresh after that."""
    kinds: list[tuple[str, Callable[[], None]]] = [
        ("camera lost", chaos.camera_lost),
        ("disk full", chaos.disk_full),
        ("disk read-only", chaos.disk_read_only),
        ("kill -9", chaos.killed),
        ("SIGTERM", chaos.ended),
        ("clock +1 h", lambda: chaos.step(HOUR_S)),
        ("clock -1 h", lambda: chaos.step(-HOUR_S)),
        ("clock +1 day", lambda: chaos.step(DAY_S)),
        ("clock 1970", lambda: chaos.step(10 - int(time.time()))),
        ("second daemon", chaos.second),
        ("model damaged", chaos.model_damaged),
    ]
    chaos.wait_fresh(FRESH_S)
    began, fresh_s, done = time.monotonic(), {}, 0
    # Ten minutes; in the short form those that are over soon, each once.
    bag: list[tuple[str, Callable[[], None]]] = []
    quick = [kind for kind in kinds if kind[0] not in ("model damaged", "SIGTERM", "clock -1 h")]
    rounds = 0
    while (time.monotonic() - began < 600) if trial.long else (rounds == 0 or bag):
        if not bag:
            bag = list(kinds if trial.long else quick)
            trial.rng.shuffle(bag)
            rounds += 1
        name, wrong = bag.pop()
        try:
            wrong()
            fresh_s.setdefault(name, []).append(chaos.wait_fresh(FRESH_S))
        except Miss as miss:
            trial.miss(f"{name}: {miss}")
            if chaos.station.process.poll() is not None:
                chaos.station = chaos.start()
            chaos.wait_fresh(120)
        for flaw in flaws(chaos.disk.seen):
            trial.miss(f"half after {name}: {flaw}")
        done += 1
    for name, took in sorted(fresh_s.items()):
        trial.say(f"{name} × {len(took)}: fresh at most {max(took):.1f} s after")
    every = [s for took in fresh_s.values() for s in took]
    trial.figure(
        f"{done} faults of {len(fresh_s)} kinds in {time.monotonic() - began:.0f} s: fresh "
        f"{share(every, 0.5):.1f} s after the end of one (median), at most {max(every):.1f}"
    )
    chaos.station.end()
