"""Write the golden frames of protocol version 1 from the format's description, without the crate.

Run as `python3 make.py > v1.txt`. The published forms: postcard's wire format (varints of seven bits,
zigzag for signed, one byte for Option and u8, enum variants by number), CRC-32C (reflected polynomial
0x82f63b78) and COBS. Each line: a name, a tab, the frame in hex with its closing zero.
"""


def u(n):
    """Unsigned varint."""
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def i(n):
    """Signed varint, zigzag."""
    return u(2 * n if n >= 0 else -2 * n - 1)


def some(x):
    """An Option: `None`, or bytes of the value."""
    return b"\0" if x is None else b"\1" + x


def byte(n):
    """A u8 stands as it is."""
    return bytes([n])


def crc32c(data):
    """CRC-32C, bit by bit."""
    crc = 0xFFFFFFFF
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def cobs(data):
    """Byte stuffing; no message is longer than 253 bytes, so no block is full."""
    return b"".join(bytes([len(block) + 1]) + block for block in data.split(b"\0"))


def frame(body):
    """A message's bytes on the line."""
    return cobs(body + crc32c(body).to_bytes(4, "little")) + b"\0"


def hello():
    """Node 0x51 after a watchdog reset."""
    return b"".join([byte(0), byte(1), u(0x51), u(0xC0FFEE), u(300), u(1234), byte(0), byte(1),
                     byte(2), u(4), u(0b10111111), u(69_980), u(69_990), u(70_001)])


def reading_full():
    """Every sensor answers."""
    wind = u(412) + some(u(359)) + u(455) + u(1180)
    return b"".join([byte(1), u(0xC0FFEE), u(70_000), u(300), u(86_400_000),
                     some(u(1_800_000_000)), some(i(-1234)), some(u(4567)), some(u(101_325)),
                     some(wind), some(u(99)), some(u(3700))])


def reading_calm():
    """A calm; no clock chip, no pressure."""
    wind = u(0) + some(None) + u(12) + u(40)
    return b"".join([byte(1), u(7), u(1), u(1), u(10_000), some(None), some(i(2150)),
                     some(u(10_000)), some(None), some(wind), some(u(0)), some(u(2980))])


def reading_failed():
    """No sensor answers."""
    return b"".join([byte(1), u(7), u(2), u(1), u(20_000)] + [some(None)] * 7)


def thermal():
    """Second half of an 8x8 image; value 0 is dead, the others fall from 300.31 C by 0.01."""
    values = [0] + [30_031 - k for k in range(1, 32)]
    return b"".join([byte(3), u(9), u(0), byte(0), byte(8), byte(8), u(32), u(0xFFFFFFFE)]
                    + [i(v) for v in values])


GOLDEN = {
    "hello": hello(),
    "reading_full": reading_full(),
    "reading_calm": reading_calm(),
    "reading_failed": reading_failed(),
    "gap": byte(2) + u(0xC0FFEE) + u(500) + u(1023),
    "thermal": thermal(),
    "status": byte(4) + u(3_600_000) + u(504) + u(12) + u(225) + u(3) + u(1) + u(0b110) + u(300),
    "ack": byte(5) + u(0xC0FFEE) + u(70_000) + byte(8),
    "set_clock": byte(6) + u(1_800_000_000_123),
    "clock_request": byte(7) + u(513),
    "clock": byte(8) + u(513) + u(300) + u(86_400_777) + some(None),
    "fault": byte(9) + u(1) + byte(0x76) + u(3) + byte(0x60) + byte(0x58),
    "hello_request": byte(10),
}

for name, body in GOLDEN.items():
    print(name, frame(body).hex(), sep="\t")
