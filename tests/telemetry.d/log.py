"""An ArduPilot log: made here by its own description, read by pymavlink and by ours."""

import random
import struct
from pathlib import Path

from angles import apart_deg, of_angles
from ours import Ours
from pymavlink import DFReader
from table import Table

FORMATS = [
    (
        1,
        "GPS",
        "QBBIHBcLLeffffB",
        "TimeUS,I,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,GCrs,VZ,Yaw,U",
    ),
    (3, "ATT", "QccccCCCCB", "TimeUS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw,ErrRP,ErrYaw,AEKF"),
    (4, "MNT", "QBfffffff", "TimeUS,I,DesRoll,Roll,DesPitch,Pitch,DesYawB,YawB,YawE"),
]
FORMS = {"Q": "Q", "B": "B", "I": "I", "H": "H", "c": "h", "C": "H", "L": "i", "e": "i", "f": "f"}
HEAD = b"\xa3\x95"


def log(table: Table, ours: Ours, room: Path) -> None:
    """Places, their times and where the mount looks."""
    file = room / "flight.bin"
    file.write_bytes(made(random.Random(4)))
    theirs = DFReader.DFReader_binary(str(file))
    places, looks = [], []
    while message := theirs.recv_msg():
        if message.get_type() == "GPS":
            places.append((message._timestamp, message.Lat, message.Lng, message.Alt))
        if message.get_type() == "MNT":
            looks.append(of_angles(message.YawE, message.Pitch, message.Roll))
    lines = ours.lines(file)
    mine = [line for line in lines if "lat" in line]
    for k, (key, most) in enumerate(
        # pymavlink takes the first message's clock, ours the middle one: 50 ms between them here.
        [("time_s", 0.06), ("lat", 1e-9), ("lon", 1e-9), ("alt_msl_m", 1e-6)]
    ):
        pairs = [(a[key], b[k]) for a, b in zip(mine, places, strict=False)]
        table.equal(f"log: {key}", pairs, most, len(places))
    rotations = [tuple(line["q"]) for line in lines if "q" in line]
    pairs = [(apart_deg(a, b), 0.0) for a, b in zip(rotations, looks, strict=False)]
    table.equal("log: where the mount looks, degrees", pairs, 1e-4, len(looks))


def made(dice: random.Random) -> bytes:
    """A log of 100 messages of each kind."""
    out = b""
    layouts = {}
    description = struct.pack(
        "<BB4s16s64s", 128, 89, b"FMT", b"BBnNZ", b"Type,Length,Name,Format,Columns"
    )
    out += HEAD + bytes([128]) + description
    for number, name, letters, columns in FORMATS:
        layouts[name] = (number, "<" + "".join(FORMS[letter] for letter in letters))
        length = 3 + struct.calcsize(layouts[name][1])
        body = (number, length, name.encode(), letters.encode(), columns.encode())
        out += HEAD + bytes([128]) + struct.pack("<BB4s16s64s", *body)

    def message(name: str, *values: float) -> bytes:
        number, layout = layouts[name]
        return HEAD + bytes([number]) + struct.pack(layout, *values)

    for k in range(100):
        us = 10_000_000 + 200_000 * k
        late_us = round(dice.uniform(50_000, 100_000))
        lat, lon = (
            dice.randint(-890_000_000, 890_000_000),
            dice.randint(-1_799_999_999, 1_800_000_000),
        )
        out += message(
            "GPS",
            us + late_us,
            0,
            4,
            200 * k,
            2300,
            17,
            80,
            lat,
            lon,
            dice.randint(-9000, 900_000),
            1,
            2,
            3,
            0,
            1,
        )
        out += message("ATT", us, 0, 100, 0, 200, 0, dice.randint(0, 35_999), 0, 0, 3)
        out += message(
            "MNT",
            us,
            0,
            0,
            dice.uniform(-20, 20),
            0,
            dice.uniform(-89, 20),
            0,
            5.0,
            dice.uniform(-180, 180),
        )
    return out
