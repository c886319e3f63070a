//! Films: the units of small MP4 files, which a camera sends.

use std::path::PathBuf;

/// How its pictures are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    H264,
    H265,
}

/// Coded pictures, and the parameter sets that they need.
#[derive(Clone, Debug)]
pub(super) struct Film {
    pub(super) coding: Coding,
    pub(super) sets: Vec<Vec<u8>>,
    /// The units of each picture.
    pub(super) pictures: Vec<Vec<Vec<u8>>>,
}

/// Reads on in `bytes`.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(n);
        self.0 = rest;
        taken
    }

    fn number(&mut self, bytes: usize) -> usize {
        self.take(bytes).iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }

    fn sets(&mut self, count: usize) -> Vec<Vec<u8>> {
        let mut set = || {
            let length = self.number(2);
            self.take(length).to_vec()
        };
        (0..count).map(|_| set()).collect()
    }
}

/// What stands in the first box of this name.
fn inside<'a>(file: &'a [u8], name: &[u8; 4]) -> Option<Cursor<'a>> {
    let at = file.windows(4).position(|window| window == name)?;
    Some(Cursor(&file[at + 4..]))
}

impl Film {
    /// A film of `tests/golden/source`: one whose samples lie one behind the other.
    pub(super) fn read(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/source");
        let file = std::fs::read(folder.join(name)).unwrap();
        let (coding, sets) = match (inside(&file, b"avcC"), inside(&file, b"hvcC")) {
            (Some(mut avc), _) => {
                avc.take(5);
                let count = avc.number(1) & 31;
                let mut sets = avc.sets(count);
                let count = avc.number(1);
                sets.extend(avc.sets(count));
                (Coding::H264, sets)
            }
            (None, hevc) => {
                let mut hevc = hevc.unwrap();
                hevc.take(22);
                let mut sets = Vec::new();
                for _ in 0..hevc.number(1) {
                    hevc.take(1);
                    let count = hevc.number(2);
                    sets.extend(hevc.sets(count));
                }
                (Coding::H265, sets)
            }
        };
        let mut sizes = inside(&file, b"stsz").unwrap();
        sizes.take(8);
        let mut data = inside(&file, b"mdat").unwrap();
        let pictures = (0..sizes.number(4)).map(|_| {
            let mut sample = Cursor(data.take(sizes.number(4)));
            let mut units = Vec::new();
            while !sample.0.is_empty() {
                let length = sample.number(4);
                units.push(sample.take(length).to_vec());
            }
            units
        });
        let pictures = pictures.collect();
        Self { coding, sets, pictures }
    }
}
