//! Folders of PNG, JPEG or TIFF frames, in the order of the times that files or names tell, else in
//! natural order of their names.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::listing::Listing;
use super::timetable::Timetable;
use crate::digest::Digest;
use crate::frame::{BYTES_MAX, Elapsed, Frame, FrameTime, Kind, Pixels, TimeSource};
use crate::grid::Grid;
use crate::note::{Note, Radiometry};
use crate::radar::RadarOptions;
use crate::source::about::{About, Origin};
use crate::source::deadline::Deadline;
use crate::source::doubt;
use crate::source::error::SourceError;
use crate::source::options::SourceOptions;
use crate::source::source::{Closing, Next, Source};
use crate::source::still::{self, Facts, Place, Still};

/// Most bytes of one file.
const FILE_MAX: u64 = 1 << 30;
/// Corners of one place may differ by this share of a cell.
const SAME_PLACE_CELLS: f64 = 0.05;

/// The images of a folder, read one after the other.
pub(in crate::source) struct ImageFolder {
    about: About,
    files: Vec<PathBuf>,
    /// The next of them.
    at: usize,
    /// Pages of the file before it that are not handed out yet.
    pages: VecDeque<Still>,
    /// Frames handed out.
    count: usize,
    /// The first frame, which all others must be like, and where it is from.
    first: Option<(Arc<Pixels>, String)>,
    /// When each file was taken, where that is known.
    times: Option<Vec<FrameTime>>,
    /// Seconds between frames of which nothing tells the time, and who tells it.
    step: (f64, TimeSource),
    digest: Digest,
    /// The digest, where files are not read in the order of their names.
    digest_by_name: Option<String>,
    /// Bytes of all frames so far.
    bytes: u64,
    transparent: bool,
    turned: usize,
    radiometry: Option<Radiometry>,
}

impl ImageFolder {
    /// Whether the file `path` holds more than one picture.
    pub(in crate::source) fn has_pages(path: &Path) -> bool {
        still::peek(path).pages > 1
    }

    /// Whether PGM in the folder `path` are asked for as pictures.
    pub(in crate::source) fn claims_pgm(path: &Path, options: &SourceOptions) -> bool {
        let pictures = || Listing::of(path, true).is_ok_and(|l| l.files.iter().any(|f| is_pgm(f)));
        may_be_pgm(options.kind) && options.radar == RadarOptions::default() && pictures()
    }

    /// Looks through the folder `uri`, or the pages of the file `uri`.
    pub(in crate::source) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let path = Path::new(uri);
        let Listing { mut files, others } = Listing::of(path, may_be_pgm(options.kind))?;
        if files.is_empty() {
            return Err(Listing::refuse_empty(uri));
        }
        if options.kind.is_none() {
            doubt::refuse_named_rain(uri, [&*doubt::stem(path), &*doubt::stem(&files[0])])?;
        }
        let mut about = About { kind: options.kind, ..About::recorded(uri, Origin::Images) };
        if others > 0 {
            about.notes.push(Note::OtherFiles { files: others });
        }
        let facts: Vec<Facts> = files.iter().map(|file| still::peek(file)).collect();
        about.grid = grid(&files, &facts, &mut about.notes)?;
        if options.kind.is_none() && facts.iter().all(|f| f.taken.is_none()) {
            about.like_radar = doubt::like_radar(&files);
        }
        let frames: usize = facts.iter().map(|f| f.pages).sum();
        let (mut times, mut digest_by_name) = (None, None);
        if frames > files.len() {
            about.notes.push(Note::PagesAsFrames { frames, files: files.len() });
        } else {
            let taken: Vec<_> = facts.iter().map(|f| f.taken).collect();
            if let Some(table) = Timetable::of(uri, &files, &taken, &mut about.notes)? {
                if !table.order.is_sorted() {
                    digest_by_name = Some(digest(&files)?);
                    files = table.order.iter().map(|&i| files[i].clone()).collect();
                }
                times = Some(table.times);
            }
        }
        Ok(Self {
            about,
            files,
            at: 0,
            pages: VecDeque::new(),
            count: 0,
            first: None,
            times,
            step: options.step_or_assumed(),
            digest: Digest::default(),
            digest_by_name,
            bytes: 0,
            transparent: false,
            turned: 0,
            radiometry: None,
        })
    }

    /// The pages of the file at hand.
    fn read(&mut self, file: &Path) -> Result<(), SourceError> {
        let about = std::fs::metadata(file).map_err(|e| SourceError::io(file, e))?;
        if about.len() > FILE_MAX {
            let name = file.display().to_string();
            let fix = "give the frames as files of their own";
            return Err(SourceError::refused(&name, "it is over 1 GiB", fix));
        }
        let bytes = std::fs::read(file).map_err(|e| SourceError::io(file, e))?;
        if self.digest_by_name.is_none() {
            self.digest.add(&bytes);
        }
        self.pages = still::read(file, &bytes, self.about.kind == Some(Kind::Rgb))?.into();
        Ok(())
    }

    /// The page `still` of `file` as a frame.
    fn frame(&mut self, still: Still, file: &Path) -> Result<Frame, SourceError> {
        let mut name = file.display().to_string();
        if still.page > 1 {
            name = format!("{name}, page {}", still.page);
        }
        self.transparent |= still.transparent;
        self.turned += usize::from(still.turned);
        self.radiometry = self.radiometry.or(still.radiometry);
        self.bytes += still.pixels.bytes();
        if let Some((first, whose)) = &self.first {
            same(first, &still.pixels, whose, &name)?;
        }
        if self.bytes > BYTES_MAX {
            return Err(SourceError::refused(
                &name,
                "the frames up to here are over 8 GiB",
                "give fewer or smaller frames",
            ));
        }
        let (step_s, source) = self.step;
        let counted = || FrameTime::since_first(Elapsed::counted(self.count, step_s), source);
        let told = self.times.as_ref().and_then(|times| times.get(self.count).copied());
        let frame = Frame::new(still.pixels, told.unwrap_or_else(counted));
        self.first.get_or_insert_with(|| (Arc::clone(&frame.pixels), name));
        self.count += 1;
        Ok(frame)
    }
}

