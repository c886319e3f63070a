//! DJI's radiometric JPEG: plain 16-bit counts in segments of their own; degrees need DJI's program.

use ndarray::Array3;

use super::counts;
use super::segments::Segments;
use crate::source::error::SourceError;

/// Segments in which models keep counts: APP3, and APP4 of the Zenmuse XT S.
const MARKERS: [u8; 2] = [0xe3, 0xe4];
/// Rows and columns of thermal sensors.
const SENSORS: [[usize; 2]; 5] = [[512, 640], [1024, 1280], [256, 336], [192, 256], [120, 160]];
/// More bytes than this share over the counts belong to something else.
const REST: f64 = 0.6;

/// Counts `[H, W, 1]` in the JPEG file `name` of these rows and columns; `None` where there are none.
///
/// # Errors
/// [`SourceError::Refused`] where DJI's data are there, but not as they are known here.
pub(super) fn counts(
    name: &str,
    segments: &Segments<'_>,
    shown: [usize; 2],
) -> Result<Option<Array3<u16>>, SourceError> {
    let mut held = false;
    for marker in MARKERS {
        let all: Vec<u8> = segments.of_marker(marker, b"").flatten().copied().collect();
        for sides in [shown].into_iter().chain(SENSORS) {
            let bytes = 2 * sides[0] * sides[1];
            if all.len() < bytes || all.len() as f64 > (1.0 + REST) * bytes as f64 {
                continue;
            }
            let found = counts::of(&all, sides, u16::from_le_bytes);
            if let Some(found) = found.filter(counts::is_picture) {
                return Ok(Some(found));
            }
        }
        held |= all.len() > 2 * 120 * 160;
    }
    if !(held && by_dji(segments)) {
        return Ok(None);
    }
    Err(SourceError::refused(
        name,
        "a radiometric JPEG of DJI whose counts lie in a form that is not known",
        format!(
            "make temperatures with DJI's Thermal SDK: dji_irp -a measure --measurefmt float32 -s \
             \"{name}\" -o celsius.raw; or take its colours by ‹kind› rgb"
        ),
    ))
}

/// Whether the EXIF data name DJI as the maker.
fn by_dji(segments: &Segments<'_>) -> bool {
    let named = |body: &[u8]| body.windows(4).any(|w| w == b"DJI\0" || w == b"DJI ");
    segments.of_marker(0xe1, b"Exif\0\0").any(named)
}
