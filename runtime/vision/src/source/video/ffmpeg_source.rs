//! The source of a video that ffmpeg decodes, where a person asks for that.

use std::path::Path;

use super::colours::Colours;
use super::ffmpeg_child::{FfmpegChild, Told, times, version};
use super::look::Look;
use super::orientation::Orientation;
use super::plan::Plan;
use super::planes::Planes;
use super::sieve::Sieve;
use super::timeline::Timeline;
use crate::digest::Digest;
use crate::frame::{BYTES_MAX, Kind, TimeSource};
use crate::grid::Grid;
use crate::note::{KindReason, Note};
use crate::source::about::{About, Origin};
use crate::source::deadline::Deadline;
use crate::source::error::SourceError;
use crate::source::ffmpeg_command::{find, recode};
use crate::source::options::SourceOptions;
use crate::source::source::{Closing, Next, Source};

/// Mean distance from grey, 8 bit, from which a video has colour.
const COLOUR_MIN: f64 = 12.0;

/// The pictures of a video that ffmpeg decodes.
pub(in super::super) struct FfmpegSource {
    about: About,
    child: FfmpegChild,
    sides: [usize; 2],
    sieve: Sieve,
    /// The next picture.
    at: usize,
    /// How many pictures there are.
    of: usize,
    ended: bool,
    digest: String,
}

impl FfmpegSource {
    /// Lets ffmpeg tell the times of the video `uri`, and starts decoding it.
    pub(in super::super) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let path = Path::new(uri);
        let digest = Digest::of_file(path).map_err(|e| SourceError::io(path, e))?.hex();
        let program = find().ok_or_else(|| {
            SourceError::refused(
                uri,
                "ffmpeg is not on the path (PATH)",
                "install it, or convert the film elsewhere and leave out ‹decoder›",
            )
        })?;
        let fix = || format!("convert it: {}", recode(uri, ""));
        let failed = |what: String| SourceError::refused(uri, what, fix());
        let told = times(&program, uri).map_err(failed)?;
        let sides = one_size(uri, &told)?;
        let timeline = timeline(&told, options.frame_every_s);
        if timeline.order.len() == 1 && told.len() > 1 {
            let what = format!("all of its {} pictures have the same time", told.len());
            let fix = "say how far apart they were taken: ‹frame-every› 1s";
            return Err(SourceError::refused(uri, what, fix));
        }
        let plan = Plan::of(&timeline, told.len(), options.step_s);
        if (plan.kept() * sides[0] * sides[1] * 3) as u64 > BYTES_MAX {
            let what =
                format!("{} frames of {}×{} are over 8 GiB", plan.kept(), sides[0], sides[1]);
            let fix = "give a longer ‹step›, or cut the video";
            return Err(SourceError::refused(uri, what, fix));
        }
        let mut notes = Vec::new();
        let version = version(&program).unwrap_or_default();
        notes.push(Note::DecodedByFfmpeg { version });
        if let Some(&at) = timeline.repeats.first() {
            let (pictures, at_s) = (timeline.repeats.len(), timeline.played_s[at]);
            notes.push(Note::PicturesRepeated { pictures, first: at, at_s });
        }
        if let (Some(every), Some(step_s)) = (plan.every, plan.step_s) {
            let (kept, of, asked) = (plan.kept(), plan.of, options.step_s.is_some());
            notes.push(Note::PicturesThinned { every, step_s, kept, of, asked });
        }
        let times_from = match options.frame_every_s {
            Some(_) => TimeSource::Step,
            None => TimeSource::Container,
        };
        let step_s = plan.step_s;
        let start = |look: Look| -> Result<Self, SourceError> {
            let upright = Orientation::default();
            let sieve = Sieve::new(plan.clone(), look, Colours::default(), upright, times_from);
            Ok(Self {
                about: About {
                    kind: Some(look.kind()),
                    grid: Some(Grid::new(sides[0], sides[1])),
                    step_s,
                    notes: notes.clone(),
                    ..About::recorded(uri, Origin::Video)
                },
                child: FfmpegChild::pictures(&program, uri, sides).map_err(failed)?,
                sides,
                sieve,
                at: 0,
                of: told.len(),
                ended: false,
                digest: digest.clone(),
            })
        };
        let mut source = match options.decoded_kind() {
            Some(Kind::Rgb) => start(Look::Colour)?,
            Some(Kind::Thermal) => start(Look::Brightness)?,
            Some(kind) => {
                return Err(SourceError::refused(
                    uri,
                    format!("a video is no {kind} film: compression blurs its values"),
                    "give ‹kind› rgb or thermal, or a folder of PNG frames",
                ));
            }
            None => {
                let mut grey = start(Look::Brightness)?;
                while !grey.ended && grey.sieve.coloured.is_none() {
                    grey.advance().map_err(failed)?;
                }
                match grey.sieve.coloured {
                    Some(_) => start(Look::Colour)?,
                    None => {
                        let because = KindReason::NoColour;
                        grey.about.notes.push(Note::KindDeduced { kind: Kind::Thermal, because });
                        grey
                    }
                }
            }
        };
        if source.sieve.look == Look::Brightness {
            source.about.notes.push(Note::BrightnessAsHeat);
        }
        Ok(source)
    }

    /// Takes one more picture.
    fn advance(&mut self) -> Result<(), String> {
        let [height, width] = self.sides;
        let Some(bytes) = self.child.next()? else {
            self.ended = true;
            let (got, all) = (self.at, self.of);
            return match got < all {
                true => Err(format!("ffmpeg gives {got} of {all} pictures")),
                false => Ok(()),
            };
        };
        let (y, colour) = bytes.split_at(height * width);
        let (u, v) = colour.split_at(colour.len() / 2);
        let strides = [width, width.div_ceil(2)];
        self.sieve.take(self.at, Planes { height, width, y, u, v, strides, limited_601: None });
        self.sieve.settle();
        self.at += 1;
        Ok(())
    }
}

