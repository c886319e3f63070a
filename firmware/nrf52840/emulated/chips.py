"""The chips around the processor, as their datasheets describe them: flash, SHT4x, BME280."""

import struct


class Flash:
    """An MX25R6435F: clears bits, wraps in its page, is busy after a change, and sleeps."""

    ID = bytes([0xC2, 0x28, 0x17])

    def __init__(self) -> None:
        """Begin erased and awake."""
        self.bytes: dict[int, int] = {}  # what is not 0xff
        self.asleep = self.enabled = self.missing = False
        self.busy = self.programs = self.erases = 0
        self.sent = b""

    def select(self) -> None:
        """Begin a command."""
        self.sent, self.given = b"", 0

    def transfer(self, sent: bytes, wanted: int) -> bytes:
        """Take bytes, or give as many as are wanted."""
        self.sent += sent
        ready = not (self.asleep or self.busy or self.missing)
        if not wanted:
            return b""
        if self.sent[:1] == b"\x05" and not (self.asleep or self.missing):
            status = bool(self.busy) | self.enabled << 1
            self.busy = max(0, self.busy - 1)
            return bytes([status]) * wanted
        if self.sent[:1] == b"\x9f" and ready:
            return self.ID[:wanted]
        if self.sent[:1] == b"\x03" and ready:
            at = int.from_bytes(self.sent[1:4]) + self.given
            self.given += wanted
            return bytes(self.bytes.get(at + i, 0xFF) for i in range(wanted))
        return b"\xff" * wanted  # nobody drives the line

    def deselect(self) -> None:
        """End the command: now it acts, if the chip is awake and free."""
        sent, self.sent = self.sent, b""
        at = int.from_bytes(sent[1:4])
        match sent[:1]:
            case b"\xab":
                self.asleep = False
            case _ if self.asleep or self.busy:
                pass
            case b"\xb9":
                self.asleep = True
            case b"\x06":
                self.enabled = True
            case b"\x02" if self.enabled:
                self.enabled, self.busy, self.programs = False, 3, self.programs + 1
                for i, value in enumerate(sent[4:]):
                    place = at & ~255 | (at + i) & 255
                    self.bytes[place] = self.bytes.get(place, 0xFF) & value
            case b"\x20" if self.enabled:
                self.enabled, self.busy, self.erases = False, 5, self.erases + 1
                for place in range(at & ~4095, (at & ~4095) + 4096):
                    self.bytes.pop(place, None)


def crc8(word: bytes) -> int:
    """Give the SHT4x's checksum of two bytes."""
    crc = 0xFF
    for byte in word:
        crc ^= byte
        for _ in range(8):
            crc = crc << 1 & 0xFF ^ (0x31 if crc & 0x80 else 0)
    return crc


class Sht4x:
    """Gives 31.25 °C and 18.50 %."""

    def write(self, sent: bytes) -> None:
        """Take a command; each gives the same two words."""

    def read(self, wanted: int) -> bytes:
        """Give the words of the last measurement."""
        words = (struct.pack(">H", word) for word in (28_554, 12_844))
        return b"".join(word + bytes([crc8(word)]) for word in words)[:wanted]


class Bme280:
    """Gives the datasheet's example: 100,653 Pa."""

    WORDS = (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)

    def __init__(self) -> None:
        """Begin with the calibration and counts of the datasheet's example."""
        r = self.registers = bytearray(256)
        r[0xD0] = 0x60
        for i, word in enumerate(self.WORDS):
            r[0x88 + 2 * i : 0x8A + 2 * i] = struct.pack("<H", word & 0xFFFF)
        r[0xA1] = 75
        r[0xE1:0xE8] = bytes([0x63, 0x01, 0, 0x15, 0x24, 0x03, 30])
        r[0xF7:0xFA] = (415_148 << 4).to_bytes(3)
        r[0xFA:0xFD] = (519_888 << 4).to_bytes(3)
        r[0xFD:0xFF] = (30_000).to_bytes(2)
        self.pointer = 0

    def write(self, sent: bytes) -> None:
        """Take a register and what is written there."""
        self.pointer = sent[0]
        for i, value in enumerate(sent[1:]):
            self.registers[(self.pointer + i) & 255] = value

    def read(self, wanted: int) -> bytes:
        """Give registers from the pointer on."""
        return bytes(self.registers[(self.pointer + i) & 255] for i in range(wanted))
