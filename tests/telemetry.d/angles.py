"""Rotations in plain Python: quaternions (w, x, y, z) of a body that looks along its first axis."""

import math

Quaternion = tuple[float, float, float, float]


def of_angles(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Quaternion:
    """Of yaw from north, pitch above the horizon and roll, as three turns one after another."""
    z = (math.cos(math.radians(yaw_deg) / 2), 0.0, 0.0, math.sin(math.radians(yaw_deg) / 2))
    y = (math.cos(math.radians(pitch_deg) / 2), 0.0, math.sin(math.radians(pitch_deg) / 2), 0.0)
    x = (math.cos(math.radians(roll_deg) / 2), math.sin(math.radians(roll_deg) / 2), 0.0, 0.0)
    return times(times(z, y), x)


def times(a: Quaternion, b: Quaternion) -> Quaternion:
    """Turn `b`, then turn `a`."""
    return (
        a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
    )


def apart_deg(a: Quaternion, b: Quaternion) -> float:
    """Degrees between two rotations."""
    c = times((a[0], -a[1], -a[2], -a[3]), b)
    return math.degrees(2 * math.atan2(math.sqrt(c[1] ** 2 + c[2] ** 2 + c[3] ** 2), abs(c[0])))
