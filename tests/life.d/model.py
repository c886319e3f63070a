"""A model folder that is damaged or not there when the station starts, and is mended."""

import shutil
import time
from pathlib import Path

from kept import folders
from station import FRESH_S, PAGE_S, Station, write_config
from trial import Miss, Trial

MODELS = Path(__file__).resolve().parents[2] / "models"


def flip(path: Path) -> None:
    """Flips a byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def row(trial: Trial) -> None:
    """Page up, forecasts withheld with the reason, back when mended, exit code 0 all the time."""
    running = []
    try:
        for what, words in [("flipped", "model"), ("gone", "model")]:
            folder, data = trial.room / f"model-{what}", trial.room / f"data-{what}"
            shutil.copytree(MODELS / "fire-v2", folder)
            away = trial.room / f"away-{what}"
            if what == "flipped":
                shutil.copytree(folder, away)
                flip(folder / "model.onnx")
            else:
                folder.rename(away)
            forecast = f'model = "{folder}"'
            alert = '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\n'
            file = write_config(trial, data, forecast=forecast, name=what, more=alert)
            station = Station(trial, [file], log=what)
            running.append((what, words, folder, away, data, station))
        for what, words, _folder, _away, data, station in running:
            station.get("/", PAGE_S)
            station.until(
                lambda health: health["sources"][0]["why_withheld"],
                FRESH_S,
                f"{what}: withheld with a reason",
            )
            # Frames come in all the same.
            station.until(
                lambda health: (
                    health["sources"][0]["frames"] > 3 and health["sources"][0]["state"] == "fresh"
                ),
                FRESH_S,
                f"{what}: its camera is seen",
            )
            # A fire in view waits for no model.
            station.until(
                lambda health: any(alert["rule"] == "fire" for alert in health["alerts"]),
                FRESH_S,
                f"{what}: a fire in view is told without a model",
            )
            source = station.source()
            counted = dict(source["withheld"])
            trial.hold(counted.get("model", 0) > 0, f"{what}: not counted as model: {counted}")
            trial.hold(words in source["why_withheld"], f"{what}: {source['why_withheld']}")
            trial.hold(station.health()["http"] == 503, f"{what}: healthy without a model")
            trial.hold(bool(station.told("no forecast", words)), f"{what}: no line in the log")
            trial.hold(not folders(data), f"{what}: a forecast without a model")
            trial.figure(f"{what}: {source['why_withheld'].replace(str(trial.room), '…')[:120]}")
        for what, _words, folder, away, _data, _station in running:
            if what == "flipped":
                shutil.rmtree(folder)
            away.rename(folder)
        mended = time.monotonic()
        waiting = {what: station for what, *_, station in running}
        while waiting:
            for what, station in list(waiting.items()):
                back_s = time.monotonic() - mended
                if station.health()["http"] == 200:
                    trial.figure(f"{what}: fresh {back_s:.0f} s after it was mended")
                    station.end()
                    del waiting[what]
                elif back_s > FRESH_S:
                    raise Miss(f"{what}: not back {back_s:.0f} s after: {station.health()}")
            time.sleep(0.2)
    finally:
        for *_, station in running:
            station.__exit__()
