"""Fifty people who look at the page all day: memory, threads and files flat."""

import socket
import threading
import time

from station import Station, sim, write_config
from trial import Trial

CLIENTS = 50


def row(trial: Trial) -> None:
    """Clients by server-sent events, some of whom take nothing, and pictures for all."""
    # Pictures are asked for four times as often as a browser does: a quarter of an hour is an hour.
    seconds = 900 if trial.long else 60
    file = write_config(trial, trial.room / "data", cameras=[sim("north", 0.5, 0.5)], every_s=2)
    # Beside it one that nobody looks at: what it takes by itself is no client's.
    alone_file = write_config(
        trial, trial.room / "alone", cameras=[sim("north", 0.5, 0.5)], every_s=2, name="alone"
    )
    # As its unit has it.
    env = {"MALLOC_ARENA_MAX": "2"}
    with (
        Station(trial, [file], env=env) as station,
        Station(trial, [alone_file], env=env, log="alone") as alone,
    ):
        station.healthy()
        stop = threading.Event()
        events = [0] * CLIENTS
        pictures = [0] * CLIENTS
        threads = [
            threading.Thread(target=look, args=(station.port, k, events, pictures, stop))
            for k in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        # Ten who take nothing of what is sent.
        deaf = [socket.create_connection(("127.0.0.1", station.port)) for _ in range(10)]
        for line in deaf:
            line.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(seconds / 2)
        before, alone_before = facts(station), facts(alone)
        time.sleep(seconds / 2)
        after, alone_after = facts(station), facts(alone)
        stop.set()
        for thread in threads:
            thread.join(30)
        for line in deaf:
            line.close()
        grown = after["bytes"] / before["bytes"] - alone_after["bytes"] / alone_before["bytes"]
        trial.hold(min(events) > 5, f"a client was told {min(events)} times")
        trial.hold(min(pictures) > 2, f"a client saw {min(pictures)} pictures")
        trial.hold(grown < 0.05, f"memory grew by {100 * grown:.1f} % more: {before} {after}")
        trial.hold(after["files"] <= before["files"] + 5, f"files: {before} {after}")
        trial.figure(
            f"{CLIENTS} clients for {seconds} s: {sum(events)} events, {sum(pictures)} pictures, "
            f"{before['bytes'] / 1e6:.0f} and {after['bytes'] / 1e6:.0f} MB; without clients "
            f"{alone_before['bytes'] / 1e6:.0f} and {alone_after['bytes'] / 1e6:.0f} MB"
        )
        station.end()
        alone.end()


def look(port: int, k: int, events: list[int], pictures: list[int], stop: threading.Event) -> None:
    """One of them: reads events, and now and then the picture; comes back where it is cut off."""
    while not stop.is_set():
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as line:
                line.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                line.settimeout(5)
                while not stop.is_set():
                    got = line.recv(1 << 16)
                    if not got:
                        break
                    events[k] += got.count(b"event: page")
                    if events[k] % 3 == 0:
                        pictures[k] += picture(port)
        except OSError:
            time.sleep(0.2)


def picture(port: int) -> bool:
    """Whether the newest picture can be had."""
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(
            b"GET /source/north/latest.jpg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        got = b""
        while part := line.recv(1 << 16):
            got += part
    return b"\xff\xd8\xff" in got


def facts(station: Station) -> dict:
    """Memory and files of the station, the median of some looks."""
    seen = []
    for _ in range(9):
        machine = station.health()["machine"]
        seen.append((machine["resident_bytes"], machine["open_files"]))
        time.sleep(0.5)
    return {"bytes": sorted(s[0] for s in seen)[4], "files": sorted(s[1] for s in seen)[4]}
