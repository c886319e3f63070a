//! Developing: a source read to its end becomes a film, once it is settled what its frames mean.

use std::sync::Arc;

use ndarray::{Array2, Axis};

use super::about::Origin;
use super::colour::{self, Colours};
use super::deadline::Deadline;
use super::doubt;
use super::error::SourceError;
use super::false_colour::{FalseColour, Found};
use super::faults;
use super::mask::Mask;
use super::options::SourceOptions;
use super::palette::Palette;
use super::polarity;
use super::source::{Next, Source};
use crate::frame::{Film, Frame, Kind, Pixels, TimeSource};
use crate::grid::Grid;
use crate::note::{KindReason, Note};
use crate::radar::health;

/// Numbers that stand for no data in many float files, and the size from which any does.
const NO_DATA: [f32; 4] = [-9999.0, -32768.0, -99999.0, -999.0];
const NO_DATA_FROM: f32 = 1e20;

/// Reads `source` to its end and settles kind, times and grid over all its frames.
///
/// # Errors
/// What the source says; and [`SourceError::Refused`] where there are no frames, or their values are
/// not what a film of their kind can hold.
pub fn develop(mut source: Box<dyn Source>, options: &SourceOptions) -> Result<Film, SourceError> {
    let mask = options.mask.as_deref().map(Mask::read).transpose()?;
    let mut frames = Vec::new();
    loop {
        match source.next(Deadline::NEVER)? {
            Next::Frame(frame) => frames.push(frame),
            Next::NotYet => {}
            Next::End => break,
        }
    }
    let about = source.about().clone();
    let closing = source.finish();
    let mut negative = Negative { name: about.name, frames, notes: about.notes };
    negative.notes.extend(closing.notes);
    let Some(first) = negative.frames.first() else {
        return Err(SourceError::refused(
            &negative.name,
            "it holds no frames",
            "give at least two frames",
        ));
    };
    let [height, width, _] = first.pixels.shape();
    let times_from = first.time.source;
    SourceError::check_sides(&negative.name, height, width)?;
    negative.refuse_unlike()?;
    if let Some(mask) = &mask {
        if options.kind.or(about.kind) == Some(Kind::Rain) {
            return Err(mask.refuse_rain(&negative.name));
        }
        negative.notes.push(mask.cover(&negative.name, &mut negative.frames)?);
    }
    let masked = mask.as_ref().map(|mask| &*mask.cells);
    let kind = match options.palette {
        Some(palette) => negative.read_as(palette, about.kind, options.kind, masked)?,
        None => negative.settle_kind(about.kind, options.kind, about.origin, masked)?,
    };
    if kind == Kind::Thermal && options.palette.is_none() {
        negative.notes.extend(polarity::doubt(&negative.frames));
    }
    if let Some(mask) = mask.as_ref().filter(|_| kind == Kind::Mask) {
        mask.put_out(&mut negative.frames);
    }
    let by_values = options.kind.or(about.kind).is_none() && kind == Kind::Thermal;
    if by_values && matches!(about.origin, Origin::Npz | Origin::Images) {
        doubt::refuse_coarse_heat(&negative.name, about.grid.as_ref())?;
        doubt::refuse_like_radar(&negative.name, about.like_radar.as_deref())?;
    }
    match kind {
        Kind::Rain => negative.refuse_no_rain()?,
        Kind::Thermal | Kind::Mask | Kind::Rgb => {
            negative.refuse_not_finite()?;
            negative.refuse_no_data()?;
        }
    }
    let of_a_camera =
        matches!(about.origin, Origin::Npz | Origin::Images | Origin::Video | Origin::FlirSequence);
    if of_a_camera && matches!(kind, Kind::Thermal | Kind::Rgb) {
        let frames = std::mem::take(&mut negative.frames);
        negative.frames = faults::leave_out(frames, &mut negative.notes);
    }
    if let Some(every_s) = options.frame_every_s {
        let told = match about.origin {
            Origin::Npz => about.step_s.is_some(),
            origin => !matches!(origin, Origin::Images | Origin::Video | Origin::FlirSequence),
        };
        if times_from != TimeSource::Step || told {
            return Err(SourceError::refused(
                &negative.name,
                "it tells itself how far apart its frames were taken",
                "leave out ‹frame-every›; ‹step› picks frames that far apart",
            ));
        }
        negative.notes.push(Note::FramesEvery { every_s });
    }
    match (times_from, options.step_s.filter(|_| options.frame_every_s.is_none())) {
        (TimeSource::Step, Some(step_s)) if about.step_s.is_none() => {
            negative.notes.push(Note::TimesCounted { step_s });
        }
        (TimeSource::Assumed, _) => negative.notes.push(Note::TimesAssumed),
        _ => {}
    }
    let mut grid = about.grid.unwrap_or_else(|| Grid::new(height, width));
    grid.masked = mask.map(|mask| mask.cells);
    let mut film = Film {
        kind,
        frames: negative.frames,
        grid,
        name: negative.name,
        digest: closing.digest.unwrap_or_default(),
        notes: negative.notes,
    };
    let of_a_radar = match about.origin {
        Origin::Radar => true,
        Origin::Npz => kind == Kind::Rain,
        _ => false,
    };
    if of_a_radar {
        let health = health::of(&film);
        film.notes.extend(health);
    } else if matches!(times_from, TimeSource::Name | TimeSource::Exif) {
        let mut gaps = Vec::new();
        health::gaps(&film, &mut gaps);
        film.notes.extend(gaps);
    }
    Ok(film)
}

