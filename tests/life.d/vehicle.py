"""A drone that hovers over a fire: its pictures by HTTP, its telemetry as MAVLink 2 by UDP."""

import http.server
import math
import random
import socket
import struct
import threading
import time

import picture

# Where the fire began; metres of a degree there, by the ellipsoid's own radii (WGS 84).
LAT, LON = 40.0175, -105.2797
SIN2 = math.sin(math.radians(LAT)) ** 2
NORTH_M = math.radians(6378137.0 * (1 - 0.00669437999) / (1 - 0.00669437999 * SIN2) ** 1.5)
EAST_M = math.radians(6378137.0 / math.sqrt(1 - 0.00669437999 * SIN2) * math.cos(math.radians(LAT)))
# A camera that looks straight down, north on top.
WIDTH, HEIGHT, HFOV_DEG, UP_M = 128, 96, 57.0, 80.0
PIXEL_M = 2 * UP_M * math.tan(math.radians(HFOV_DEG / 2)) / WIDTH
# Sides of a square of ground and of its cells, metres.
SIDE_M, CELL_M = 160, 0.5
# Bytes that make a checksum of a message its own, by its number.
EXTRA = {0: 50, 2: 137, 33: 104, 285: 137}


def checksum(data: bytes) -> int:
    """As MAVLink has it: CRC-16/MCRF4XX."""
    crc = 0xFFFF
    for byte in data:
        byte ^= crc & 0xFF
        byte = (byte ^ (byte << 4)) & 0xFF
        crc = (crc >> 8) ^ (byte << 8) ^ (byte << 3) ^ (byte >> 4)
    return crc


def message(number: int, payload: bytes, sequence: int = 0, system: int = 1) -> bytes:
    """A packet of MAVLink 2."""
    head = struct.pack("<BBBBBB", len(payload), 0, 0, sequence & 0xFF, system, 1)
    body = head + number.to_bytes(3, "little") + payload
    return b"\xfd" + body + struct.pack("<H", checksum(body + bytes([EXTRA[number]])))


def ground(rng: random.Random) -> list[list[int]]:
    """Greys of rough ground: noise of 2 m on noise of 7 m."""
    n = int(SIDE_M / CELL_M)
    rows = [[40.0] * n for _ in range(n)]
    for coarse, strong in ((4, 22.0), (14, 40.0)):
        knots = [[rng.random() for _ in range(n // coarse + 2)] for _ in range(n // coarse + 2)]
        for y in range(n):
            j, b = divmod(y, coarse)
            b /= coarse
            for x in range(n):
                i, a = divmod(x, coarse)
                a /= coarse
                top = knots[j][i] * (1 - a) + knots[j][i + 1] * a
                low = knots[j + 1][i] * (1 - a) + knots[j + 1][i + 1] * a
                rows[y][x] += strong * (top * (1 - b) + low * b)
    return [[int(value) for value in row] for row in rows]


class Vehicle:
    """Hovers, shows what it sees at `address` and says where it is to a port of this machine."""

    def __init__(self, port: int, seed: int) -> None:
        """Its camera begins at once, its telemetry when it `talks`."""
        self.rng = random.Random(seed)
        self.ground = ground(self.rng)
        self.began = time.time()
        self.to, self.out = ("127.0.0.1", port), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.talks, self.ends = threading.Event(), threading.Event()
        vehicle = self

        class Camera(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = vehicle.picture()
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/now.png"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        threading.Thread(target=self.talk, daemon=True).start()

    def __enter__(self) -> "Vehicle":
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """It lands."""
        self.ends.set()
        self.server.shutdown()
        self.server.server_close()
        self.out.close()

    def at(self) -> tuple[float, float]:
        """Metres east and north of the fire's beginning, now."""
        s = time.time() - self.began
        return 9 * math.sin(s / 7), 7 * math.cos(s / 9)

    def picture(self) -> bytes:
        """What it sees now."""
        east, north = self.at()
        radius = 7 + 0.25 * (time.time() - self.began)
        values, half = bytearray(WIDTH * HEIGHT), SIDE_M / 2
        for v in range(HEIGHT):
            y = north - (v + 0.5 - HEIGHT / 2) * PIXEL_M
            row = self.ground[int((half - y) / CELL_M)]
            for u in range(WIDTH):
                x = east + (u + 0.5 - WIDTH / 2) * PIXEL_M
                grey = row[int((half + x) / CELL_M)]
                values[v * WIDTH + u] = 235 if x * x + y * y < radius * radius else grey
        return picture.png(bytes(values), WIDTH)

    def send(self, data: bytes) -> None:
        """A datagram, whatever is in it."""
        self.out.sendto(data, self.to)

    def say(self, k: int) -> None:
        """Where it is, how it looks, and now and then what time it is."""
        boot_ms = int(1000 * (time.time() - self.began)) + 5000
        east, north = self.at()
        place = [int(1e7 * (LAT + north / NORTH_M)), int(1e7 * (LON + east / EAST_M))]
        up = [1_600_000 + int(1000 * UP_M), int(1000 * UP_M)]
        if k % 5 == 0:
            self.send(message(0, struct.pack("<IBBBBB", 0, 2, 12, 0, 4, 3), k))
            self.send(message(2, struct.pack("<QI", int(1e6 * time.time()), boot_ms), k))
        self.send(message(33, struct.pack("<IiiiihhhH", boot_ms, *place, *up, 0, 0, 0, 0), k))
        # Straight down, by the gimbal, with yaw from north.
        down = [math.cos(math.pi / 4), 0.0, -math.sin(math.pi / 4), 0.0]
        looks = struct.pack("<I4f3fIHBB", boot_ms, *down, 0, 0, 0, 0, 64, 0, 0)
        self.send(message(285, looks, k))

    def talk(self) -> None:
        """Five times a second, while it talks."""
        k = 0
        while not self.ends.wait(0.2):
            if self.talks.is_set():
                self.say(k)
                k += 1
