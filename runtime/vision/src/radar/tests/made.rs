//! TIFF files that tests make: any type, bands and tags, little-endian, one strip a page.

/// One page: its sides `[w, h]`, tags, and the bytes of its cells.
pub(super) struct PageOf {
    pub(super) sides: [u32; 2],
    pub(super) tags: Vec<(u16, Tag)>,
    pub(super) cells: Vec<u8>,
}

/// The value of a tag.
#[derive(Clone)]
pub(super) enum Tag {
    Text(String),
    Doubles(Vec<f64>),
    Shorts(Vec<u16>),
    Long(u32),
}

impl Tag {
    fn parts(&self) -> (u16, u32, Vec<u8>) {
        match self {
            Self::Text(t) => (2, t.len() as u32 + 1, [t.as_bytes(), b"\0"].concat()),
            Self::Doubles(v) => {
                (12, v.len() as u32, v.iter().flat_map(|x| x.to_le_bytes()).collect())
            }
            Self::Shorts(v) => {
                (3, v.len() as u32, v.iter().flat_map(|x| x.to_le_bytes()).collect())
            }
            Self::Long(v) => (4, 1, v.to_le_bytes().to_vec()),
        }
    }
}

/// Tags of a page of `bands` of `bits` each: `format` 1 is whole, 2 signed, 3 float; `white` where 0 is white.
pub(super) fn form(bits: u16, format: u16, bands: u16, photometric: u16) -> Vec<(u16, Tag)> {
    vec![
        (258, Tag::Shorts(vec![bits; usize::from(bands)])),
        (259, Tag::Shorts(vec![1])),
        (262, Tag::Shorts(vec![photometric])),
        (277, Tag::Shorts(vec![bands])),
        (284, Tag::Shorts(vec![1])),
        (339, Tag::Shorts(vec![format; usize::from(bands)])),
    ]
}

/// Tags of a map of EPSG:3067 with cells of 1 km, and this text of GDAL's metadata.
pub(super) fn on_map(items: &str) -> Vec<(u16, Tag)> {
    vec![
        (33550, Tag::Doubles(vec![1000.0, 1000.0, 0.0])),
        (33922, Tag::Doubles(vec![0.0, 0.0, 0.0, 4e5, 67e5, 0.0])),
        (34735, Tag::Shorts(vec![1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 3067])),
        (42112, Tag::Text(format!("<GDALMetadata>{items}</GDALMetadata>"))),
    ]
}

/// The file of these pages.
pub(super) fn tiff(pages: &[PageOf]) -> Vec<u8> {
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    for (i, page) in pages.iter().enumerate() {
        let [w, h] = page.sides;
        let mut tags = page.tags.clone();
        let count = tags.len() as u32 + 5;
        let after = out.len() as u32 + 2 + 12 * count + 4;
        let long = |v: u32| Tag::Long(v);
        let mut behind: Vec<u8> = Vec::new();
        tags.extend([(256, long(w)), (257, long(h)), (273, long(after)), (278, long(h))]);
        tags.push((279, long(page.cells.len() as u32)));
        tags.sort_by_key(|(tag, _)| *tag);
        behind.extend(&page.cells);
        behind.resize(behind.len().next_multiple_of(8), 0);
        out.extend((count as u16).to_le_bytes());
        for (tag, value) in &tags {
            let (kind, n, mut bytes) = value.parts();
            out.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &n.to_le_bytes()].concat());
            if bytes.len() <= 4 {
                bytes.resize(4, 0);
                out.extend(bytes);
            } else {
                out.extend((after + behind.len() as u32).to_le_bytes());
                behind.extend(bytes);
                behind.resize(behind.len().next_multiple_of(8), 0);
            }
        }
        let next = if i + 1 < pages.len() { after + behind.len() as u32 } else { 0 };
        out.extend(next.to_le_bytes());
        out.extend(behind);
    }
    out
}

/// The bytes of floats.
pub(super) fn floats(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}