/// Frames as read, before it is settled what they mean.
struct Negative {
    /// Input as typed, for messages.
    name: String,
    frames: Vec<Frame>,
    notes: Vec<Note>,
}

impl Negative {
    fn pixels(&self) -> impl Iterator<Item = &Pixels> {
        self.frames.iter().map(|frame| &*frame.pixels)
    }

    /// Refuses frames of more than one shape or type, and times that do not increase: no file gives
    /// those out, but a camera may.
    fn refuse_unlike(&self) -> Result<(), SourceError> {
        let refused = |what: String| {
            let fix = "all frames of a film must agree, and follow each other";
            Err(SourceError::refused(&self.name, what, fix))
        };
        for (i, pair) in self.frames.windows(2).enumerate() {
            let [a, b] = [&pair[0], &pair[1]];
            let like = std::mem::discriminant(&*a.pixels) == std::mem::discriminant(&*b.pixels)
                && a.pixels.shape() == b.pixels.shape();
            if !like {
                return refused(format!(
                    "frame {} has another size or type than the one before",
                    i + 1
                ));
            }
            if a.time.elapsed >= b.time.elapsed {
                return refused(format!("frame {} is not later than the one before", i + 1));
            }
        }
        Ok(())
    }

    fn refuse_not_finite(&self) -> Result<(), SourceError> {
        let (mut frames, mut values, mut first) = (0usize, 0usize, None);
        for (i, pixels) in self.pixels().enumerate() {
            let Pixels::F32(a) = pixels else { return Ok(()) };
            let bad = a.iter().filter(|v| !v.is_finite()).count();
            if bad > 0 {
                first.get_or_insert(i);
                frames += 1;
                values += bad;
            }
        }
        let Some(first) = first else { return Ok(()) };
        Err(SourceError::refused(
            &self.name,
            format!(
                "{values} NaN or infinite values in {frames} frames, the first in frame {first}"
            ),
            "cut those cells off, hide them by a ‹mask›, fill them from their neighbours, or leave \
             those frames out",
        ))
    }

