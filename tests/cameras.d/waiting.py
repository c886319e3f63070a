"""Waiting until something is so."""

import time


def until(limit_s: float, done, what: str = "") -> float:
    """Seconds until done() holds; past the limit infinite, or a fault where `what` is given."""
    began = time.monotonic()
    while time.monotonic() - began < limit_s:
        if done():
            return time.monotonic() - began
        time.sleep(0.05)
    if what:
        raise SystemExit(f"error: {what}: not within {limit_s:.0f} s")
    return float("inf")
