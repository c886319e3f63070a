//! Notes: what a person should know of an input and of what was made of it, each a kind with its
//! figures, all worded here.
//!
//! A note becomes text only where it is printed or written. Settings stand in it as `‹step›`; what
//! prints or writes it says how a person types that.

use std::fmt;

use jiff::Timestamp;

use crate::kind::Kind;

/// Most gaps, outages or frames that are listed one by one.
const LISTED: usize = 5;
/// Most letters that a note about a file may have: damaged files put anything into it.
const LINE_CHARS: usize = 400;

/// One thing a person should know; [`Display`](fmt::Display) words it on one line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Note {
    // ---- what whoever made the film says of it ----
    /// In its own words.
    Said(String),
    // ---- source: any input ----
    /// The input says one kind, the person another.
    KindOverridden {
        /// What the input says.
        found: Kind,
        /// What the person says.
        asked: Kind,
    },
    /// Nobody says the kind: it is taken from the values.
    KindDeduced {
        /// The kind.
        kind: Kind,
        /// What in the values suggests it.
        because: KindReason,
    },
    /// Three equal channels where one is needed.
    GreyInColour,
    /// Three nearly equal channels where one is needed.
    NearlyGrey {
        /// By how much they differ, levels of 255.
        levels: u8,
    },
    /// A mask of two colours.
    BlackIsUnburnt {
        /// The colour that burns, as `#rrggbb`.
        fire: String,
    },
    /// Cells that are never looked at.
    Masked {
        /// The mask's file.
        file: String,
        /// SHA-256 of its bytes, hex.
        sha256: String,
        /// How many cells.
        cells: usize,
        /// Of how many.
        of: usize,
    },
    /// Frames that show nothing.
    FramesBlank {
        /// Index and time of each.
        frames: Vec<(usize, Moment)>,
    },
    /// Frames of something else.
    FramesStrange {
        /// Index and time of each.
        frames: Vec<(usize, Moment)>,
    },
    /// The film ends in equal frames.
    CameraFrozen {
        /// How many.
        frames: usize,
        /// Of how many.
        of: usize,
        /// From the first of them to the last, seconds.
        over_s: f64,
    },
    /// The input tells no times; frames are counted by the step asked for.
    TimesCounted {
        /// Seconds between frames.
        step_s: f64,
    },
    /// The input tells no times and nobody says a step.
    TimesAssumed,
    /// Files in the folder that are no frames.
    OtherFiles {
        /// How many.
        files: usize,
    },
    /// A damaged file, without which the film goes on.
    FileLeftOut {
        /// The file.
        name: String,
        /// What is wrong with it.
        what: String,
        /// Whether it would be the newest frame.
        is_newest: bool,
        /// How much older the newest frame that could be read is, seconds.
        older_s: Option<f64>,
    },
    /// Files of a folder that hold forecasts of a weather service.
    ForecastsLeftOut {
        /// How many.
        files: usize,
    },
    /// Frames of a live source that came faster than they were taken.
    FramesDropped {
        /// How many.
        frames: u64,
    },

    // ---- source: .npz ----
    /// A mask packed 8 cells a byte.
    MaskUnpacked {
        /// Name of the array.
        array: String,
        /// Columns of the unpacked mask.
        width: usize,
    },
    /// The file has times and a step.
    TimesOverStep,
    /// Arrays that mean nothing here.
    ArraysNotRead {
        /// Their names.
        arrays: Vec<String>,
    },

    // ---- source: folders of images ----
    /// Images with an alpha channel.
    TransparencyUnused,
    /// Pictures stored another way up than they are shown.
    PicturesTurned {
        /// How many.
        frames: usize,
        /// Of how many.
        of: usize,
    },
    /// Raw values of a thermal camera were in the pictures.
    Radiometric(Radiometry),
    /// Pages of TIFF files.
    PagesAsFrames {
        /// How many.
        frames: usize,
        /// In how many files.
        files: usize,
    },
    /// The pictures tell a place that is not used.
    PlaceNotRead {
        /// Its reference system, where it has a name.
        crs: Option<String>,
    },
    /// Names or EXIF data tell when the pictures were taken.
    TimesOfPictures {
        /// Which of them.
        from: PictureTimes,
        /// Whether they tell the zone, too.
        zoned: bool,
    },
    /// Names or EXIF data tell times that are of no use.
    TimesUnused(TimesUnused),

    // ---- source: video ----
    /// Not every picture of the video is kept.
    PicturesThinned {
        /// Every n-th is.
        every: usize,
        /// Seconds between kept pictures.
        step_s: f64,
        /// Pictures kept.
        kept: usize,
        /// Pictures in the video.
        of: usize,
        /// Whether a step was asked for.
        asked: bool,
    },
    /// The file asks players to turn or mirror the picture.
    VideoTurned {
        /// Whether frames are turned like that, too.
        as_shown: bool,
    },
    /// Pixels of the film are wider than high, or higher than wide.
    PixelsNotSquare {
        /// Their width, in units of their own.
        width: u32,
        /// Their height, in the same.
        height: u32,
    },
    /// One of several video tracks is read.
    TrackChosen {
        /// Which, 1 is the first.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// An edit list shows a part of the film only.
    EditListHides {
        /// Pictures that are not shown.
        pictures: usize,
        /// Pictures that there are.
        of: usize,
    },
    /// Pictures before the first that can be decoded by itself.
    PicturesBeforeKey {
        /// How many.
        pictures: usize,
        /// Second of the first that can.
        until_s: f64,
    },
    /// A recording ends in the middle of a fragment.
    RecordingCut {
        /// Pictures lost; `None` where that is not known.
        pictures: Option<usize>,
        /// Second of the last picture that is there.
        end_s: f64,
    },
    /// Pictures with the time of the one before.
    PicturesRepeated {
        /// How many.
        pictures: usize,
        /// The first of them, 0 is the film's first picture.
        first: usize,
        /// Its second.
        at_s: f64,
    },
    /// Pictures that cannot be decoded.
    PicturesLost {
        /// How many.
        pictures: usize,
        /// Pictures that there are.
        of: usize,
        /// Second of the first and the last of each run of them.
        spans_s: Vec<(f64, f64)>,
    },
    /// A person says how far apart the frames of a film were taken.
    FramesEvery {
        /// Seconds between them.
        every_s: f64,
    },
    /// A film is grey at first.
    ColourLate {
        /// Second of the first picture with colour.
        from_s: f64,
    },
    /// Hardly anything in a film has colour.
    ColourLittle {
        /// Largest share of a picture that has, percent.
        percent: f64,
    },
    /// The program ffmpeg decoded the video.
    DecodedByFfmpeg {
        /// Its version.
        version: String,
    },
    /// The program ffmpeg went on over errors.
    FfmpegComplained {
        /// How many lines it said of them.
        errors: usize,
        /// The first.
        first: String,
    },
    /// Nobody says how colours are coded.
    ColoursAssumed {
        /// Whether black is 0 and white 255, which the file does say.
        full_range: bool,
    },
    /// Nobody says what black and white are, and values lie beyond what was taken.
    RangeDoubtful {
        /// Share of them, percent.
        percent: f64,
    },
    /// A film has more light than a screen.
    HighDynamicRange,
    /// Brightness stands for heat.
    BrightnessAsHeat,
    /// A thermal film in a palette is read as heat.
    PaletteUndone {
        /// Its name.
        palette: &'static str,
        /// Mean distance of the film's colours from it, levels; 0 of grey.
        levels: f64,
        /// Whether a person named it.
        asked: bool,
    },
    /// A grey film has a dark tail where a bright one is expected.
    LooksBlackHot {
        /// How far the darkest pixels are below the background, share of the range.
        below: f64,
        /// How far the brightest are above it.
        above: f64,
    },
    /// A video taken by its brightness has colour.
    FalseColour,

    // ---- source: simulators ----
    /// Nothing of the film is real.
    Simulated {
        /// What is simulated: `fire`, `rain`.
        what: &'static str,
        /// The whole address, defaults written out.
        address: String,
    },

    // ---- radar: one file ----
    /// What holds of `files` of the `of` files of a film.
    OfFiles {
        /// What holds.
        note: Box<Note>,
        /// Of how many files.
        files: usize,
        /// How many files there are.
        of: usize,
    },
    /// The file names one unit, the person another.
    UnitOverridden {
        /// Unit in the file.
        found: String,
        /// Unit asked for.
        asked: String,
    },
    /// PGM bytes are read as FMI publishes them.
    BytesAsFmiDbz,
    /// The stored value that is no data.
    NoDataValue {
        /// The value.
        value: f64,
    },
    /// No stored value is no data.
    NoDataUnnamed,
    /// One stored value is both no data and no rain.
    NoDataIsDry,
    /// Rows are stored south first, or columns east first.
    RowsTurned,
    /// What the file calls no data is taken as seen and dry, as asked.
    NoDataTakenAsDry {
        /// The stored value.
        value: f64,
    },
    /// A stored value far below what a radar measures is taken as dry.
    FarBelowIsDry {
        /// The stored value.
        value: f64,
    },
    /// One of four corners does not fit the others, which fit the size of the cells.
    CornerWrong {
        /// Its name in the file.
        corner: String,
    },
    /// The stored value that a provider calls missing and writes where there is no echo.
    MissingIsDry {
        /// The value.
        value: f64,
    },
    /// Values are stored with gain and offset.
    ValuesScaled {
        /// Gain.
        gain: f64,
        /// Offset.
        offset: f64,
    },
    /// The header leaves the shape of the Earth open.
    EarthAssumed {
        /// Radius of the sphere that is taken, metres.
        sphere_m: f64,
    },
    /// The grid mapping of a NetCDF file leaves the shape of the Earth open.
    EarthUntold,
    /// The header names a projection that is not known.
    ProjectionUnknown {
        /// Its name there.
        name: String,
    },
    /// The projection is spelled out in keys that are not read.
    ProjectionNotRead,
    /// GeoTIFF files are left out because they cannot tell where the grid lies.
    GeoTiffLeftOut {
        /// Why, in words.
        why: String,
    },
    /// NetCDF tells the place by longitude and latitude of each cell alone.
    PlaceByCell,
    /// The file names one projection, the person another.
    ProjectionOverridden {
        /// Projection in the file.
        found: String,
        /// Projection asked for.
        asked: String,
    },
    /// The header has no corners.
    CornersMissing,
    /// The square asked for is larger than the map.
    SquareCut,
    /// The files do not say where they lie.
    PlaceUnknown,
    /// A quality field that nobody asked for.
    QualityUnused,
    /// Several quantities of rain in a file.
    QuantityChosen {
        /// The one that is read.
        quantity: String,
        /// All of them.
        held: String,
    },

    // ---- radar: a sequence of files ----
    /// The values are reflectivity.
    ReflectivityAsRain {
        /// The relation that makes rain of it.
        z_r: String,
    },
    /// The values are rates.
    RatesInMmH,
    /// The values are rain rates in another unit than mm/h.
    RatesConverted {
        /// The unit.
        unit: String,
    },
    /// The values are accumulations.
    AccumulationAsRate {
        /// Length of the interval, minutes.
        minutes: f64,
    },
    /// Accumulations cover more or less than the time between frames.
    MeansOverlap {
        /// Seconds between frames.
        step_s: f64,
        /// Seconds that each frame is the mean of.
        covered_s: f64,
    },
    /// Corners differ by less than half a cell.
    CornersRounded {
        /// Largest difference, cells.
        cells: f64,
    },
    /// Names are not in the order of time.
    FilesOutOfOrder {
        /// Files that come before an older one.
        files: usize,
    },
    /// The same frame twice.
    FilesRepeated {
        /// How many are left out.
        files: usize,
        /// One of them.
        example: String,
    },
    /// How names that are not plain are read as times.
    NamesReadAs {
        /// What they are read as.
        form: String,
    },
    /// Descriptions or dates of a file's bands or pages tell the times.
    TimesFromParts,
    /// The names of the files tell the times.
    TimesFromNames {
        /// Files of which that holds.
        files: usize,
        /// How many files there are.
        of: usize,
    },
    /// File and name tell different times.
    NamesDisagree {
        /// How many files.
        files: usize,
        /// One of them.
        example: String,
    },
    /// Cells a little below 0 mm/h.
    CellsBelowZero {
        /// How many.
        cells: usize,
        /// In how many frames.
        frames: usize,
    },
    /// Cells with more rain than there can be.
    CellsTooMuch {
        /// How many.
        cells: usize,
        /// In how many frames.
        frames: usize,
        /// Most that is rain, mm/h.
        most_mm_h: f32,
    },
    /// Cells of too low quality.
    CellsLowQuality {
        /// How many.
        cells: usize,
        /// In how many frames.
        frames: usize,
    },

    // ---- radar: health of a film of rain ----
    /// Frames are missing.
    FramesMissing {
        /// How many.
        frames: usize,
        /// The usual step, seconds.
        step_s: f64,
        /// Where: last frame before, first after, frames between.
        gaps: Vec<(Moment, Moment, usize)>,
    },
    /// Frames are not evenly spaced.
    StepUneven {
        /// Shortest step, seconds.
        least_s: f64,
        /// Longest step that is no gap, seconds.
        most_s: f64,
        /// The usual step, seconds.
        step_s: f64,
    },
    /// Frames without any data.
    RadarOutage {
        /// How many.
        frames: usize,
        /// First and last frame of each outage.
        runs: Vec<(Moment, Moment)>,
    },
    /// Frames that see less of the map than usual.
    SeesLess {
        /// Share of the map that is usually unseen.
        usual: f64,
        /// The frames, and the share that is unseen in each.
        frames: Vec<(Moment, f64)>,
    },
    /// A good part of the frames sees much less than the others.
    CoverageUneven {
        /// Frames that see less.
        frames: usize,
        /// How many frames there are.
        of: usize,
        /// Share of the map that is unseen in the others.
        usual: f64,
        /// Largest share that is unseen in these.
        most: f64,
    },
    /// Frames equal to the one before.
    FeedFrozen {
        /// The frames.
        frames: Vec<Moment>,
    },

    // ---- clip ----
    /// Steps for which there is no newer frame.
    StepsRepeat {
        /// How many.
        repeats: usize,
        /// Frames of the clip.
        of: usize,
        /// Seconds between them.
        step_s: f64,
    },
    /// Frames of rain that were not seen, at times between frames that were.
    FramesInterpolated {
        /// How many of those that the network looks at.
        frames: usize,
        /// Seconds between them.
        step_s: f64,
    },
    /// Frames older than their step.
    FramesStale {
        /// By how much at most, seconds.
        stale_s: f64,
    },
    /// Rates above the largest that has a code.
    RatesCut {
        /// How many.
        rates: usize,
        /// The largest, mm/h.
        most_mm_h: f32,
    },
    /// Intensity of a colour film.
    FlameIntensity,
    /// No contrast at all.
    AllEqual {
        /// The one value.
        value: f32,
    },
    /// Where intensity begins and ends.
    SpanFound {
        /// Input value of intensity 0.
        zero: f32,
        /// Input value of intensity 1.
        one: f32,
    },
    /// A mask without a burning cell.
    MaskEmpty,
    /// Nothing stands out as fire does.
    NoFire {
        /// How far the hottest pixels are above the background: as a share of the range of 8-bit values
        /// or of flame intensity, else in the film's own unit.
        contrast: f64,
        /// How far fire is at least.
        least: f64,
    },
    /// More than the fire is warm: what burns is followed by its cores.
    SceneCluttered,
    /// Hot ground that may be the hottest thing in view and no fire.
    HotGroundNoFire,
    /// Colours of flame that may be something else.
    ColourNoFire,
    /// What earlier films showed of the fire is known.
    StateTakenUp {
        /// First frame of all.
        since: Timestamp,
        /// Newest frame that the state knew.
        until: Timestamp,
    },
    /// A long time between the state and the film.
    StateGap {
        /// Its length, seconds.
        gap_s: f64,
        /// Newest frame that the state knew.
        until: Timestamp,
        /// First frame of the film.
        begins: Timestamp,
    },
    /// Colour shows flames, not ash.
    EarlierBurnUnknown,

    // ---- forecast ----
    /// Optical flow was seen over fewer frames than usual.
    FlowShort {
        /// Pairs of frames it was seen over.
        pairs: usize,
        /// Pairs it is usually seen over.
        usual: usize,
    },
    /// Leads beyond the network's own.
    RolledOut {
        /// The first of them, 1 is the first lead.
        from_lead: usize,
    },
    /// The clip is unlike the training data.
    Drifted {
        /// How many times the level it is.
        ratio: f64,
        /// Name and version of the model.
        model: String,
    },
    /// Rain from beyond the border of the view.
    InflowUnseen {
        /// Share of the view that it reaches at the last lead, percent.
        percent: f64,
    },
    /// Motion was seen in two frames only.
    MotionOfTwoFrames,
    /// No frame shows how rain moves.
    MotionUnseen,
    /// What is said of drizzle comes true less surely than it says.
    DrizzleUnsure {
        /// What counts as rain, mm/h.
        rate_mm_h: f64,
    },
    /// The side of a cell is not told.
    CellAssumed {
        /// What it is taken for, km.
        cell_km: f64,
    },
    /// Leads whose chances were never checked.
    ChancesUnchecked {
        /// Minutes up to which they were.
        checked_min: f64,
    },
}