    /// Refuses numbers that stand for no data by convention: they would be taken for cold or heat.
    fn refuse_no_data(&self) -> Result<(), SourceError> {
        let none = |v: f32| NO_DATA.contains(&v) || v.abs() >= NO_DATA_FROM;
        let found = self.pixels().enumerate().find_map(|(i, pixels)| {
            let Pixels::F32(a) = pixels else { return None };
            Some((i, a.iter().copied().find(|v| none(*v))?))
        });
        let Some((first, value)) = found else { return Ok(()) };
        let (mut frames, mut cells) = (0, 0);
        for pixels in self.pixels() {
            let here = pixels.values().filter(|v| none(*v)).count();
            frames += usize::from(here > 0);
            cells += here;
        }
        Err(SourceError::refused(
            &self.name,
            format!(
                "{cells} cells in {frames} frames mark no data, the first with {value} in frame \
                 {first}"
            ),
            "a fire film has none: cut those cells off in all frames, hide them by a ‹mask›, or fill \
             them from their neighbours (gdal_fillnodata.py)",
        ))
    }

    /// Refuses frames that are no rain: another type than code or mm/h, or rates that cannot be.
    fn refuse_no_rain(&self) -> Result<(), SourceError> {
        for (i, pixels) in self.pixels().enumerate() {
            let rates = match pixels {
                Pixels::U8(_) => return Ok(()),
                Pixels::U16(_) => {
                    return Err(SourceError::refused(
                        &self.name,
                        "kind rain needs uint8 codes or float32 mm/h, these frames are uint16",
                        "convert them, or say what the values mean with ‹kind›",
                    ));
                }
                Pixels::F32(rates) => rates,
            };
            if let Some(bad) = rates.iter().find(|v| **v < 0.0 || v.is_infinite()) {
                return Err(SourceError::refused(
                    &self.name,
                    format!("frame {i} has a rain rate of {bad} mm/h"),
                    "write NaN where there is no data",
                ));
            }
        }
        Ok(())
    }

    /// The kind that was asked for, that the input says it is, or that its values suggest; and one
    /// channel where that kind has one.
    fn settle_kind(
        &mut self,
        found: Option<Kind>,
        asked: Option<Kind>,
        origin: Origin,
        masked: Option<&Array2<bool>>,
    ) -> Result<Kind, SourceError> {
        let colours = Colours::of(&self.frames);
        // A video with colour calls itself rgb, where nobody else says what it is.
        let is_open = asked.or(found).is_none()
            || asked.is_none() && found == Some(Kind::Rgb) && origin == Origin::Video;
        if (is_open || asked.or(found) == Some(Kind::Thermal))
            && matches!(colours, Some(Colours::Many))
            && self.is_in_false_colour(masked)?
        {
            return Ok(Kind::Thermal);
        }
        if is_open
            && found.is_some()
            && masked.is_some()
            && let Some(colours @ (Colours::Grey | Colours::NearlyGrey(_))) = &colours
        {
            // All its colour was where nobody looks.
            self.without_colour(colours)?;
            self.forget_colour();
            let because = KindReason::NoColour;
            self.notes.push(Note::KindDeduced { kind: Kind::Thermal, because });
            return Ok(Kind::Thermal);
        }
        if let (Some(found), Some(asked)) = (found, asked)
            && asked != found
        {
            self.notes.push(Note::KindOverridden { found, asked });
        }
        let kind = match asked.or(found) {
            Some(kind) => kind,
            None => {
                match &colours {
                    Some(Colours::Two(_) | Colours::Few(_)) if origin != Origin::Images => {}
                    Some(colours) => self.without_colour(colours)?,
                    None => {}
                }
                let (kind, because) = self.deduce();
                self.notes.push(Note::KindDeduced { kind, because });
                kind
            }
        };
        let first = &self.frames[0].pixels;
        let channels = first.shape()[2];
        let eight_bit = matches!(**first, Pixels::U8(_));
        match (kind, channels) {
            (Kind::Rgb, 3) if eight_bit => Ok(kind),
            (Kind::Rgb, _) => Err(SourceError::refused(
                &self.name,
                format!(
                    "kind rgb needs 8-bit frames of 3 channels, these have {channels}{}",
                    if eight_bit { "" } else { " of another type" }
                ),
                "give ‹kind› thermal or mask, or convert the frames",
            )),
            (_, 1) => Ok(kind),
            _ if self.all_grey() => {
                self.each(colour::first_channel);
                self.notes.push(Note::GreyInColour);
                Ok(kind)
            }
            (Kind::Thermal, _) if matches!(colours, Some(Colours::NearlyGrey(_))) => {
                colours.map_or(Ok(()), |colours| self.without_colour(&colours))?;
                Ok(kind)
            }
            (Kind::Mask, _) if matches!(colours, Some(Colours::BlackAnd(_))) => {
                colours.map_or(Ok(()), |colours| self.without_colour(&colours))?;
                Ok(kind)
            }
            _ => Err(SourceError::refused(
                &self.name,
                format!("kind {kind} needs one channel, these frames have colour"),
                "give ‹kind› rgb, or convert the frames to grey",
            )),
        }
    }

