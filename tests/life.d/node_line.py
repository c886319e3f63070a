"""What a sensor node and its gateway say to each other: frames as firmware/wire writes them."""

from pathlib import Path

# Frames of each message, by their names.
GOLDEN = Path(__file__).resolve().parents[2] / "firmware/wire/tests/golden/v1.txt"


def number(n: int) -> bytes:
    """As postcard writes one without a sign: seven bits a byte, the low ones first."""
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def signed(n: int) -> bytes:
    """The same of one with a sign, zigzag."""
    return number(2 * n if n >= 0 else -2 * n - 1)


def maybe(value: bytes | None) -> bytes:
    """What may be missing."""
    return b"\0" if value is None else b"\1" + value


def numbers(body: bytes) -> list[int]:
    """The numbers of a message that holds nothing else."""
    found, n, shift = [], 0, 0
    for byte in body:
        n |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(n)
            n = shift = 0
    return found


def checksum(body: bytes) -> bytes:
    """CRC-32C, the low byte first."""
    crc = 0xFFFFFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return (crc ^ 0xFFFFFFFF).to_bytes(4, "little")


def frame(body: bytes) -> bytes:
    """A message on the line: no zero but at its end. No message fills a block of 254 bytes."""
    blocks = (body + checksum(body)).split(b"\0")
    return b"".join(bytes([len(block) + 1]) + block for block in blocks) + b"\0"


def message(framed: bytes) -> bytes | None:
    """The message of a frame without its closing zero, or none where it is damaged."""
    blocks, at = [], 0
    while at < len(framed):
        blocks.append(framed[at + 1 : at + framed[at]])
        at += framed[at]
    whole = b"\0".join(blocks)
    body = whole[:-4]
    return body if len(whole) > 4 and checksum(body) == whole[-4:] else None


def wrong() -> list[str]:
    """Names of the golden frames that this file reads or writes otherwise; none is right."""
    names = []
    for line in GOLDEN.read_text().splitlines():
        name, digits = line.split("\t")
        framed = bytes.fromhex(digits)
        body = message(framed[:-1])
        if body is None or frame(body) != framed:
            names.append(name)
    return names
