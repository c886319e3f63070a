//! The values of one frame, kept in the type they came in.

use ndarray::{Array2, Array3, Axis};

/// The values of one frame `[H, W, C]`, row 0 on top, kept in the type they came in.
#[derive(Clone, Debug, PartialEq)]
pub enum Pixels {
    /// 8 bit a channel.
    U8(Array3<u8>),
    /// 16 bit a channel: raw counts of a thermal camera, mostly.
    U16(Array3<u16>),
    /// Real values in the source's own unit.
    F32(Array3<f32>),
}

impl Pixels {
    /// Rows, columns, channels.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        let (h, w, c) = match self {
            Self::U8(a) => a.dim(),
            Self::U16(a) => a.dim(),
            Self::F32(a) => a.dim(),
        };
        [h, w, c]
    }

    /// Bytes that the values take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let each = match self {
            Self::U8(_) => 1,
            Self::U16(_) => 2,
            Self::F32(_) => 4,
        };
        self.shape().iter().map(|&n| n as u64).product::<u64>() * each
    }

    /// The first channel as real values `[H, W]` in the source's unit.
    #[must_use]
    pub fn first_channel(&self) -> Array2<f32> {
        match self {
            Self::U8(a) => a.index_axis(Axis(2), 0).mapv(f32::from),
            Self::U16(a) => a.index_axis(Axis(2), 0).mapv(f32::from),
            Self::F32(a) => a.index_axis(Axis(2), 0).to_owned(),
        }
    }

    /// The values of the first channel, row by row, in the source's unit.
    pub(crate) fn values(&self) -> Box<dyn Iterator<Item = f32> + '_> {
        match self {
            Self::U8(a) => Box::new(a.index_axis(Axis(2), 0).into_iter().map(|&v| f32::from(v))),
            Self::U16(a) => Box::new(a.index_axis(Axis(2), 0).into_iter().map(|&v| f32::from(v))),
            Self::F32(a) => Box::new(a.index_axis(Axis(2), 0).into_iter().copied()),
        }
    }
}