    /// Whether the frames are a thermal film in a palette of false colour, which then is undone.
    fn is_in_false_colour(&mut self, masked: Option<&Array2<bool>>) -> Result<bool, SourceError> {
        let names = Palette::ALL.map(Palette::name).join("|");
        match FalseColour::of(&self.frames, masked) {
            FalseColour::None => Ok(false),
            FalseColour::Palette(found) => {
                self.undo(&found, false);
                Ok(true)
            }
            FalseColour::Near(found) => Err(SourceError::refused(
                &self.name,
                format!(
                    "it is in false colour of a palette that is not known here, the nearest is {} ({:.0} \
                     levels away)",
                    found.palette, found.levels
                ),
                format!("say which comes closest by ‹palette› {names}, or ‹kind› rgb"),
            )),
            FalseColour::Mixed(found) => Err(SourceError::refused(
                &self.name,
                format!(
                    "much of it has the colours of the palette {}, and much has not (two pictures \
                     blended, or a large overlay?)",
                    found.palette
                ),
                format!(
                    "say ‹palette› {} to undo it all the same, or ‹kind› rgb; hide an overlay by a \
                     ‹mask›",
                    found.palette
                ),
            )),
            FalseColour::Unknown => Err(SourceError::refused(
                &self.name,
                "its colours lie on one curve, as false colours do, and no palette known here fits",
                format!("say which comes closest by ‹palette› {names}, or ‹kind› rgb"),
            )),
        }
    }

    /// Heat in place of colours.
    fn undo(&mut self, found: &Found, asked: bool) {
        self.each(found.undo());
        self.forget_colour();
        let Found { palette, levels, .. } = *found;
        self.notes.push(Note::PaletteUndone { palette: palette.name(), levels, asked });
    }

    /// Drops what was said of a film in colour.
    fn forget_colour(&mut self) {
        let of_colour = |n: &Note| matches!(n, Note::ColourLate { .. } | Note::ColourLittle { .. });
        self.notes.retain(|note| !of_colour(note));
    }

