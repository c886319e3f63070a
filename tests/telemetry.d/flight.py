"""A flight in MAVLink, as pymavlink writes it: stream of both versions, recording, messages."""

import math
import os
import random
import struct
from dataclasses import dataclass

os.environ["MAVLINK20"] = "1"  # else pymavlink speaks the first version only

from angles import Quaternion, of_angles, times  # noqa: E402
from pymavlink.dialects.v10 import common as v1  # noqa: E402
from pymavlink.dialects.v20 import common as v2  # noqa: E402

BOOT_UTC_S = 1_785_681_000.25
STEPS = 200


@dataclass
class Place:
    """What a position should give."""

    time_s: float
    lat: float
    lon: float
    msl_m: float
    takeoff_m: float
    h_acc_m: float


class Flight:
    """Frames one after another, each with when it came, and what should be read of them."""

    def __init__(self, seed: int, earth: bool) -> None:
        """Yaw of the gimbal counts from north, or from the vehicle."""
        dice = random.Random(seed)
        self.frames: list[tuple[float, bytes]] = []
        self.places: list[Place] = []
        self.looks: list[tuple[float, Quaternion]] = []
        new, old = v2.MAVLink(None, 1, 1), v1.MAVLink(None, 1, 1)
        gimbal = v2.MAVLink(None, 1, 154)
        ground = v2.MAVLink(None, 255, 190)
        flags = v2.GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME
        if not earth:
            flags = v2.GIMBAL_DEVICE_FLAGS_YAW_IN_VEHICLE_FRAME
        for k in range(STEPS):
            ms = 1000 + 100 * k
            self.came_s = BOOT_UTC_S + ms / 1e3 + dice.uniform(0.02, 0.2)
            link = old if k % 3 == 0 else new
            dialect = v1 if k % 3 == 0 else v2
            if k % 10 == 0:
                self.add(ground, v2.MAVLink_heartbeat_message(6, 8, 0, 0, 4, 3))
                self.add(link, dialect.MAVLink_heartbeat_message(2, 3, 0x81, 0, 4, 3))
                us = round((BOOT_UTC_S + ms / 1e3) * 1e6)
                self.add(link, dialect.MAVLink_system_time_message(us, ms))
            lat, lon = (
                dice.randint(-890_000_000, 890_000_000),
                dice.randint(-1_799_999_999, 1_800_000_000),
            )
            alt, rel = dice.randint(-400_000, 8_000_000), dice.randint(-50_000, 500_000)
            acc = dice.randint(1, 20_000)
            self.add(
                new,
                v2.MAVLink_gps_raw_int_message(
                    ms * 1000, 3, lat, lon, alt, 90, 120, 0, 0, 17, 0, acc, 2000, 0, 0, 0
                ),
            )
            self.add(
                link,
                dialect.MAVLink_global_position_int_message(ms, lat, lon, alt, rel, 0, 0, 0, 65535),
            )
            self.places.append(
                Place(BOOT_UTC_S + ms / 1e3, lat / 1e7, lon / 1e7, alt / 1e3, rel / 1e3, acc / 1e3)
            )
            heading = math.remainder(7.3 * k, 360)
            self.add(
                link, dialect.MAVLink_attitude_message(ms, 0.1, 0.2, math.radians(heading), 0, 0, 0)
            )
            looks = of_angles(dice.uniform(-180, 180), dice.uniform(-89, 20), dice.uniform(-30, 30))
            told = v2.MAVLink_gimbal_device_attitude_status_message(
                0, 0, ms, flags, list(looks), 0, 0, 0, 0
            )
            self.add(gimbal, told)
            turned = looks if earth else times(of_angles(heading, 0, 0), looks)
            self.looks.append((BOOT_UTC_S + ms / 1e3, turned))

    def add(self, link: v2.MAVLink, message: v2.MAVLink_message) -> None:
        """Appends a frame."""
        frame = message.pack(link)
        link.seq = (link.seq + 1) % 256
        self.frames.append((self.came_s, bytes(frame)))

    def stream(self, seed: int) -> bytes:
        """As it comes over a line, with noise between frames."""
        dice = random.Random(seed)
        noise = [dice.randbytes(dice.randint(0, 3)) for _ in self.frames]
        return b"".join(n + frame for n, (_, frame) in zip(noise, self.frames, strict=True))

    def recording(self) -> bytes:
        """As ground stations record it."""
        return b"".join(struct.pack(">Q", round(came * 1e6)) + frame for came, frame in self.frames)
