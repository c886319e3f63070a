"""KLV: what tstrans writes is what ours reads, and tstrans and klvdata read the same."""

import random
from pathlib import Path

import klvdata
from angles import apart_deg, of_angles, times
from ours import Ours
from table import Table
from tstrans import klv as theirs
from tstrans import mpegts

SETS = 120
FIRST_UTC_US = 1_785_681_000_000_000
# Examples of values that ST 0601 prints beside its tags, and the bytes there.
PRINTED = {
    "sensor_lat_deg": (60.1768229669783, "0d045595b66d"),
    "sensor_lon_deg": (128.426759042045, "0e045b5360c4"),
    "sensor_alt_m": (14190.7195, "0f02c221"),
    "sensor_hfov_deg": (144.571298, "1002cd9c"),
    "sensor_vfov_deg": (152.643626, "1102d917"),
}
KEYS = {
    "lat": "sensor_lat_deg",
    "lon": "sensor_lon_deg",
    "alt_msl_m": "sensor_alt_m",
    "hfov_deg": "sensor_hfov_deg",
    "vfov_deg": "sensor_vfov_deg",
}
# The last digit of each value as the set carries it, and a little.
LIMITS = {"lat": 1e-9, "lon": 1e-9, "alt_msl_m": 1e-6, "hfov_deg": 1e-6, "vfov_deg": 1e-6}


def records(dice: random.Random) -> list[theirs.UasDatalinkLs]:
    """Sets of a flight, with corners in every second."""
    out = []
    for k in range(SETS):
        lat, lon = dice.uniform(-80, 80), dice.uniform(-179, 179)
        corners = {}
        if k % 2:
            for n, (north, east) in enumerate([(1, -1), (1, 1), (-1, 1), (-1, -1)], 1):
                corners[f"corner_lat_p{n}_deg"] = lat + 0.01 * north
                corners[f"corner_lon_p{n}_deg"] = lon + 0.01 * east
        out.append(
            theirs.UasDatalinkLs(
                timestamp_us=FIRST_UTC_US + 100_000 * k,
                platform_heading_deg=dice.uniform(0, 360),
                platform_pitch_deg=dice.uniform(-19, 19),
                platform_roll_deg=dice.uniform(-49, 49),
                sensor_lat_deg=lat,
                sensor_lon_deg=lon,
                sensor_alt_m=dice.uniform(-800, 18_000),
                sensor_hfov_deg=dice.uniform(1, 170),
                sensor_vfov_deg=dice.uniform(1, 170),
                sensor_rel_az_deg=dice.uniform(0, 360),
                sensor_rel_el_deg=dice.uniform(-179, 179),
                sensor_rel_roll_deg=dice.uniform(0, 360),
                uas_ls_version=19,
                **corners,
            )
        )
    return out


def stream(sets: list[bytes], private: bool) -> bytes:
    """A transport stream with a video of nothing and the sets, ten a second from 1 s on."""
    kinds = mpegts.KlvStreamType
    kind = kinds.PRIVATE_DATA if private else kinds.SYNCHRONOUS_METADATA
    programme = (
        mpegts.MuxerProgramConfigBuilder(1, 0x1000)
        .add_video(0x1011, mpegts.VideoCodec.H264)
        .add_klv(0x1031, kind, carries_pts=True)
        .build()
    )
    muxer = mpegts.Muxer(mpegts.MuxerConfigBuilder().add_program(programme).build())
    out, room = b"", bytearray(188 * 512)
    picture = bytes.fromhex("0000000109f0000000016742c01e0000000168ce3c8000000001658884")
    for k, one in enumerate(sets):
        pts = mpegts.Pts90khz(90_000 + 9_000 * k)
        muxer.push_video(picture, pts=pts, key_frame=True)
        muxer.push_klv(one, pts=pts)
        while n := muxer.pull(room):
            out += bytes(room[:n])
    return out