    /// The film as heat, shown in the palette that a person names.
    fn read_as(
        &mut self,
        palette: Palette,
        found: Option<Kind>,
        asked: Option<Kind>,
        masked: Option<&Array2<bool>>,
    ) -> Result<Kind, SourceError> {
        if let Some(kind) = asked.filter(|kind| *kind != Kind::Thermal) {
            let what =
                format!("‹kind› {kind} and ‹palette› {palette} were given: a palette is heat's");
            return Err(SourceError::refused(&self.name, what, "give one of them"));
        }
        if let Some(kind @ (Kind::Mask | Kind::Rain)) = found {
            let what = format!("it says it is of kind {kind}, which has no palette");
            return Err(SourceError::refused(&self.name, what, "leave out ‹palette›"));
        }
        let colours = Colours::of(&self.frames);
        let has_colour =
            colours.as_ref().is_some_and(|c| !matches!(c, Colours::Grey | Colours::NearlyGrey(_)));
        if palette.has_colour() {
            if !has_colour {
                return Err(SourceError::refused(
                    &self.name,
                    format!("its frames have no colour, and {palette} is one of colours"),
                    "leave out ‹palette›, or give white-hot or black-hot",
                ));
            }
            return match Found::named(palette, &self.frames, masked) {
                Ok(found) => {
                    self.undo(&found, true);
                    Ok(Kind::Thermal)
                }
                Err(levels) => Err(SourceError::refused(
                    &self.name,
                    format!(
                        "its colours are not those of {palette}: half of them are over {levels:.0} \
                         levels away"
                    ),
                    "leave out ‹palette› to have it found, or give another",
                )),
            };
        }
        if has_colour {
            return Err(SourceError::refused(
                &self.name,
                format!("its frames have colour, and {palette} is grey"),
                "leave out ‹palette› to have it found, or name one of colours",
            ));
        }
        if let Some(colours) = &colours {
            self.without_colour(colours)?;
        }
        if self.frames[0].pixels.shape()[2] != 1 {
            let what = "its frames have three channels of over 8 bit, which no palette has";
            return Err(SourceError::refused(&self.name, what, "convert them to grey"));
        }
        if palette == Palette::BlackHot {
            if self.pixels().any(|p| matches!(p, Pixels::F32(_))) {
                return Err(SourceError::refused(
                    &self.name,
                    "its values are measured (float), and black-hot is how a picture is shown",
                    "leave out ‹palette›; values that fall with heat: save their negative",
                ));
            }
            self.each(polarity::inverted(&self.frames));
        }
        let palette = palette.name();
        self.notes.push(Note::PaletteUndone { palette, levels: 0.0, asked: true });
        Ok(Kind::Thermal)
    }

    /// One channel where three hold no colour; colours that ask for a word are refused.
    fn without_colour(&mut self, colours: &Colours) -> Result<(), SourceError> {
        let words = |c: &[u8; 3]| format!("#{:02x}{:02x}{:02x}", c[0], c[1], c[2]);
        match colours {
            Colours::Grey => {
                self.each(colour::first_channel);
                self.notes.push(Note::GreyInColour);
            }
            Colours::NearlyGrey(levels) => {
                self.each(colour::brightness);
                self.notes.push(Note::NearlyGrey { levels: *levels });
            }
            Colours::BlackAnd(fire) => {
                self.each(colour::not_black);
                self.notes.push(Note::BlackIsUnburnt { fire: words(fire) });
            }
            Colours::Two([a, b]) => {
                let (a, b) = (words(a), words(b));
                return Err(SourceError::refused(
                    &self.name,
                    format!(
                        "its frames have two colours, {a} and {b}, and which burns is not said"
                    ),
                    format!(
                        "paint unburnt black and burnt white: magick mogrify -fill black -opaque \
                         '{a}' -fill white -opaque '{b}' FILES, or the other way round"
                    ),
                ));
            }
            Colours::Few(colours) => {
                let all: Vec<String> = colours.iter().map(words).collect();
                return Err(SourceError::refused(
                    &self.name,
                    format!(
                        "its frames have {} colours ({}), as classes have",
                        all.len(),
                        all.join(", ")
                    ),
                    format!(
                        "paint what burns white and all else black: magick mogrify -fill black +opaque \
                         '{0}' -fill white -opaque '{0}' FILES, or say ‹kind› rgb",
                        all[1]
                    ),
                ));
            }
            Colours::Many => {}
        }
        Ok(())
    }

    /// All frames through `one`.
    fn each(&mut self, mut one: impl FnMut(&Pixels) -> Pixels) {
        for frame in &mut self.frames {
            frame.pixels = Arc::new(one(&frame.pixels));
        }
    }

