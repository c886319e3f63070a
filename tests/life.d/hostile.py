"""A broker that sends what no broker sends, and others who say more than is good by a real one."""

import random
import socket
import struct
import threading

from mosquitto import Broker, Hub, free_port
from station import Station, sim, write_config
from trial import Trial, until

TAKEN = b"\x20\x02\x00\x00"
BIRTH = "homeassistant/status"
# The least that is more than the station takes at a time.
TOO_MUCH = (1 << 20) + 100


def publish(topic: bytes, payload: bytes, first: int = 0x30) -> bytes:
    """A PUBLISH whose length is what it should be."""
    body = struct.pack(">H", len(topic)) + topic + payload
    length, left = b"", len(body)
    while True:
        length += bytes([left % 128 | (128 if left > 127 else 0)])
        left //= 128
        if not left:
            return bytes([first]) + length + body


class Liar(threading.Thread):
    """Takes each connection in, and sends one piece of nonsense after the other."""

    def __init__(self, rng: random.Random) -> None:
        """Begins it."""
        super().__init__(daemon=True)
        self.ended = 0
        junk = [rng.randbytes(rng.choice([1, 30, 5_000])) for _ in range(4)]
        self.says = [
            # What is no answer to a greeting.
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            b"\x20\x02\x00\x05",
            # It is taken, and then ...
            TAKEN,
            TAKEN * 3,
            TAKEN + b"\x30\xff\xff\xff\xff\x7f",
            TAKEN + b"\x30\xff\xff\xff\x7f" + bytes(100),
            TAKEN + publish(b"\xff\xfe", b"x"),
            TAKEN + b"\x30\x02\xff\xff",
            TAKEN + publish(b"a/b", b"\x00\x00x", 0x34),
            TAKEN + publish(b"a/b", b"\x00\x07x", 0x34) + b"\x62\x02\x00\x09",
            TAKEN + publish(b"a/b", b"\x00\x07x", 0x36),
            TAKEN + b"\x40\x02\xff\xff" * 50,
            TAKEN + b"\x50\x02\x00\x01\x70\x02\x00\x01",
            TAKEN + b"\x82\x06\x00\x01\x00\x01a\x00" + b"\xe0\x00\xc0\x00",
            TAKEN + b"\x90\x03\x00\x01\x80" + b"\xd0\x00" * 10_000,
            *[TAKEN + piece for piece in junk],
        ]
        self.line = socket.create_server(("127.0.0.1", free_port()))
        self.port = self.line.getsockname()[1]
        self.start()

    def run(self) -> None:
        """One connection at a time; the station comes again after each."""
        for says in self.says:
            line, _ = self.line.accept()
            try:
                line.settimeout(5)
                line.recv(4096)
                line.sendall(says)
                # Until it hangs up, or has been silent for a while.
                line.settimeout(2)
                while line.recv(4096):
                    pass
            except OSError:
                pass
            line.close()
            self.ended += 1
        self.line.close()


def row(trial: Trial) -> None:
    """Nonsense, a flood of births, a kept message that is too large: told, and all goes on."""
    liar = Liar(trial.rng)
    more = '[[alert]]\nname = "fire"\nwhen = "fire-in-view"\n'
    more += f'[mqtt]\nbroker = "mqtt://127.0.0.1:{liar.port}"\nhome_assistant = true\n'
    cameras = [sim("north", 0.5, 0.5)]
    file = write_config(trial, trial.room / "data", cameras=cameras, every_s=1, more=more)
    with Station(trial, [file]) as station:
        station.healthy()
        count = len(liar.says)
        until(lambda: liar.ended == count, 240, lambda: f"{liar.ended} of {count} lies were heard")
        trial.figure(f"{count} lies, {len(set(station.told('mqtt: ')))} lines of log")
        liar.join()
        # In its place a real broker.
        broker = Broker(trial.room, port=liar.port)
        hub = Hub(broker, trial.room)
        until(lambda: len(hub.numbers()) > 5, 90, lambda: "nothing comes after the lies")
        station.end()
    # Somebody has left something large, which every subscriber is sent at once.
    broker.keep(BIRTH, "x" * TOO_MUCH)
    with Station(trial, [file], log="large") as station:
        station.healthy()
        at = len(hub.numbers())
        until(lambda: len(hub.numbers()) > at + 5, 60, lambda: "nothing comes past what is large")
        broke = station.told("mqtt: the line broke", "size limit exceeded")
        trial.hold(len(broke) == 1, f"the line broke {len(broke)} times under it")
        health = station.health()
        told = [note for note in health["notes"] if note.startswith("mqtt: somebody said over")]
        trial.hold(bool(told) and "mosquitto_pub" in told[0], f"notes: {health['notes']}")
        trial.hold(not health["blind"], f"blind: {health['reasons']}")
        station.end()
    broker.keep(BIRTH, "")
    with Station(trial, [file], log="flood") as station:
        config = "homeassistant/device/emberline_station/config"
        station.healthy()
        until(lambda: hub.heard(config), 30, lambda: "no discovery")
        before, at = len(hub.heard(config)), len(hub.numbers())
        for payload in ("online", "o" * 100_000):
            broker.flood(BIRTH, payload, 2_000 if len(payload) < 10 else 200)
        until(lambda: len(hub.numbers()) > at + 5, 60, lambda: "nothing comes after the flood")
        again = len(hub.heard(config)) - before
        trial.hold(1 <= again <= 3, f"discovery {again} times for 2000 births")
        trial.figure(f"2000 births: discovery {again} times")
        station.end()
    numbers = list(dict.fromkeys(hub.numbers()))
    trial.hold(numbers == list(range(1, len(numbers) + 1)), f"not in order: {numbers[:9]}")
    hub.away()
    broker.end()