def klv(table: Table, ours: Ours, room: Path) -> None:
    """Both kinds of stream, bare sets, and the standard's own values."""
    sets = [theirs.encode_uas_datalink(record) for record in records(random.Random(3))]
    read = [theirs.decode_uas_datalink(one) for one in sets]
    files = {
        "KLV in access units": stream(sets, private=False),
        "KLV in private data": stream(sets, private=True),
        "KLV by itself": b"".join(sets),
    }
    for what, content in files.items():
        file = room / "film.ts"
        file.write_bytes(content)
        lines = ours.lines(file)
        samples = [line for line in lines if "hfov_deg" in line]
        table.row(f"{what}: number of sets", str(len(samples)), len(samples) == SETS)
        for key, name in KEYS.items():
            pairs = [(a[key], getattr(b, name)) for a, b in zip(samples, read, strict=False)]
            table.equal(f"  {key}, as tstrans reads it", pairs, LIMITS[key], SETS)
        pairs = [(a["time_s"], b.timestamp_us / 1e6) for a, b in zip(samples, read, strict=False)]
        table.equal("  time of day", pairs, 1e-6, SETS)
        pairs = [
            (apart_deg(tuple(a["q"]), looks(b)), 0.0) for a, b in zip(samples, read, strict=False)
        ]
        table.equal("  platform and sensor together, degrees", pairs, 1e-5, SETS)
        corners(table, lines, read)
        if "itself" not in what:
            film = [line for line in lines if "utc_s" in line]
            pairs = [(line["pts_s"], 1 + 0.1 * k) for k, line in enumerate(film)]
            table.equal("  the film's own time", pairs, 1e-9, SETS)
    as_klvdata_reads(table, ours, room, sets)
    printed(table, ours, room)


def looks(record: theirs.UasDatalinkLs) -> tuple[float, float, float, float]:
    """Where the sensor looks: its own turn within the platform's."""
    platform = of_angles(
        record.platform_heading_deg, record.platform_pitch_deg, record.platform_roll_deg
    )
    sensor = of_angles(
        record.sensor_rel_az_deg, record.sensor_rel_el_deg, record.sensor_rel_roll_deg
    )
    return times(platform, sensor)


def corners(table: Table, lines: list[dict], read: list[theirs.UasDatalinkLs]) -> None:
    """Upper left, upper right, lower right, lower left."""
    mine = [line["corners"] for line in lines if "corners" in line]
    with_corners = [r for r in read if r.corner_lat_p1_deg is not None]
    pairs = [
        pair
        for four, r in zip(mine, with_corners, strict=False)
        for n, (lat, lon) in enumerate(four, 1)
        for pair in (
            (lat, getattr(r, f"corner_lat_p{n}_deg")),
            (lon, getattr(r, f"corner_lon_p{n}_deg")),
        )
    ]
    table.equal("  corners", pairs, 1e-9, 8 * (SETS // 2))


def as_klvdata_reads(table: Table, ours: Ours, room: Path, sets: list[bytes]) -> None:
    """Bare sets read by a third program."""
    file = room / "bare.klv"
    file.write_bytes(b"".join(sets))
    samples = [line for line in ours.lines(file) if "hfov_deg" in line]
    names = {
        "lat": "Sensor Latitude",
        "lon": "Sensor Longitude",
        "alt_msl_m": "Sensor True Altitude",
        "hfov_deg": "Sensor Horizontal Field of View",
    }
    found = []
    for packet in klvdata.StreamParser(file.read_bytes()):
        # Number: (key, name, …, value as text).
        found.append({row[0]: row[-1] for row in packet.MetadataList().values()})
    for key, name in names.items():
        pairs = [
            (a[key], float(b[name])) for a, b in zip(samples, found, strict=False) if name in b
        ]
        table.equal(f"{key}, as klvdata reads it", pairs, 5e-4, SETS)


def printed(table: Table, ours: Ours, room: Path) -> None:
    """The standard's own examples."""
    values = {name: value for name, (value, _) in PRINTED.items()}
    one = theirs.encode_uas_datalink(
        theirs.UasDatalinkLs(timestamp_us=1_224_807_209_913_000, uas_ls_version=19, **values)
    )
    table.row(
        "bytes of ST 0601's examples",
        f"{len(PRINTED)} tags",
        all(bytes.fromhex(raw) in one for _, raw in PRINTED.values()),
    )
    file = room / "printed.klv"
    file.write_bytes(one)
    [sample] = [line for line in ours.lines(file) if "lat" in line]
    for key, name in KEYS.items():
        most = 1e-12 if key in ("lat", "lon") else 1e-4
        table.equal(f"  {key}, as printed", [(sample[key], values[name])], most, 1)