    fn all_grey(&self) -> bool {
        self.pixels().all(|p| match p {
            Pixels::U8(a) => a.lanes(Axis(2)).into_iter().all(|v| v.iter().all(|c| *c == v[0])),
            Pixels::U16(a) => a.lanes(Axis(2)).into_iter().all(|v| v.iter().all(|c| *c == v[0])),
            Pixels::F32(a) => a.lanes(Axis(2)).into_iter().all(|v| v.iter().all(|c| *c == v[0])),
        })
    }

    /// The kind that values suggest, and why.
    fn deduce(&self) -> (Kind, KindReason) {
        let first = &self.frames[0].pixels;
        if first.shape()[2] == 3 && matches!(**first, Pixels::U8(_)) {
            return (Kind::Rgb, KindReason::ThreeChannels);
        }
        let two_valued = |one: f32| {
            self.pixels().all(|p| match p {
                Pixels::U8(a) => a.iter().all(|&v| v == 0 || f32::from(v) == one),
                Pixels::U16(a) => a.iter().all(|&v| v == 0 || f32::from(v) == one),
                Pixels::F32(a) => a.iter().all(|&v| v == 0.0 || v == one),
            })
        };
        if two_valued(1.0) {
            return (Kind::Mask, KindReason::ZeroAndOne);
        }
        if two_valued(255.0) {
            return (Kind::Mask, KindReason::ZeroAnd255);
        }
        (Kind::Thermal, KindReason::ManyValues)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Elapsed, FrameTime};
    use crate::source::{About, Closing};
    use ndarray::Array3;

    /// Frames that are there already, a second apart.
    struct Ready(About, std::vec::IntoIter<Frame>);

    impl Source for Ready {
        fn about(&self) -> &About {
            &self.0
        }

        fn next(&mut self, _: Deadline) -> Result<Next, SourceError> {
            Ok(self.1.next().map_or(Next::End, Next::Frame))
        }

        fn finish(self: Box<Self>) -> Closing {
            Closing::default()
        }
    }

    fn ready(pixels: Vec<Pixels>, kind: Option<Kind>, step_s: Option<f64>) -> Box<dyn Source> {
        let frames = pixels.into_iter().enumerate().map(|(i, p)| {
            let source = if step_s.is_some() { TimeSource::Step } else { TimeSource::Container };
            let elapsed = Elapsed::counted(i, step_s.unwrap_or(1.0));
            Frame::new(p, FrameTime::since_first(elapsed, source))
        });
        let about = About { kind, step_s, ..About::recorded("clip", Origin::Images) };
        Box::new(Ready(about, frames.collect::<Vec<_>>().into_iter()))
    }

    fn grey(values: &[f32], channels: usize) -> Vec<Pixels> {
        let frame = |&v: &f32| Pixels::U8(Array3::from_elem((32, 40, channels), v as u8));
        values.iter().map(frame).collect()
    }

