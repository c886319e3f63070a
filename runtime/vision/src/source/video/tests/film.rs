//! Small films for tests: pictures of one grey each, coded by OpenH264 and put into an MP4 by hand.

use openh264::OpenH264API;
use openh264::encoder::{
    Encoder, EncoderConfig, IntraFramePeriod, QpRange, RateControlMode, SpsPpsStrategy, VuiConfig,
};
use openh264::formats::YUVBuffer;

/// Ticks a second, and of each picture.
pub(super) const TICKS_S: u32 = 1000;
pub(super) const EACH: u32 = 100;

/// One sample of a film.
#[derive(Clone)]
pub(super) struct Piece {
    /// Units, each behind its length.
    pub(super) bytes: Vec<u8>,
    pub(super) shown: i64,
    /// Which description holds, 1 is the first.
    pub(super) description: u32,
}

/// A film to be written.
#[derive(Clone)]
pub(super) struct TestFilm {
    /// Descriptions, boxes as they are.
    pub(super) descriptions: Vec<Vec<u8>>,
    pub(super) pieces: Vec<Piece>,
    /// Rows of the edit list: ticks shown, first tick, rate.
    pub(super) edits: Vec<(u32, i32, u32)>,
    /// `a b u c d v x y w` of the track.
    pub(super) matrix: [i32; 9],
    /// Whole tracks before this one.
    pub(super) before: Vec<Vec<u8>>,
}

const UPRIGHT: [i32; 9] = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30];

pub(super) fn bx(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_be_bytes()).collect()
}

/// A unit behind its length.
pub(super) fn unit(unit: &[u8]) -> Vec<u8> {
    [&(unit.len() as u32).to_be_bytes()[..], unit].concat()
}

/// An `avc1` entry that says the size `h` × `w`, with `more` boxes.
pub(super) fn avc1(sets: [&[u8]; 2], [h, w]: [u16; 2], more: &[u8]) -> Vec<u8> {
    let [sps, pps] = sets;
    let mut avcc = vec![1, sps[1], sps[2], sps[3], 0xff, 0xe1];
    avcc.extend((sps.len() as u16).to_be_bytes());
    avcc.extend(sps);
    avcc.push(1);
    avcc.extend((pps.len() as u16).to_be_bytes());
    avcc.extend(pps);
    let mut entry = vec![0; 24];
    entry.extend(w.to_be_bytes());
    entry.extend(h.to_be_bytes());
    entry.resize(78, 0);
    entry.extend(bx(b"avcC", &avcc));
    entry.extend(more);
    bx(b"avc1", &entry)
}

/// Picture `k` of a film is of this brightness.
pub(super) fn level(k: usize) -> u8 {
    40 + 15 * k as u8
}

/// Codes pictures of `h` × `w`, a key picture each `keys`; `colour` tells the colour of each.
pub(super) fn code(
    n: usize,
    [h, w]: [usize; 2],
    keys: u32,
    vui: Option<VuiConfig>,
    colour: impl Fn(usize) -> [u8; 2],
) -> TestFilm {
    let mut config = EncoderConfig::new()
        .rate_control_mode(RateControlMode::Off)
        .qp(QpRange::new(10, 20))
        .skip_frames(false)
        .scene_change_detect(false)
        .background_detection(false)
        .adaptive_quantization(false)
        .sps_pps_strategy(SpsPpsStrategy::ConstantId)
        .intra_frame_period(IntraFramePeriod::from_num_frames(keys));
    if let Some(vui) = vui {
        config = config.vui(vui);
    }
    let mut encoder = Encoder::with_api_config(OpenH264API::from_source(), config).unwrap();
    let (mut pieces, mut sets) = (Vec::new(), [Vec::new(), Vec::new()]);
    for k in 0..n {
        let [u, v] = colour(k);
        let mut yuv = vec![level(k); h * w];
        // Something that moves, so that pictures are predicted from each other.
        (0..8).for_each(|i| yuv[(4 + i) * w + 4 + 2 * k] = 200);
        yuv.extend(vec![u; h * w / 4]);
        yuv.extend(vec![v; h * w / 4]);
        let coded = encoder.encode(&YUVBuffer::from_vec(yuv, w, h)).unwrap().to_vec();
        let mut bytes = Vec::new();
        for nal in openh264::nal_units(&coded) {
            let nal = &nal[if nal.starts_with(&[0, 0, 0, 1]) { 4 } else { 3 }..];
            match nal[0] & 0x1f {
                7 => sets[0] = nal.to_vec(),
                8 => sets[1] = nal.to_vec(),
                _ => bytes.extend(unit(nal)),
            }
        }
        pieces.push(Piece { bytes, shown: i64::from(EACH) * k as i64, description: 1 });
    }
    let entry = avc1([&sets[0], &sets[1]], [h as u16, w as u16], &[]);
    TestFilm {
        descriptions: vec![entry],
        pieces,
        edits: Vec::new(),
        matrix: UPRIGHT,
        before: Vec::new(),
    }
}

/// Ten grey pictures a tenth of a second apart, a key picture each half second.
pub(super) fn grey() -> TestFilm {
    code(10, [48, 64], 5, None, |_| [128, 128])
}

/// The sets of a film's first description.
pub(super) fn sets(film: &TestFilm) -> [Vec<u8>; 2] {
    let entry = &film.descriptions[0];
    let at = entry.windows(4).position(|w| w == b"avcC").unwrap() + 4;
    let sps = usize::from(entry[at + 7]);
    let pps = at + 8 + sps;
    let end = pps + 3 + usize::from(entry[pps + 2]);
    [entry[at + 8..at + 8 + sps].to_vec(), entry[pps + 3..end].to_vec()]
}