/// A moment of a film.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Wall time, where it is known.
    pub utc: Option<Timestamp>,
    /// Seconds since the first frame.
    pub elapsed_s: f64,
}

/// What in the values of a film suggests its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindReason {
    /// Colour.
    ThreeChannels,
    /// Nothing but 0 and 1.
    ZeroAndOne,
    /// Nothing but 0 and 255.
    ZeroAnd255,
    /// One channel, many values.
    ManyValues,
    /// A video without colour.
    NoColour,
}

/// What raw values of a thermal camera mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Radiometry {
    /// Apparent temperatures by FLIR's constants.
    FlirCelsius,
    /// The same, in a sequence.
    FlirSequence,
    /// Counts of DJI.
    DjiCounts,
}

/// What tells when pictures were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureTimes {
    /// Their EXIF data.
    Exif,
    /// The names of their files.
    Names,
}

/// Why the times of pictures are not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimesUnused {
    /// Two pictures have the same.
    Repeat {
        /// What tells it.
        from: PictureTimes,
        /// One file.
        a: String,
        /// The other.
        b: String,
    },
    /// Not every picture has one.
    Partly {
        /// What tells it.
        from: PictureTimes,
        /// How many have.
        files: usize,
        /// Of how many.
        of: usize,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Said(words) => f.write_str(words),
            Self::FlowShort { pairs, usual } => write!(
                f,
                "optical flow over {pairs} frames, not {usual}: the clip has only {}",
                pairs + 1
            ),
            Self::RolledOut { from_lead } => write!(
                f,
                "from lead {from_lead} on the forecast is rolled out on its own output and less \
                 certain"
            ),
            Self::Drifted { ratio, model } => write!(
                f,
                "drift is {ratio:.2} times the level of {model}: the film does not look like what it \
                 was trained on; do not rely on this forecast without looking"
            ),
            Self::InflowUnseen { percent } => write!(
                f,
                "{percent:.0} % of the view is reached at the last lead from where nobody saw, beyond its \
                 border or without data: rain there is a guess, hatched in pictures, from_outside in files"
            ),
            Self::MotionOfTwoFrames => {
                f.write_str("motion is seen in two frames only: a third would make it surer")
            }
            Self::MotionUnseen => f.write_str(
                "no two frames within half an hour show how the rain moves: it is forecast to stay where \
                 it is",
            ),
            Self::DrizzleUnsure { rate_mm_h } => write!(
                f,
                "whether it rains {rate_mm_h} mm/h is drizzle, which radars show differently: such statements \
                 came true up to 36 points less or more often than they said; of 0.5 mm/h they hold"
            ),
            Self::CellAssumed { cell_km } => write!(
                f,
                "the film does not say how large its cells are: {cell_km} km is assumed, and small showers fade \
                 sooner than large ones (cell_m in an archive says it)"
            ),
            Self::ChancesUnchecked { checked_min } => {
                write!(f, "chances beyond {checked_min:.0} min were never checked")
            }
            Self::KindOverridden { found, asked } => {
                write!(f, "the input says it is {found}; read as {asked}, as asked")
            }
            Self::KindDeduced { kind, because } => {
                write!(f, "taken as {kind} because {because}; ‹kind› says otherwise")
            }
            Self::GreyInColour => {
                f.write_str("the three colour channels are equal; one of them is used")
            }
            Self::NearlyGrey { levels } => write!(
                f,
                "the three colour channels differ by {levels} levels at most: their brightness is used"
            ),
            Self::BlackIsUnburnt { fire } => {
                write!(f, "the frames have two colours: black is unburnt and {fire} burning or burnt")
            }
            Self::Masked { file, cells, of, .. } => write!(
                f,
                "{cells} of {of} cells ({:.1} %) are masked by {}: they are never looked at, and \
                 nothing is forecast there",
                100.0 * *cells as f64 / (*of).max(1) as f64,
                one_line(file)
            ),
            Self::FramesBlank { frames } => write!(
                f,
                "{} frames of one value show nothing (a shutter, a lost signal?) and are left out: {}; \
                 frames are counted without them",
                frames.len(),
                list(frames.iter().map(|(i, when)| format!("frame {i} ({when})")))
            ),
            Self::FramesStrange { frames } => write!(
                f,
                "{} frames are unlike those beside them (noise, a torn picture?) and are left out: {}; \
                 frames are counted without them",
                frames.len(),
                list(frames.iter().map(|(i, when)| format!("frame {i} ({when})")))
            ),
            Self::CameraFrozen { frames, of, over_s } => write!(
                f,
                "the last {frames} frames are the same to the bit, over {over_s} s (a frozen camera?){}: \
                 how the fire moved meanwhile is not known",
                if frames == of { ", and so is the whole film" } else { "" }
            ),
            Self::TimesCounted { step_s } => {
                write!(f, "the input tells no times: frames are {step_s} s apart, as asked")
            }
            Self::TimesAssumed => f.write_str(
                "the input tells no times: one frame is taken as one second; say ‹step› SECONDS",
            ),
            Self::OtherFiles { files } => {
                write!(f, "{files} other files in the folder are not read")
            }
            Self::FileLeftOut { name, what, is_newest, older_s } => {
                write!(f, "{name} is damaged and left out: {}", one_line(what))?;
                match (is_newest, older_s) {
                    (false, _) => Ok(()),
                    (true, None) => f.write_str(
                        "; it would be the newest frame: the forecast starts from an older one",
                    ),
                    (true, Some(s)) => write!(
                        f,
                        "; it would be the newest frame: the forecast starts from one {s} s older"
                    ),
                }
            }
            Self::ForecastsLeftOut { files } => {
                write!(f, "{files} files of the folder hold forecasts, no measurements, and are left out")
            }
            Self::FramesDropped { frames } => {
                write!(f, "{frames} frames came faster than they were taken and are lost")
            }

            Self::MaskUnpacked { array, width } => write!(
                f,
                "array {array} holds 8 cells a byte, as numpy.packbits(axis=-1) writes them; \
                 unpacked to {width} columns, the width of its neighbour in the file"
            ),
            Self::TimesOverStep => f.write_str("the file has time_utc and dt_s; time_utc is used"),
            Self::ArraysNotRead { arrays } => {
                write!(f, "not read from the file: {}", arrays.join(", "))
            }

            Self::TransparencyUnused => f.write_str("the images have transparency; it is not used"),
            Self::PicturesTurned { frames, of } => {
                f.write_str("pictures are turned upright, as their orientation tag says")?;
                if frames == of { Ok(()) } else { write!(f, " ({frames} of {of})") }
            }
            Self::Radiometric(Radiometry::FlirCelsius) => f.write_str(
                "radiometric JPEG of FLIR: values are apparent temperatures in °C (emissivity 1, no air \
                 between); ‹kind› rgb takes the picture that is shown",
            ),
            Self::Radiometric(Radiometry::FlirSequence) => f.write_str(
                "FLIR sequence: values are apparent temperatures in °C by the constants in it (emissivity \
                 1, no air between)",
            ),
            Self::Radiometric(Radiometry::DjiCounts) => f.write_str(
                "radiometric JPEG of DJI: values are the camera's 16-bit counts, larger is hotter, and no \
                 degrees; ‹kind› rgb takes the picture that is shown",
            ),
            Self::PagesAsFrames { frames, files } => write!(
                f,
                "each page is a frame, in the order of the file: {frames} pages in {files} files"
            ),
            Self::PlaceNotRead { crs } => {
                let crs = crs.as_deref().unwrap_or("which has no EPSG code");
                write!(
                    f,
                    "the pictures tell a place on the map, but its reference system is not known \
                     ({crs}): products are in pixels; gdalwarp -t_srs EPSG:n brings them to one"
                )
            }
            Self::TimesOfPictures { from, zoned } => {
                write!(f, "times are read from {from}")?;
                if *zoned {
                    return Ok(());
                }
                f.write_str(", which name no zone: the time between frames is known, UTC is not")
            }
            Self::TimesUnused(TimesUnused::Repeat { from, a, b }) => write!(
                f,
                "times in {from} are not used: those of {a} and {b} are the same"
            ),
            Self::TimesUnused(TimesUnused::Partly { from, files, of }) => write!(
                f,
                "times in {from} are not used: only {files} of {of} files tell their time there"
            ),

            Self::PicturesThinned { every, step_s, kept, of, asked } => {
                let step_s = (step_s * 1e4).round() / 1e4;
                let why =
                    if *asked { "as asked" } else { "enough for a fire front; see ‹step›" };
                write!(
                    f,
                    "every {every}th picture is kept, {step_s} s apart, counted back from the last \
                     ({kept} of {of}): {why}"
                )
            }
            Self::VideoTurned { as_shown: true } => {
                f.write_str("frames are turned or mirrored as players show this video")
            }
            Self::VideoTurned { as_shown: false } => f.write_str(
                "players turn or stretch this video by no quarter turn; frames are used as stored",
            ),
            Self::PixelsNotSquare { width, height } => write!(
                f,
                "pixels of this video are {width}:{height} (width to height) and are used as \
                 stored: cells are not square; scale it first: ffmpeg -i in.mp4 -vf \
                 \"scale=trunc(iw*sar/2)*2:ih,setsar=1\" -c:v libx264 -pix_fmt yuv420p out.mp4"
            ),
            Self::TrackChosen { number, of } => {
                write!(f, "video track {number} of {of} is read")
            }
            Self::EditListHides { pictures, of } => write!(
                f,
                "the file's edit list leaves out {pictures} of {of} pictures, as players do"
            ),
            Self::PicturesBeforeKey { pictures, until_s } => write!(
                f,
                "the film starts between key pictures: the first {pictures} pictures, up to second \
                 {}, cannot be decoded and are left out",
                decimal(*until_s)
            ),
            Self::RecordingCut { pictures, end_s } => {
                let lost = match pictures {
                    Some(n) => format!("its last {n} pictures are lost"),
                    None => "pictures after that are lost".to_owned(),
                };
                write!(
                    f,
                    "the recording is cut short, or still being written: it is read up to second \
                     {}, {lost}",
                    decimal(*end_s)
                )
            }
            Self::PicturesRepeated { pictures, first, at_s } => write!(
                f,
                "{pictures} pictures have the time of the one before and are left out, the first \
                 is picture {first} at second {}",
                decimal(*at_s)
            ),
            Self::PicturesLost { pictures, of, spans_s } => {
                let each = spans_s.iter().map(|(from, to)| match from == to {
                    true => format!("second {}", decimal(*from)),
                    false => format!("seconds {} to {}", decimal(*from), decimal(*to)),
                });
                write!(
                    f,
                    "{pictures} of {of} pictures cannot be decoded and are left out (a lost packet \
                     or damage): {}",
                    list(each)
                )
            }
            Self::FramesEvery { every_s } => {
                write!(f, "frames were taken {every_s} s apart, as asked (‹frame-every›)")
            }
            Self::ColourLate { from_s } => write!(
                f,
                "the video is grey until second {}, where colour begins: taken as rgb; ‹kind› \
                 thermal takes its brightness as heat",
                decimal(*from_s)
            ),
            Self::ColourLittle { percent } => write!(
                f,
                "at most {percent:.2} % of a picture has colour: taken as rgb; if that is an \
                 overlay on a thermal film, say ‹kind› thermal, or hide it by a ‹mask›"
            ),
            Self::DecodedByFfmpeg { version } => {
                write!(
                    f,
                    "decoded by ffmpeg {}, as asked; it makes up what is lost or damaged and does not \
                     always say so",
                    one_line(version)
                )
            }
            Self::FfmpegComplained { errors, first } => write!(
                f,
                "ffmpeg went on over {errors} errors and may have made up what was lost; the first: {}",
                one_line(first)
            ),
            Self::ColoursAssumed { full_range } => write!(
                f,
                "the video does not say how its colours are coded: read as BT.601 of {} range",
                if *full_range { "full" } else { "limited" }
            ),
            Self::RangeDoubtful { percent } => write!(
                f,
                "the video does not say what black and white are: 16 and 235 are taken, and \
                 {percent:.1} % of its values lie well beyond; if they are 0 and 255, say so in it: \
                 ffmpeg -i in.mp4 -c copy -bsf:v h264_metadata=video_full_range_flag=1 out.mp4 \
                 (hevc_metadata of H.265)"
            ),
            Self::HighDynamicRange => f.write_str(
                "the video is of high dynamic range (PQ or HLG) and is read as if it were not: \
                 bright parts are darker than they were",
            ),
            Self::BrightnessAsHeat => f.write_str("brightness of the video is taken as heat"),
            Self::PaletteUndone { palette: "white-hot", .. } => {
                f.write_str("brightness is read as heat (white-hot), as asked")
            }
            Self::PaletteUndone { palette: "black-hot", .. } => {
                f.write_str("darkness is read as heat (black-hot), as asked")
            }
            Self::PaletteUndone { palette, levels, asked } => write!(
                f,
                "the film is in false colour of the palette {palette} and is read as heat, 0 to 255 \
                 along it (its colours are {levels:.1} levels from the palette on average){}",
                if *asked { ", as asked" } else { "; ‹palette› or ‹kind› rgb says otherwise" }
            ),
            Self::LooksBlackHot { below, above } => write!(
                f,
                "it looks black-hot: its darkest pixels are {below:.2} below the background, its \
                 brightest only {above:.2} above; if dark is hot, give ‹palette› black-hot"
            ),
            Self::FalseColour => f.write_str(
                "the video has colour: if it is a false-colour palette, brightness may not follow \
                 heat; without ‹kind› the palette is looked for, ‹palette› names it",
            ),

            Self::Simulated { what, address } => {
                write!(f, "simulated: neither the {what} nor its place is real ({address})")
            }

            Self::OfFiles { note, files, of } => {
                f.write_str(&one_line(&note.to_string()))?;
                some_of(f, *files, *of)
            }
            Self::UnitOverridden { found, asked } => {
                write!(f, "the file says its unit is {found}; read as {asked}, as asked")
            }
            Self::BytesAsFmiDbz => {
                f.write_str("bytes are read as dBZ = (v − 64) / 2, as FMI's open data has it")
            }
            Self::NoDataValue { value } => {
                write!(f, "value {} is read as no data", plain_number(*value))
            }
            Self::NoDataUnnamed => {
                f.write_str("the file names no value for no data: every cell counts as seen")
            }
            Self::NoDataIsDry => {
                f.write_str(
                    "no data and no rain have the same value in the file: taken as no data \
                     (‹no-data› none takes it as dry)",
                )
            }
            Self::RowsTurned => f.write_str(
                "the file begins in the south or in the east: its rows and columns are turned",
            ),
            Self::NoDataTakenAsDry { value } => write!(
                f,
                "value {}, which the file calls no data, is taken as dry, as asked",
                plain_number(*value)
            ),
            Self::FarBelowIsDry { value } => write!(
                f,
                "value {} is far below what a radar measures: taken as dry",
                plain_number(*value)
            ),
            Self::CornerWrong { corner } => write!(
                f,
                "its corner {corner} does not fit; the other three and the size of the cells agree and \
                 are used"
            ),
            Self::MissingIsDry { value } => {
                write!(f, "value {value}, which the file calls missing, is read as no rain: radars write it where there is no echo")
            }
            Self::ValuesScaled { gain, offset } => {
                write!(f, "values are stored × {gain} {offset:+}")
            }
            Self::EarthAssumed { sphere_m } => write!(
                f,
                "the header tells no shape of the Earth: a sphere of {sphere_m} m, as FMI has it"
            ),
            Self::EarthUntold => f.write_str(
                "its grid mapping tells no shape of the Earth: WGS84 is taken; ‹crs› says another",
            ),
            Self::ProjectionUnknown { name } => {
                write!(f, "its projection '{name}' is not known; ‹crs› says it")
            }
            Self::ProjectionNotRead => {
                f.write_str("its projection has no EPSG code and is not read; ‹crs› says it")
            }
            Self::GeoTiffLeftOut { why } => {
                write!(f, "no GeoTIFF files are written, they could not be placed: {why}")
            }
            Self::PlaceByCell => f.write_str(
                "rain.nc tells its place by longitude and latitude of each cell alone: its projection \
                 cannot be told otherwise",
            ),
            Self::ProjectionOverridden { found, asked } => {
                write!(f, "the file says projection {found}; read as {asked}, as asked")
            }
            Self::CornersMissing => {
                f.write_str("the header tells no corners (bottomleft, topright)")
            }
            Self::SquareCut => f.write_str(
                "the square asked for reaches over the edge of the map; the frames end there",
            ),
            Self::PlaceUnknown => f.write_str("the files tell no place on the map"),
            Self::QualityUnused => {
                f.write_str("the file has a quality field; it is not used (‹quality› uses it)")
            }
            Self::QuantityChosen { quantity, held } => {
                write!(f, "the first {quantity} is read of {held}")
            }

            Self::ReflectivityAsRain { z_r } => {
                write!(f, "reflectivity in dBZ is read as rain by {z_r}")
            }
            Self::RatesConverted { unit } => {
                write!(f, "values are rain rates in {unit}, made mm/h")
            }
            Self::RatesInMmH => f.write_str("values are rain rates in mm/h"),
            Self::AccumulationAsRate { minutes } => {
                write!(
                    f,
                    "rain of {minutes} min is read as its mean rate, ended at the frame's time"
                )
            }
            Self::MeansOverlap { step_s, covered_s } => write!(
                f,
                "frames are {step_s} s apart and each is the mean of {covered_s} s before it: rain \
                 is {} than its frames show",
                if covered_s > step_s { "sharper and quicker" } else { "less evenly spread" }
            ),
            Self::CornersRounded { cells } => write!(
                f,
                "the corners told in the files differ by up to {cells:.2} cells; those of the \
                 first file are used"
            ),
            Self::FilesOutOfOrder { files } => write!(
                f,
                "{files} files come before an older one in order of name; frames are sorted by time"
            ),
            Self::FilesRepeated { files, example } => {
                write!(f, "{files} files repeat a frame and are left out, such as {example}")
            }
            Self::NamesReadAs { form } => write!(f, "the file's name is read as {form}"),
            Self::TimesFromParts => f.write_str(
                "times are those of the file's bands or pages, as UTC where they name no zone",
            ),
            Self::TimesFromNames { files, of } => {
                f.write_str("times are read from file names, as UTC")?;
                some_of(f, *files, *of)
            }
            Self::NamesDisagree { files, example } => write!(
                f,
                "{files} files tell another time than their names, such as {example}; the file's \
                 own is used"
            ),
            Self::CellsBelowZero { cells, frames } => {
                write!(f, "{cells} cells in {frames} frames a little below 0 mm/h are taken as dry")
            }
            Self::CellsTooMuch { cells, frames, most_mm_h } => write!(
                f,
                "{cells} cells in {frames} frames above {most_mm_h} mm/h are no rain: taken as no \
                 data"
            ),
            Self::CellsLowQuality { cells, frames } => write!(
                f,
                "{cells} cells in {frames} frames of too low quality are taken as no data"
            ),

            Self::FramesMissing { frames, step_s, gaps } => {
                let each = gaps
                    .iter()
                    .map(|(from, to, missing)| format!("{from} to {to} ({missing} missing)"));
                write!(
                    f,
                    "{frames} frames are missing at a step of {step_s} s: {}; the motion is told from the frames that there are",
                    list(each)
                )
            }
            Self::StepUneven { least_s, most_s, step_s } => {
                write!(f, "frames are {least_s} to {most_s} s apart, {step_s} s as a rule")
            }
            Self::RadarOutage { frames, runs } => {
                let each = runs.iter().map(|(first, last)| match first == last {
                    true => first.to_string(),
                    false => format!("{first} to {last}"),
                });
                write!(f, "{frames} frames hold no data at all (a radar outage): {}", list(each))
            }
            Self::SeesLess { usual, frames } => {
                let each = frames
                    .iter()
                    .map(|(time, unseen)| format!("{time} ({:.0} % unseen)", 100.0 * unseen));
                write!(
                    f,
                    "{} frames see less than usual ({:.0} % of the map is unseen then; a radar is \
                     out?): {}",
                    frames.len(),
                    100.0 * usual,
                    list(each)
                )
            }
            Self::CoverageUneven { frames, of, usual, most } => write!(
                f,
                "{frames} of {of} frames see much less than the others (up to {:.0} % of the map is \
                 unseen in them, {:.0} % otherwise): what only the others see is known less often",
                100.0 * most,
                100.0 * usual
            ),
            Self::FeedFrozen { frames } => write!(
                f,
                "{} frames are the same as the one before (a frozen feed?): {}",
                frames.len(),
                list(frames.iter().map(ToString::to_string))
            ),

            Self::StepsRepeat { repeats, of, step_s } => write!(
                f,
                "{repeats} of {of} steps repeat the frame before: the film is slower than {step_s} \
                 s at times"
            ),
            Self::FramesInterpolated { frames: 1, step_s } => write!(
                f,
                "the network looks at frames {step_s} s apart: one of them was not seen and is \
                 interpolated along the motion"
            ),
            Self::FramesInterpolated { frames, step_s } => write!(
                f,
                "the network looks at frames {step_s} s apart: {frames} of them were not seen and are \
                 interpolated along the motion"
            ),
            Self::FramesStale { stale_s } => {
                write!(f, "frames are up to {stale_s} s older than their step")
            }
            Self::RatesCut { rates, most_mm_h } => {
                write!(f, "{rates} rates above {most_mm_h:.1} mm/h count as {most_mm_h:.1} mm/h")
            }
            Self::FlameIntensity => {
                f.write_str("intensity is how flame-like a pixel's colour is, 0 to 1")
            }
            Self::AllEqual { value } => {
                write!(f, "all values of the clip are {value}: nothing to see")
            }
            Self::SpanFound { zero, one } => write!(
                f,
                "intensity 0 is {zero} (1st percentile of the clip) and 1 is {one} (its maximum), \
                 in the input's unit"
            ),
            Self::MaskEmpty => f.write_str("no fire in view: the mask is empty"),
            Self::NoFire { contrast, least } => write!(
                f,
                "no fire in view: the hottest pixels are {contrast:.2} above the background, fire \
                 is {least:.2}"
            ),
            Self::SceneCluttered => f.write_str(
                "more than the fire is warm here: warm ground counts as burnt close to the fire's core \
                 only, and what had burnt is remembered from the first frame on",
            ),
            Self::StateTakenUp { since, until } => write!(
                f,
                "what has burnt is known since {since}: a state of frames up to {until} was taken up"
            ),
            Self::StateGap { gap_s, until, begins } => write!(
                f,
                "{gap_s} s between the state ({until}) and this film ({begins}) are in no frame: ground \
                 that burnt and cooled in them is not known"
            ),
            Self::HotGroundNoFire => f.write_str(
                "hot ground, not known to be a fire: it does not stand clear of all else that is warm here, \
                 or does not move on; a camera with automatic gain shows the hottest rock or roof as it shows \
                 a fire"
            ),
            Self::ColourNoFire => f.write_str(
                "colours of flame, not known to be a fire: they do not flicker in place as flames do; lamps, \
                 signs, headlights and sunsets look so, too"
            ),
            Self::EarlierBurnUnknown => {
                f.write_str("ground that burnt before the clip began is not known from colour")
            }
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.utc {
            Some(utc) => write!(f, "{utc}"),
            None => write!(f, "second {}", self.elapsed_s),
        }
    }
}

