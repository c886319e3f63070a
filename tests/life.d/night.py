"""A camera that sees by day only: night is a state and no fault."""

import time

from station import FRESH_S, Station, sim, write_config
from trial import Trial
from wall import Wall


def row(trial: Trial) -> None:
    """`look = "day"`: by night `night` and healthy, without forecasts; by day fresh, with them."""
    camera = sim() + '\nlook = "day"'
    file = write_config(trial, trial.room / "data", cameras=[camera])
    text = file.read_text().replace("lat = 40.0175", "lat = 0.0")
    file.write_text(text.replace("lon = -105.2797", "lon = 0.0"))
    # Seconds to the next noon at Greenwich, and to the midnight before it.
    noon_s = 86_400 - (time.time() - 43_200) % 86_400
    wall = Wall(trial.room, f"{noon_s - 43_200:+.0f}")
    with Station(trial, [file], env=wall.env) as station:
        station.get("/healthz")
        night_s = station.until(
            lambda health: health["sources"][0]["state"] == "night", FRESH_S, "midnight: night"
        )
        health = station.health()
        trial.hold(health["http"] == 200, f"night is a fault: {health['reasons']}")
        time.sleep(5)
        source = station.source()
        trial.hold(source["forecasts"] == 0, f"{source['forecasts']} forecasts by night")
        trial.hold("night" in dict(source["withheld"]), f"withheld: {source['withheld']}")
        wall.set(f"{noon_s:+.0f}")
        day_s = station.until(
            lambda health: (
                health["sources"][0]["state"] == "fresh"
                and health["sources"][0]["forecasts"] > 0
                and health["http"] == 200
            ),
            FRESH_S,
            "noon: fresh, with forecasts",
        )
        wall.set(f"{noon_s + 43_200:+.0f}")
        again_s = station.until(
            lambda health: health["sources"][0]["state"] == "night" and health["http"] == 200,
            FRESH_S,
            "the next midnight: night, and healthy",
        )
        trial.figure(
            f"night told in {night_s:.1f} s and healthy; by day a forecast {day_s:.1f} s after, "
            f"night again in {again_s:.1f} s"
        )
        station.end()