/// A video track: header, edit list, and a sample table of `stbl`.
fn track(id: u32, matrix: [i32; 9], edits: &[(u32, i32, u32)], stbl: &[u8]) -> Vec<u8> {
    let mut tkhd = words(&[3, 0, 0, id, 0, 0, 0, 0, 0, 0]);
    tkhd.extend(matrix.iter().flat_map(|v| v.to_be_bytes()));
    tkhd.extend(words(&[0, 0]));
    let mut trak = bx(b"tkhd", &tkhd);
    if !edits.is_empty() {
        let mut elst = words(&[0, edits.len() as u32]);
        edits.iter().for_each(|e| elst.extend(words(&[e.0, e.1 as u32, e.2])));
        trak.extend(bx(b"edts", &bx(b"elst", &elst)));
    }
    let mdhd = bx(b"mdhd", &words(&[0, 0, 0, TICKS_S, 0, 0]));
    let hdlr = bx(b"hdlr", &[&words(&[0, 0])[..], b"vide", &[0; 13]].concat());
    let minf = bx(b"minf", &bx(b"stbl", stbl));
    trak.extend(bx(b"mdia", &[mdhd, hdlr, minf].concat()));
    bx(b"trak", &trak)
}

/// A track of one Motion JPEG picture, as cameras put before the film itself.
pub(super) fn thumbnail() -> Vec<u8> {
    let esds =
        [&[0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 27, 0, 1, 0, 4, 0x80, 0x80, 0x80, 19][..], &[0x6c]];
    let mut entry = vec![0; 78];
    entry.extend(bx(b"esds", &esds.concat()));
    let stsd = [words(&[0, 1]), bx(b"mp4v", &entry)].concat();
    track(9, UPRIGHT, &[], &bx(b"stsd", &stsd))
}

impl TestFilm {
    /// The file, its index last.
    pub(super) fn mp4(&self) -> Vec<u8> {
        let mut out = bx(b"ftyp", b"isom\0\0\0\0");
        let first = out.len() as u32 + 8;
        let media: Vec<u8> = self.pieces.iter().flat_map(|p| p.bytes.clone()).collect();
        out.extend(bx(b"mdat", &media));
        let stsd: Vec<u8> = [words(&[0, self.descriptions.len() as u32])]
            .into_iter()
            .chain(self.descriptions.iter().cloned())
            .flatten()
            .collect();
        let n = self.pieces.len() as u32;
        let sizes = self.pieces.iter().map(|p| p.bytes.len() as u32);
        let stsz: Vec<u32> = [0, 0, n].into_iter().chain(sizes).collect();
        // One chunk a sample, so that each may have its own description.
        let mut offset = first;
        let stco = self.pieces.iter().map(|p| {
            offset += p.bytes.len() as u32;
            offset - p.bytes.len() as u32
        });
        let stco: Vec<u32> = [0, n].into_iter().chain(stco).collect();
        let rows = self.pieces.iter().zip(1u32..).flat_map(|(p, k)| [k, 1, p.description]);
        let stsc: Vec<u32> = [0, n].into_iter().chain(rows).collect();
        let shifts = self.pieces.iter().flat_map(|p| [1, p.shown as u32]);
        let ctts: Vec<u32> = [0, n].into_iter().chain(shifts).collect();
        let stbl: Vec<u8> = [
            bx(b"stsd", &stsd),
            bx(b"stts", &words(&[0, 1, n, 0])),
            bx(b"ctts", &words(&ctts)),
            bx(b"stsc", &words(&stsc)),
            bx(b"stsz", &words(&stsz)),
            bx(b"stco", &words(&stco)),
        ]
        .concat();
        let mvhd = bx(b"mvhd", &words(&[0, 0, 0, TICKS_S, 0]));
        let own = track(1, self.matrix, &self.edits, &stbl);
        let before: Vec<u8> = self.before.concat();
        out.extend(bx(b"moov", &[mvhd, before, own].concat()));
        out
    }

    /// The file in fragments of `each` pictures, and where each fragment begins.
    pub(super) fn fragments(&self, each: usize) -> (Vec<u8>, Vec<usize>) {
        let stsd = [words(&[0, 1]), self.descriptions[0].clone()].concat();
        let empty = |name: &[u8; 4], n| bx(name, &words(&vec![0; n]));
        let stbl = [
            bx(b"stsd", &stsd),
            empty(b"stts", 2),
            empty(b"stsc", 2),
            empty(b"stsz", 3),
            empty(b"stco", 2),
        ];
        let mvhd = bx(b"mvhd", &words(&[0, 0, 0, TICKS_S, 0]));
        let mvex = bx(b"mvex", &bx(b"trex", &words(&[0, 1, 1, EACH, 0, 0])));
        let own = track(1, self.matrix, &self.edits, &stbl.concat());
        let mut out = bx(b"ftyp", b"isom\0\0\0\0");
        out.extend(bx(b"moov", &[mvhd, own, mvex].concat()));
        let mut begins = Vec::new();
        for pieces in self.pieces.chunks(each) {
            begins.push(out.len());
            let traf = |offset: u32| {
                let mut trun = vec![0x201, pieces.len() as u32, offset];
                trun.extend(pieces.iter().map(|p| p.bytes.len() as u32));
                let tfhd = bx(b"tfhd", &words(&[0, 1]));
                let tfdt = bx(b"tfdt", &words(&[0, pieces[0].shown as u32]));
                bx(b"moof", &bx(b"traf", &[tfhd, tfdt, bx(b"trun", &words(&trun))].concat()))
            };
            let offset = traf(0).len() as u32 + 8;
            out.extend(traf(offset));
            let media: Vec<u8> = pieces.iter().flat_map(|p| p.bytes.clone()).collect();
            out.extend(bx(b"mdat", &media));
        }
        (out, begins)
    }
}