impl fmt::Display for PictureTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exif => "the pictures' EXIF data",
            Self::Names => "the files' names",
        })
    }
}

impl fmt::Display for KindReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ThreeChannels => "it has three 8-bit channels",
            Self::ZeroAndOne => "it holds only 0 and 1",
            Self::ZeroAnd255 => "it holds only 0 and 255",
            Self::ManyValues => "it has one channel of many values",
            Self::NoColour => "no picture of the video has colour",
        })
    }
}

/// Of how many files a note holds, where that is not all of them.
fn some_of(f: &mut fmt::Formatter<'_>, files: usize, of: usize) -> fmt::Result {
    if files == of { Ok(()) } else { write!(f, " ({files} of {of} files)") }
}

/// Seconds to a thousandth.
fn decimal(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}

/// The first few of `each`, and how many more there are.
fn list(each: impl ExactSizeIterator<Item = String>) -> String {
    let n = each.len();
    let out = each.take(LISTED).collect::<Vec<_>>().join(", ");
    if n > LISTED { format!("{out} and {} more", n - LISTED) } else { out }
}

/// A number as few digits tell it: the stored 9.96921e36 and −999.9 as files and people write them.
pub(crate) fn plain_number(v: f64) -> String {
    let short = v as f32;
    match (f64::from(short) == v, v.is_finite() && v.abs() >= 1e16) {
        (true, true) => format!("{short:e}"),
        (true, false) => short.to_string(),
        (false, true) => format!("{v:e}"),
        (false, false) => v.to_string(),
    }
}

/// `text` with blanks for line breaks and control letters, which damaged files can bring into it,
/// and no longer than a few lines of a terminal.
pub(crate) fn one_line(text: &str) -> String {
    if text.chars().count() > LINE_CHARS || text.chars().any(char::is_control) {
        let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        return plain.take(LINE_CHARS).collect();
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_after_a_few() {
        let at = |k: usize| Moment { utc: None, elapsed_s: k as f64 * 60.0 };
        for (n, end) in [(1, ": second 0"), (5, "second 240"), (7, "second 240 and 2 more")] {
            let text = Note::FeedFrozen { frames: (0..n).map(at).collect() }.to_string();
            assert!(text.ends_with(end), "{text}");
        }
    }

    #[test]
    fn what_a_file_says_stays_on_one_line() {
        let loud = Note::ProjectionUnknown { name: "\u{1b}[31m\n".to_owned() + &"x".repeat(500) };
        let note = Note::OfFiles { note: Box::new(loud), files: 2, of: 3 }.to_string();
        assert!(!note.chars().any(char::is_control), "{note}");
        assert!(note.ends_with("xxx (2 of 3 files)") && note.chars().count() == 400 + 15, "{note}");
    }
}