/// Rows and columns of all pictures.
fn one_size(uri: &str, told: &[Told]) -> Result<[usize; 2], SourceError> {
    let Some(first) = told.first() else {
        return Err(SourceError::refused(uri, "it holds no pictures", "record it again"));
    };
    if let Some(k) = told.iter().position(|t| (t.height, t.width) != (first.height, first.width)) {
        let at_s = told[k].at_s - first.at_s;
        return Err(SourceError::refused(
            uri,
            format!("the size of its pictures changes at second {at_s:.3}"),
            format!(
                "cut it there: {}",
                recode(uri, "").replace("-c:v", &format!("-t {at_s:.3} -c:v"))
            ),
        ));
    }
    if told.iter().any(|t| t.interlaced) {
        let what = "video is interlaced: each picture is two fields, taken one after the other";
        let fix = format!("convert it: {}", recode(uri, "yadif"));
        return Err(SourceError::refused(uri, what, fix));
    }
    SourceError::check_sides(uri, first.height, first.width)?;
    Ok([first.height, first.width])
}

/// Pictures in the order of time; ffmpeg gives them in it.
fn timeline(told: &[Told], every_s: Option<f64>) -> Timeline {
    let first_s = told.first().map_or(0.0, |t| t.at_s);
    let played_s: Vec<f64> = told.iter().map(|t| t.at_s - first_s).collect();
    let (mut order, mut repeats) = (Vec::new(), Vec::new());
    let mut last_s = f64::NEG_INFINITY;
    for (k, &at_s) in played_s.iter().enumerate() {
        if at_s > last_s || every_s.is_some() {
            last_s = at_s;
            order.push(k);
        } else {
            repeats.push(k);
        }
    }
    let times = match every_s {
        Some(every_s) => (0..order.len()).map(|k| k as f64 * every_s).collect(),
        None => order.iter().map(|&k| played_s[k]).collect(),
    };
    Timeline { order, times, played_s, left_out: 0, repeats }
}

impl Source for FfmpegSource {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, deadline: Deadline) -> Result<Next, SourceError> {
        loop {
            if let Some(frame) = self.sieve.kept.pop_front() {
                return Ok(Next::Frame(frame));
            }
            if self.ended {
                return Ok(Next::End);
            }
            if let Err(what) = self.advance() {
                self.ended = true;
                return Err(SourceError::Damaged { name: self.about.name.clone(), what });
            }
            if self.sieve.kept.is_empty() && !self.ended && deadline.is_over() {
                return Ok(Next::NotYet);
            }
        }
    }

    fn finish(self: Box<Self>) -> Closing {
        let coloured = self.sieve.look == Look::Brightness && self.sieve.colour > COLOUR_MIN;
        let mut notes = if coloured { vec![Note::FalseColour] } else { Vec::new() };
        if self.child.complaints > 0 {
            let (errors, first) = (self.child.complaints, self.child.first.clone());
            notes.push(Note::FfmpegComplained { errors, first });
        }
        Closing { digest: Some(self.digest), notes }
    }
}
