//! OpenH264: decodes H.264.

use openh264::OpenH264API;
use openh264::decoder::{DecodedYUV, Decoder as OpenH264, DecoderConfig, Flush};
use openh264::formats::YUVSource;

use super::decoder::{Decoder, Take};
use super::planes::Planes;

/// A decoder of H.264.
pub(super) struct AvcDecoder(OpenH264);

impl AvcDecoder {
    pub(super) fn new() -> Result<Self, String> {
        // Flushing after each picture breaks streams with B-frames.
        let config = DecoderConfig::new().flush_after_decode(Flush::NoFlush);
        OpenH264::with_api_config(OpenH264API::from_source(), config)
            .map(Self)
            .map_err(|e| format!("the decoder does not start: {e}"))
    }
}

fn hand_over(picture: &DecodedYUV<'_>, take: &mut Take<'_>) {
    let (width, height) = picture.dimensions();
    let (luma, chroma, _) = picture.strides();
    take(Planes {
        height,
        width,
        y: picture.y(),
        u: picture.u(),
        v: picture.v(),
        strides: [luma, chroma],
        limited_601: Some(&|rgb: &mut [u8]| picture.write_rgb8(rgb)),
    });
}

impl Decoder for AvcDecoder {
    fn decode(&mut self, units: &[u8], _entry: bool, take: &mut Take<'_>) -> Result<(), String> {
        if let Some(picture) = self.0.decode(units).map_err(|e| e.to_string())? {
            hand_over(&picture, take);
        }
        Ok(())
    }

    fn drain(&mut self, take: &mut Take<'_>) -> Result<(), String> {
        for picture in &self.0.flush_remaining().map_err(|e| e.to_string())? {
            hand_over(picture, take);
        }
        Ok(())
    }
}
