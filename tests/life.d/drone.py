"""A drone's camera and telemetry: a forecast on a map; telemetry that stops, comes back, lies."""

import json
import math
import socket
import struct

from station import FRESH_S, Station, write_config
from trial import Trial
from vehicle import EAST_M, HFOV_DEG, LAT, LON, NORTH_M, Vehicle, message

# Ten steps of 2 s are what the model sees.
FORECAST_S = 45
TOLD_S = 10
# UTM zone of the fire.
CRS = "EPSG:32613"


def free_udp_port() -> int:
    """A port on which nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def points(of: object) -> list[list[float]]:
    """All positions of a GeoJSON geometry."""
    if isinstance(of, list) and of and isinstance(of[0], int | float):
        return [of]
    return [point for part in of for point in points(part)] if isinstance(of, list) else []


def off_m(station: Station) -> float:
    """Metres between the middle of what has burnt by the newest forecast and the true one."""
    status, body = station.get("/forecast/drone/isochrones.geojson")
    if status != 200:
        return math.inf
    burnt = next(f for f in json.loads(body)["features"] if f["properties"]["observed"])
    at = points(burnt["geometry"]["coordinates"])
    east = [(p[0] - LON) * EAST_M for p in at]
    north = [(p[1] - LAT) * NORTH_M for p in at]
    return math.hypot((min(east) + max(east)) / 2, (min(north) + max(north)) / 2)


def hostile(vehicle: Vehicle, seed_bytes: bytes) -> None:
    """What nobody who means well sends."""
    place = struct.pack("<IiiiihhhH", 1, int(4e8), int(-1e9), 0, 0, 0, 0, 0, 0)
    good = message(33, place)
    vehicle.send(good[:-1] + bytes([good[-1] ^ 1]))
    vehicle.send(good[: len(good) // 2])
    vehicle.send(message(33, place, system=7))
    vehicle.send(seed_bytes * 4)
    vehicle.send(b"")
    for line in (
        b'{"t":"2099-01-01T00:00:00Z","lat":40.0,"lon":-105.0,"alt_agl_m":80}',
        b'{"t":"now","lat":1e999,"lon":[],"yaw_deg":"north"}',
        b"{" * 5000,
    ):
        vehicle.send(line)


def row(trial: Trial) -> None:
    """Told without telemetry; a forecast on a map with it; told when it stops; lies are counted."""
    port = free_udp_port()
    with Vehicle(port, trial.rng.randrange(10**6)) as vehicle:
        camera = (
            f'name = "drone"\nfrom = "{vehicle.address}"\nsnapshot = true\nkind = "thermal"\n'
            f'[camera.ground]\npose = "udp:{port}"\nhfov_deg = {HFOV_DEG}\ncell_m = 1\nstep = "2s"'
        )
        file = write_config(trial, trial.room / "data", cameras=[camera])
        with Station(trial, [file]) as station:
            flies(trial, station, vehicle)
            trial.figure(f"exit code 0 after {station.end():.1f} s")


def is_state(state: str):
    """Whether /healthz says that the drone is so."""
    return lambda health: health["sources"][0]["state"] == state


def flies(trial: Trial, station: Station, vehicle: Vehicle) -> None:
    """One thing after another, with the station that watches."""
    told_s = station.until(is_state("no-pose"), TOLD_S, "no telemetry yet: no-pose")
    why = station.source("drone")["why"]
    trial.hold("no telemetry yet" in why, f"without telemetry: {why}")
    trial.figure(f"no telemetry: no-pose after {told_s:.1f} s")

    vehicle.talks.set()
    made_s = station.until(
        lambda health: health["http"] == 200 and health["sources"][0]["forecasts"] > 0,
        FORECAST_S,
        "a forecast",
    )
    status, body = station.get("/forecast/drone/forecast.json")
    crs = json.loads(body)["product"]["grid"].get("crs") if status == 200 else status
    trial.hold(crs == CRS, f"the forecast lies on {crs} and not on {CRS}")
    off = off_m(station)
    trial.hold(off < 3, f"the fire lies {off:.1f} m from where it is")
    trial.figure(f"a forecast on {crs} after {made_s:.1f} s, the fire {off:.1f} m off")

    vehicle.talks.clear()
    told_s = station.until(is_state("no-pose"), TOLD_S, "telemetry stopped: no-pose")
    health = station.health()
    trial.hold(health["http"] == 503, f"telemetry stopped: /healthz {health['http']}")
    why = station.source("drone")["why"]
    trial.hold("since" in why, f"since when is not told: {why}")
    made = station.source("drone")["forecasts"]
    station.until(
        lambda health: "no-pose" in dict(health["sources"][0]["withheld"]),
        TOLD_S,
        "telemetry stopped: withheld",
    )
    trial.hold(station.source("drone")["forecasts"] == made, "a forecast was made without poses")
    trial.figure(f"telemetry stops: no-pose after {told_s:.1f} s")

    vehicle.talks.set()
    fresh_s = station.until(
        lambda health: health["http"] == 200 and health["sources"][0]["forecasts"] > made,
        FRESH_S,
        "telemetry is back: a new forecast",
    )
    trial.figure(f"it comes back: a new forecast after {fresh_s:.1f} s")

    made = station.source("drone")["forecasts"]
    for _ in range(20):
        hostile(vehicle, trial.rng.randbytes(700))
    wants = ["bad", "garbage-bytes", "other-time", "other-vehicle"]
    station.until(
        lambda health: (
            {f"telemetry-{what}" for what in wants} <= dict(health["sources"][0]["dropped"]).keys()
        ),
        TOLD_S,
        "hostile datagrams are counted",
    )
    station.until(
        lambda health: health["http"] == 200 and health["sources"][0]["forecasts"] > made,
        FRESH_S,
        "after hostile datagrams: a new forecast",
    )
    off = off_m(station)
    trial.hold(off < 3, f"after hostile datagrams the fire lies {off:.1f} m from where it is")
    counted = dict(station.source("drone")["dropped"])
    trial.figure(f"160 hostile datagrams: {counted}; the fire {off:.1f} m off")
