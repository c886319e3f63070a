"""Holds the real Home Assistant to what it should show of a station, and prints what was seen."""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import install
from alerts import Fires
from home_assistant import HomeAssistant
from mosquitto import Broker, Hub
from station import Station, sim, write_config
from trial import Miss, NotRun, Trial, until

# A state is there within this of what it tells of; keep-alive and last will take half a minute.
SOON_S = 60
GONE_S = 90
CONFIG = "homeassistant/device/emberline_station/config"
NORTH = ["station north camera", "station north fire", "station north forecast"]
SOUTH = ["station south camera", "station south fire", "station south forecast"]
OTHERS = ["station alert fire", "station blind"]


def rows(trial: Trial, hass: Path) -> None:
    """All rows, one after the other, of one Home Assistant."""
    broker = Broker(trial.room)
    hub = Hub(broker, trial.room)
    drop = trial.room / "drop"
    # It burns for so long, and then does not.
    fires = Fires(drop, 20)
    north = f'name = "north"\nfrom = "file://{drop}/"\nkind = "thermal"\nevery_s = 0.5\nstep_s = 1'
    more = '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\nclear = "0s"\nof = "north"\n'
    more += f'[mqtt]\nbroker = "mqtt://127.0.0.1:{broker.port}"\nhome_assistant = true\n'

    def write(cameras: list[str]) -> Path:
        return write_config(trial, trial.room / "data", cameras=cameras, every_s=2, more=more)

    file = write([north, sim("south", 0.5, 0.5)])
    with HomeAssistant(hass, trial.room) as home:
        home.set_up(broker.port)
        trial.figure(f"Home Assistant {home.version()}")

        def are(names: list[str], want: str, within_s: float, what: str) -> None:
            """Waits until all of `names` are in the state `want`."""
            seen: dict = {}

            def look() -> bool:
                seen.update(home.states())
                return all(seen.get(name) == want for name in names)

            waited_s = until(look, within_s, lambda: f"{what}: {seen}")
            trial.figure(f"{what}: {waited_s:.0f} s")

        def away(what: str) -> None:
            are(every, "unavailable", GONE_S, what)

        def back(what: str) -> None:
            def is_back() -> bool:
                states = home.states()
                return set(every) <= set(states) and not any(
                    states[name] in ("unavailable", "unknown") for name in every
                )

            waited_s = until(is_back, SOON_S, lambda: f"{what}: {home.states()}")
            trial.figure(f"{what}: {waited_s:.0f} s")

        every = sorted(NORTH + SOUTH + OTHERS)
        with Station(trial, [file], log="first") as station:
            until(lambda: set(every) <= set(home.states()), SOON_S, lambda: f"{home.states()}")
            trial.hold(sorted(home.states()) == every, f"others too: {sorted(home.states())}")
            trial.figure(f"{len(every)} entities")
            station.healthy()
            are(["station north camera", "station south camera"], "fresh", SOON_S, "fresh")
            are(["station blind"], "off", SOON_S, "not blind")
            told = ["station north fire", "station alert fire"]
            for want in ["on", "off", "on"]:
                are(told, want, SOON_S, f"fire and alert are {want}")
            entity = home.entities()
            for name, want in [
                ("station north fire", "heat"),
                ("station alert fire", "safety"),
                ("station blind", "problem"),
            ]:
                got = entity[name]["attributes"].get("device_class")
                trial.hold(got == want, f"{name} is a {got}")
            # The newest picture, to the byte.
            shown: list[bytes] = []

            def same() -> bool:
                shown[:] = [home.picture("station north forecast")]
                return shown[0] == station.get("/forecast/north/overlay.png")[1]

            until(same, SOON_S, lambda: f"another picture, of {len(shown[0])} bytes")
            trial.figure(f"the newest picture, {len(shown[0]) / 1000:.0f} kB, to the byte")
            # A camera that sends nothing any more.
            fires.ends.set()
            are(["station north camera"], "gone", 2 * SOON_S, "the north camera sends nothing")
            are(["station blind"], "on", SOON_S, "so the station is blind")
            # A power cut.
            station.kill()
            away("unavailable after a power cut")
        fires = Fires(trial.room / "drop2", 20)
        north = north.replace(f"{drop}/", f"{trial.room}/drop2/")
        write([north, sim("south", 0.5, 0.5)])
        with Station(trial, [file], log="second") as station:
            station.healthy()
            back("back after a restart of the station")
            # Nobody keeps what there is, and Home Assistant begins anew.
            home.end()
            broker.keep(CONFIG, "")
            before = len(hub.heard(CONFIG))
            home.start()
            until(lambda: len(hub.heard(CONFIG)) > before, SOON_S, lambda: "no discovery on birth")
            back("back after its own restart, told on its birth")
            # A camera is taken out of the file while the station runs.
            write([north])
            station.send(signal.SIGHUP)
            until(lambda: not set(SOUTH) & set(home.states()), SOON_S, lambda: f"{home.states()}")
            trial.figure("the camera that was taken out is gone")
            every = sorted(NORTH + OTHERS)
            trial.hold(sorted(home.states()) == every, f"left: {sorted(home.states())}")
            station.end()
            away("unavailable after an orderly end")
        complaints = home.complaints()
        trial.hold(not complaints, f"it complains: {complaints[:3]}")
        last = [payload for _, _, payload in hub.heard(CONFIG) if payload][-1]
        count = len(json.loads(last)["components"])
        trial.figure(f"{count} components in the last message, no complaint")
    fires.ends.set()
    hub.away()
    broker.end()


def main() -> int:
    """Reads what was typed; gives the exit code."""
    parser = argparse.ArgumentParser(prog="tests/home-assistant", description=__doc__)
    parser.add_argument("--program", type=Path, default=Path("target/release/emberline"))
    parser.add_argument("--hass", type=Path, help="another Home Assistant than it installs")
    parser.add_argument("--keep", type=Path, help="folder in which everything is left behind")
    typed = parser.parse_args()
    if not os.access(typed.program, os.X_OK):
        parser.error(f"{typed.program}: no program; cargo build --release, or say --program")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="emberline-home-") as temporary:
        room = (typed.keep or Path(temporary)).resolve()
        room.mkdir(parents=True, exist_ok=True)
        say = lambda line: print(line, flush=True)  # noqa: E731
        program, rng = typed.program.resolve(), random.Random(1)
        trial = Trial("home-assistant", program, room, False, 0, rng, say)
        try:
            rows(trial, typed.hass or install.program())
        except NotRun as why:
            print(f"NOT RUN: home-assistant: {why}", file=sys.stderr)
            return 0
        except Miss as miss:
            trial.miss(str(miss))
    print(f"home-assistant: {len(trial.misses)} missed, {time.monotonic() - began:.0f} s")
    return int(bool(trial.misses))


sys.exit(main())
