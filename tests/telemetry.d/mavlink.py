"""MAVLink: what pymavlink writes is what ours reads, and a recording is as pymavlink reads it."""

from itertools import groupby
from pathlib import Path

from angles import apart_deg
from flight import BOOT_UTC_S, Flight
from ours import Ours
from pymavlink import mavutil
from table import Table


def mavlink(table: Table, ours: Ours, room: Path) -> None:
    """Streams and recordings with both frames of yaw."""
    for earth in (True, False):
        flight = Flight(seed=5 + earth, earth=earth)
        frame = "north" if earth else "the vehicle"
        for name, content in (("s.mavlink", flight.stream(9)), ("r.tlog", flight.recording())):
            file = room / name
            file.write_bytes(content)
            kind = "stream" if name == "s.mavlink" else "recording"
            compare(table, f"MAVLink {kind}, yaw from {frame}", flight, ours.lines(file))
    as_pymavlink_reads(table, ours, room / "r.tlog")
    flight = Flight(seed=8, earth=True)
    steps = groupby(flight.frames, key=lambda dated: dated[0])
    lines = ours.listens([[frame for _, frame in step] for _, step in steps], 2)
    compare(table, "MAVLink by UDP", flight, lines)


def compare(table: Table, what: str, flight: Flight, lines: list[dict]) -> None:
    """Every value of every sample."""
    places = [line for line in lines if "lat" in line]
    looks = [line for line in lines if "q" in line]
    table.row(
        f"{what}: number of samples",
        f"{len(places)} places, {len(looks)} rotations",
        len(places) == len(flight.places) and len(looks) == len(flight.looks),
    )
    keys = [
        ("time_s", "time_s", 2e-6),
        ("lat", "lat", 1e-9),
        ("lon", "lon", 1e-9),
        ("alt_msl_m", "msl_m", 1e-9),
        ("alt_takeoff_m", "takeoff_m", 1e-9),
        ("h_acc_m", "h_acc_m", 1e-9),
    ]
    for key, theirs, most in keys:
        pairs = [(a[key], getattr(b, theirs)) for a, b in zip(places, flight.places, strict=False)]
        table.equal(f"  {key}", pairs, most, len(flight.places))
    # Single precision in the message, and the heading between two attitudes.
    pairs = [
        (apart_deg(tuple(a["q"]), q), 0.0) for a, (_, q) in zip(looks, flight.looks, strict=False)
    ]
    table.equal("  rotation, degrees", pairs, 1e-4, len(flight.looks))
    pairs = [(a["time_s"], t) for a, (t, _) in zip(looks, flight.looks, strict=False)]
    table.equal("  its time", pairs, 2e-6, len(flight.looks))


def as_pymavlink_reads(table: Table, ours: Ours, file: Path) -> None:
    """A recording read by both."""
    link = mavutil.mavlink_connection(str(file), dialect="common")
    theirs = []
    while message := link.recv_match(type="GLOBAL_POSITION_INT", blocking=False):
        theirs.append((message.lat / 1e7, message.lon / 1e7, message.time_boot_ms / 1e3))
    lines = [line for line in ours.lines(file) if "lat" in line]
    pairs = [
        pair
        for line, (lat, lon, boot_s) in zip(lines, theirs, strict=False)
        for pair in ((line["lat"], lat), (line["lon"], lon), (line["time_s"] - BOOT_UTC_S, boot_s))
    ]
    table.equal("the recording as pymavlink reads it", pairs, 2e-6, 3 * len(theirs) or 1)
