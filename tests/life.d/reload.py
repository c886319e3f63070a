"""Another configuration by SIGHUP: a broken one changes nothing, a camera more begins alone."""

import signal

from station import FRESH_S, Station, sim, write_config
from trial import Trial, until


def row(trial: Trial) -> None:
    """Broken: told by its key, and all goes on; a camera more, away again: the first is kept."""
    data = trial.room / "data"
    file = write_config(trial, data)
    with Station(trial, [file]) as station:
        station.healthy()
        good = file.read_text()
        file.write_text(good.replace("every_s = 2\n", "evry_s = 2\n"))
        made = station.source()["forecasts"]
        station.send(signal.SIGHUP)
        told_s = until(
            lambda: station.told("evry_s"), 10, lambda: f"no line tells the key: {station.log()}"
        )
        station.until(
            lambda health: health["sources"][0]["forecasts"] > made + 1,
            FRESH_S,
            "a broken file: forecasts go on",
        )
        told = station.told("evry_s")
        trial.hold(all("every_s" in line for line in told), f"not told what was meant: {told}")
        trial.figure(f"a broken file: told in {told_s:.1f} s, forecasts go on")
        file.write_text(good)
        frames = station.source()["frames"]
        write_config(
            trial, data, cameras=[sim(), sim("more", address="sim:fire?seed=5&cell_m=0.5")]
        )
        station.send(signal.SIGHUP)
        more_s = station.until(
            lambda health: (
                [s["name"] for s in health["sources"]] == ["sim", "more"]
                and health["http"] == 200
                and all(s["forecasts"] for s in health["sources"])
            ),
            FRESH_S,
            "a camera more: there, and fresh",
        )
        first = station.source()
        trial.hold(first["frames"] > frames, "the first camera began anew")
        trial.hold(first["reconnects"] == 0, "the first camera was opened again")
        file.write_text(good)
        station.send(signal.SIGHUP)
        less_s = station.until(
            lambda health: len(health["sources"]) == 1 and health["http"] == 200,
            FRESH_S,
            "the camera is away again",
        )
        trial.figure(
            f"a camera more: fresh in {more_s:.1f} s, the first kept; less: {less_s:.1f} s"
        )
        station.end()
