"""A port of this machine."""

import random
import socket


def free_port() -> int:
    """A port that nobody has, below those that the system hands out meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise SystemExit("error: no free port between 20000 and 32000")