    #[test]
    fn settles_what_frames_mean() {
        let cases = [
            // Values, channels, asked for, found: kind.
            (vec![0.0, 1.0], 1, None, None, Ok(Kind::Mask)),
            (vec![0.0, 255.0], 1, None, None, Ok(Kind::Mask)),
            (vec![0.0, 2.0], 1, None, None, Ok(Kind::Thermal)),
            // Grey in three channels, as many cameras store it.
            (vec![9.0, 8.0], 3, None, None, Ok(Kind::Thermal)),
            (vec![0.0, 255.0], 3, None, None, Ok(Kind::Mask)),
            (vec![9.0, 8.0], 3, None, Some(Kind::Rgb), Ok(Kind::Rgb)),
            (vec![0.0, 1.0], 1, None, Some(Kind::Thermal), Ok(Kind::Thermal)),
            (vec![0.0, 7.0], 1, Some(Kind::Mask), Some(Kind::Thermal), Ok(Kind::Mask)),
            (vec![9.0, 9.0], 3, Some(Kind::Thermal), None, Ok(Kind::Thermal)),
            (vec![0.0, 1.0], 1, Some(Kind::Rgb), None, Err("3 channels")),
            (vec![0.0, 1.0], 1, None, Some(Kind::Rain), Ok(Kind::Rain)),
            (vec![], 1, None, None, Err("no frames")),
        ];
        for (values, channels, asked, found, want) in cases {
            let source = ready(grey(&values, channels), found, None);
            let options = SourceOptions { kind: asked, ..SourceOptions::default() };
            match (develop(source, &options), want) {
                (Ok(film), Ok(kind)) => {
                    assert_eq!(film.kind, kind);
                    let deduced = |n: &Note| matches!(n, Note::KindDeduced { .. });
                    assert_eq!(film.notes.iter().any(deduced), asked.or(found).is_none());
                    assert!(kind == Kind::Rgb || film.frames[0].pixels.shape()[2] == 1);
                }
                (Err(e), Err(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
    }

    #[test]
    fn colour_decides_over_all_frames() {
        type Rgb = [u8; 3];
        let film = |left: Rgb, right: Rgb, end: Rgb| {
            let frame = |right: Rgb| {
                let value = |x: usize, c: usize| if x < 20 { left[c] } else { right[c] };
                Pixels::U8(Array3::from_shape_fn((32, 40, 3), |(_, x, c)| value(x, c)))
            };
            vec![frame(right), frame(end)]
        };
        let (black, white, red, void) = ([0; 3], [255; 3], [128, 0, 0], [224, 224, 192]);
        for (pixels, asked, want) in [
            (film(black, white, white), None, Ok((Kind::Mask, "colour channels are equal"))),
            (film(black, red, black), None, Ok((Kind::Mask, "black is unburnt and #800000"))),
            (film(black, red, black), Some(Kind::Mask), Ok((Kind::Mask, "black is unburnt"))),
            (film(black, red, black), Some(Kind::Rgb), Ok((Kind::Rgb, ""))),
            (
                film([9, 9, 8], [99, 95, 91], [90; 3]),
                None,
                Ok((Kind::Thermal, "differ by 8 levels at most")),
            ),
            (
                film([9, 9, 8], [99, 95, 91], [90; 3]),
                Some(Kind::Thermal),
                Ok((Kind::Thermal, "8 levels")),
            ),
            (
                film(white, red, white),
                None,
                Err("two colours, #800000 and #ffffff, and which burns"),
            ),
            (
                film(black, red, void),
                None,
                Err("3 colours (#000000, #800000, #e0e0c0), as classes"),
            ),
            (film(black, red, void), Some(Kind::Mask), Err("kind mask needs one channel")),
            (film(black, red, black), Some(Kind::Thermal), Err("kind thermal needs one channel")),
        ] {
            let options = SourceOptions { kind: asked, ..SourceOptions::default() };
            match (develop(ready(pixels, None, None), &options), want) {
                (Ok(film), Ok((kind, said))) => {
                    let notes: Vec<String> = film.notes.iter().map(ToString::to_string).collect();
                    assert_eq!(film.kind, kind, "{notes:?}");
                    assert!(notes.join("\n").contains(said), "{notes:?}");
                }
                (Err(e), Err(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
    }

    #[test]
    fn frames_that_do_not_go_together_are_refused() {
        let other = |pixels: Pixels| [grey(&[0.0, 3.0], 1), vec![pixels]].concat();
        for (pixels, why) in [
            (other(Pixels::U8(Array3::zeros((40, 32, 1)))), "frame 2 has another size or type"),
            (other(Pixels::U16(Array3::zeros((32, 40, 1)))), "frame 2 has another size or type"),
        ] {
            let e = develop(ready(pixels, None, None), &SourceOptions::default()).unwrap_err();
            assert!(e.to_string().contains(why), "{e}");
        }
        let still = ready(grey(&[0.0, 3.0], 1), None, Some(0.0));
        let e = develop(still, &SourceOptions::default()).unwrap_err();
        assert!(e.to_string().contains("frame 1 is not later than the one before"), "{e}");
    }

    #[test]
    fn a_person_tells_how_far_apart_frames_are_where_the_input_does_not() {
        let options = SourceOptions { frame_every_s: Some(60.0), ..SourceOptions::default() };
        for (origin, step_s, source, fits) in [
            (Origin::Images, None, TimeSource::Step, true),
            (Origin::Images, None, TimeSource::Name, false),
            (Origin::Npz, None, TimeSource::Step, true),
            (Origin::Npz, Some(30.0), TimeSource::Step, false),
            (Origin::Npz, None, TimeSource::Utc, false),
            (Origin::Radar, None, TimeSource::Step, false),
        ] {
            let frames = grey(&[0.0, 3.0], 1).into_iter().enumerate().map(|(i, pixels)| {
                Frame::new(pixels, FrameTime::since_first(Elapsed::counted(i, 60.0), source))
            });
            let about = About { step_s, ..About::recorded("film", origin) };
            let film = Ready(about, frames.collect::<Vec<_>>().into_iter());
            match develop(Box::new(film), &options) {
                Ok(film) => {
                    assert!(fits && film.notes.contains(&Note::FramesEvery { every_s: 60.0 }))
                }
                Err(e) => {
                    assert!(!fits && e.to_string().contains("leave out ‹frame-every›"), "{e}")
                }
            }
        }
    }

    #[test]
    fn rain_may_have_no_data_but_no_rate_that_cannot_be() {
        let options = SourceOptions { kind: Some(Kind::Rain), ..SourceOptions::default() };
        let rates = |v: f32| Pixels::F32(Array3::from_elem((32, 32, 1), v));
        let counts = Pixels::U16(Array3::zeros((32, 32, 1)));
        for (pixels, why) in [
            (rates(f32::NAN), None),
            (rates(3.5), None),
            (rates(-9999.0), Some("a rain rate of -9999 mm/h; write NaN")),
            (rates(f32::INFINITY), Some("a rain rate of inf mm/h")),
            (counts, Some("uint8 codes or float32 mm/h, these frames are uint16")),
        ] {
            let film = develop(ready(vec![pixels.clone(), pixels], None, None), &options);
            match (film.map(|film| film.kind), why) {
                (Ok(kind), None) => assert_eq!(kind, Kind::Rain),
                (Err(e), Some(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
    }

    #[test]
    fn refuses_values_that_are_none() {
        let mut a = Array3::<f32>::zeros((32, 32, 1));
        let good = Pixels::F32(a.clone());
        a[[3, 4, 0]] = f32::NAN;
        a[[3, 5, 0]] = f32::INFINITY;
        let source = ready(vec![good, Pixels::F32(a)], None, None);
        let e = develop(source, &SourceOptions::default()).unwrap_err().to_string();
        assert!(e.contains("2 NaN or infinite values in 1 frames, the first in frame 1"), "{e}");
        for none in [-9999.0, -32768.0, f32::MAX, -1e38] {
            let mut a = Array3::<f32>::from_elem((32, 32, 1), 21.5);
            a.slice_mut(ndarray::s![4.., 4.., ..]).fill(30.0);
            let good = Pixels::F32(a.clone());
            a.slice_mut(ndarray::s![..2, .., ..]).fill(none);
            let source = ready(vec![good, Pixels::F32(a)], None, None);
            let e = develop(source, &SourceOptions::default()).unwrap_err().to_string();
            let why =
                format!("64 cells in 1 frames mark no data, the first with {none} in frame 1");
            assert!(e.contains(&why), "{e}");
        }
    }
}