impl Source for ImageFolder {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, _: Deadline) -> Result<Next, SourceError> {
        if self.pages.is_empty() {
            let Some(file) = self.files.get(self.at).cloned() else { return Ok(Next::End) };
            self.read(&file)?;
            self.at += 1;
        }
        let Some(still) = self.pages.pop_front() else { return Ok(Next::End) };
        let file = self.files[self.at - 1].clone();
        Ok(Next::Frame(self.frame(still, &file)?))
    }

    fn finish(self: Box<Self>) -> Closing {
        let mut notes = Vec::new();
        if self.transparent {
            notes.push(Note::TransparencyUnused);
        }
        notes.extend(self.radiometry.map(Note::Radiometric));
        if self.turned > 0 {
            notes.push(Note::PicturesTurned { frames: self.turned, of: self.count });
        }
        let Self { digest, digest_by_name, .. } = *self;
        Closing { digest: digest_by_name.or_else(|| Some(digest.hex())), notes }
    }
}

fn is_pgm(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pgm"))
}

/// Whether PGM files are pictures where this kind is asked for: of no kind, or of rain, they are a
/// radar's.
fn may_be_pgm(asked: Option<Kind>) -> bool {
    asked.is_some_and(|kind| kind != Kind::Rain)
}

/// The digest of `files` in this order.
fn digest(files: &[PathBuf]) -> Result<String, SourceError> {
    let mut sum = Digest::default();
    for file in files {
        sum.add_file(file).map_err(|e| SourceError::io(file, e))?;
    }
    Ok(sum.hex())
}

/// The grid that all files lie on, where they say it.
///
/// # Errors
/// [`SourceError::Refused`] where they lie at more than one place.
fn grid(
    files: &[PathBuf],
    facts: &[Facts],
    notes: &mut Vec<Note>,
) -> Result<Option<Grid>, SourceError> {
    let places = || facts.iter().map(|f| f.place.as_ref());
    let Some(known) = places().position(|p| p.is_some()) else { return Ok(None) };
    let first = facts[known].place.as_ref();
    for (i, place) in places().enumerate() {
        let like = match (first, place) {
            (Some(a), Some(b)) => a.is_like(b, SAME_PLACE_CELLS),
            _ => false,
        };
        if !like {
            let words = |p: Option<&Place>| match p {
                None => "tells no place".to_owned(),
                Some(p) => format!("begins at {p}"),
            };
            let (this, other) = (&files[i], &files[known]);
            return Err(SourceError::refused(
                &this.display().to_string(),
                format!("it {}, but {} {}", words(place), other.display(), words(first)),
                bring_together(this, facts),
            ));
        }
    }
    let grid = first.and_then(Place::grid);
    if grid.is_none() {
        notes.push(Note::PlaceNotRead { crs: first.and_then(|p| p.crs.clone()) });
    }
    Ok(grid)
}

/// How to bring the frames in the folder of `file` onto the ground that they all show.
fn bring_together(file: &Path, facts: &[Facts]) -> String {
    let places: Vec<&Place> = facts.iter().filter_map(|f| f.place.as_ref()).collect();
    match Place::common(&places).filter(|_| places.len() == facts.len()) {
        Some(([x0, y0, x1, y1], [dx, dy])) => {
            let command = format!("gdalwarp -te {x0} {y0} {x1} {y1} -tr {dx} {dy} \"$f\"");
            let all = still::convert_each(&file.display().to_string(), "map", &command);
            format!("put all on the ground that they share: {all}")
        }
        None => {
            "frames of a film show the same ground: give those that do, or stabilise them first"
                .to_owned()
        }
    }
}

/// Refuses a frame of another size or type than the first.
fn same(first: &Pixels, this: &Pixels, a: &str, b: &str) -> Result<(), SourceError> {
    let words = |p: &Pixels| {
        let [h, w, c] = p.shape();
        let bits = match p {
            Pixels::U8(_) => "8 bit ",
            Pixels::U16(_) => "16 bit ",
            Pixels::F32(_) => "32-bit float ",
        };
        format!("{h}×{w} of {bits}{}", if c == 3 { "colour" } else { "grey" })
    };
    if words(first) == words(this) {
        return Ok(());
    }
    Err(SourceError::refused(
        b,
        format!("it is {}, but {a} is {}", words(this), words(first)),
        "all frames of a film must agree",
    ))
}
