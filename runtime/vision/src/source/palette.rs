//! Palettes: the false colours in which thermal cameras show heat, from cold to hot.

use std::fmt;

type Rgb = [u8; 3];

/// Colours of a palette's curve.
pub(super) const COLOURS: usize = 256;

/// How a thermal film shows heat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Palette {
    /// Grey, brighter is hotter.
    WhiteHot,
    /// Grey, darker is hotter.
    BlackHot,
    /// Black, violet, red, orange, yellow, white: ironbow of FLIR, hot iron and iron red of others.
    Iron,
    /// *inferno* of matplotlib: as iron, its bright end pale yellow.
    Inferno,
    /// *magma* of matplotlib: black, violet, pink, cream.
    Magma,
    /// *plasma* of matplotlib: blue, violet, orange, yellow.
    Plasma,
    /// Black, red, yellow, white: *hot* of matplotlib.
    RedHot,
    /// Black, brown, amber, cream.
    Amber,
    /// Black, blue, violet, red, orange, cream.
    Lava,
    /// Blue, pale, gold.
    Arctic,
    /// Black, green, white.
    GreenHot,
    /// Dark blue, blue, cyan, yellow, red, dark red: *jet* of matplotlib and OpenCV.
    Jet,
    /// *turbo* of Google: as jet, its ends darker.
    Turbo,
    /// Blue or violet, cyan, green, yellow, red.
    Rainbow,
    /// Rainbow of high contrast: black, violet, blue, cyan, green, yellow, red, white.
    RainbowHc,
    /// *viridis* of matplotlib: violet, blue, green, yellow.
    Viridis,
}

impl Palette {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::WhiteHot,
        Self::BlackHot,
        Self::Iron,
        Self::Inferno,
        Self::Magma,
        Self::Plasma,
        Self::RedHot,
        Self::Amber,
        Self::Lava,
        Self::Arctic,
        Self::GreenHot,
        Self::Jet,
        Self::Turbo,
        Self::Rainbow,
        Self::RainbowHc,
        Self::Viridis,
    ];

    /// Its name, as it is typed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WhiteHot => "white-hot",
            Self::BlackHot => "black-hot",
            Self::Iron => "iron",
            Self::Inferno => "inferno",
            Self::Magma => "magma",
            Self::Plasma => "plasma",
            Self::RedHot => "red-hot",
            Self::Amber => "amber",
            Self::Lava => "lava",
            Self::Arctic => "arctic",
            Self::GreenHot => "green-hot",
            Self::Jet => "jet",
            Self::Turbo => "turbo",
            Self::Rainbow => "rainbow",
            Self::RainbowHc => "rainbow-hc",
            Self::Viridis => "viridis",
        }
    }

    /// Whether it is made of colours and not of grey.
    #[must_use]
    pub fn has_colour(self) -> bool {
        !self.curves().is_empty()
    }

    /// Whether it goes through the colours of flames, so that a real fire by night looks like it.
    pub(super) fn is_like_flames(self) -> bool {
        matches!(self, Self::RedHot | Self::Amber)
    }

    /// Its curve in as many forms as cameras and programs have; none of grey.
    pub(super) fn curves(self) -> &'static [&'static [Rgb]] {
        match self {
            Self::WhiteHot | Self::BlackHot => &[],
            Self::Iron => IRON,
            Self::Inferno => &[INFERNO],
            Self::Magma => &[MAGMA],
            Self::Plasma => &[PLASMA],
            Self::RedHot => &[HOT],
            Self::Amber => &[AMBER, AMBER_LINE],
            Self::Lava => &[LAVA, LAVA_BLUE],
            Self::Arctic => &[ARCTIC, ARCTIC_WHITE],
            Self::GreenHot => &[GREEN_HOT, GREEN],
            Self::Jet => &[JET],
            Self::Turbo => &[TURBO],
            Self::Rainbow => &[RAINBOW_CAMERA, RAINBOW, RAINBOW_VIOLET, RAINBOW_BLACK],
            Self::RainbowHc => &[RAINBOW_HC, RAINBOW_HC_PURE],
            Self::Viridis => &[VIRIDIS],
        }
    }
}

impl fmt::Display for Palette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The colours of a curve from cold to hot, between evenly spaced `points` by straight lines.
pub(super) fn colours(points: &[Rgb]) -> Vec<[f32; 3]> {
    let last = points.len().saturating_sub(1);
    let colour = |k: usize| {
        let at = k as f32 / (COLOURS - 1) as f32 * last as f32;
        let i = (at as usize).min(last.saturating_sub(1));
        let (a, b) = (points[i], points[(i + 1).min(last)]);
        std::array::from_fn(|c| {
            let (a, b) = (f32::from(a[c]), f32::from(b[c]));
            a + (b - a) * (at - i as f32)
        })
    };
    (0..COLOURS).map(colour).collect()
}

// Evenly spaced points from cold to hot. INFERNO, MAGMA, PLASMA and VIRIDIS (CC0, S. van der Walt,
// N. Smith and E. Firing), TURBO (Apache 2.0, A. Mikhailov), RAINBOW and HOT are computed with matplotlib
// 3.11: colormaps[name](numpy.linspace(0, 1, n)). All others are set down here by hand after the order
// of colours that cameras show.

/// FLIR's ironbow as its pictures show it; the plain form of programs; and those of pure colours.
const IRON: &[&[Rgb]] = &[
    &[
        [0, 0, 10],
        [27, 0, 105],
        [83, 0, 148],
        [137, 0, 156],
        [180, 9, 146],
        [206, 41, 116],
        [223, 70, 65],
        [235, 97, 19],
        [244, 129, 3],
        [251, 163, 0],
        [254, 196, 14],
        [255, 224, 80],
        [255, 255, 246],
    ],
    &[
        [0, 0, 0],
        [32, 0, 128],
        [130, 0, 150],
        [205, 40, 70],
        [250, 120, 0],
        [255, 210, 40],
        [255, 255, 255],
    ],
    &[[0, 0, 0], [128, 0, 128], [255, 0, 0], [255, 128, 0], [255, 255, 0], [255, 255, 255]],
    &[
        [0, 0, 0],
        [0, 0, 128],
        [128, 0, 128],
        [255, 0, 0],
        [255, 165, 0],
        [255, 255, 0],
        [255, 255, 255],
    ],
    &[
        [0, 0, 0],
        [64, 0, 128],
        [128, 0, 128],
        [192, 64, 0],
        [255, 128, 0],
        [255, 192, 0],
        [255, 255, 255],
    ],
];
const AMBER: &[Rgb] = &[
    [0, 0, 0],
    [60, 20, 0],
    [120, 48, 0],
    [180, 84, 0],
    [230, 128, 0],
    [255, 176, 20],
    [255, 220, 90],
    [255, 245, 190],
];
const AMBER_LINE: &[Rgb] = &[[0, 0, 0], [255, 191, 0]];
const LAVA: &[Rgb] = &[
    [0, 0, 0],
    [10, 40, 80],
    [60, 20, 110],
    [140, 10, 90],
    [210, 30, 30],
    [245, 100, 10],
    [255, 180, 20],
    [255, 240, 120],
    [255, 255, 255],
];
const LAVA_BLUE: &[Rgb] = &[
    [0, 0, 0],
    [0, 0, 80],
    [80, 0, 120],
    [200, 0, 60],
    [255, 80, 0],
    [255, 200, 60],
    [255, 255, 255],
];
const ARCTIC_WHITE: &[Rgb] = &[[0, 0, 0], [0, 0, 255], [0, 200, 255], [255, 255, 255]];
const ARCTIC: &[Rgb] = &[
    [0, 0, 20],
    [10, 20, 110],
    [20, 60, 200],
    [40, 120, 240],
    [90, 190, 250],
    [170, 210, 190],
    [220, 190, 90],
    [250, 180, 20],
    [255, 230, 120],
];
const GREEN_HOT: &[Rgb] = &[
    [0, 0, 0],
    [0, 64, 0],
    [0, 128, 0],
    [0, 192, 0],
    [0, 255, 0],
    [128, 255, 128],
    [255, 255, 255],
];
const GREEN: &[Rgb] = &[[0, 0, 0], [0, 255, 0]];
const JET: &[Rgb] = &[
    [0, 0, 128],
    [0, 0, 255],
    [0, 128, 255],
    [0, 255, 255],
    [128, 255, 128],
    [255, 255, 0],
    [255, 128, 0],
    [255, 0, 0],
    [128, 0, 0],
];
const RAINBOW_CAMERA: &[Rgb] = &[
    [10, 0, 70],
    [0, 0, 200],
    [0, 120, 255],
    [0, 220, 200],
    [0, 220, 60],
    [180, 240, 0],
    [255, 220, 0],
    [255, 120, 0],
    [240, 20, 20],
];
const RAINBOW_VIOLET: &[Rgb] = &[
    [128, 0, 255],
    [0, 0, 255],
    [0, 255, 255],
    [0, 255, 0],
    [255, 255, 0],
    [255, 128, 0],
    [255, 0, 0],
];
const RAINBOW_BLACK: &[Rgb] = &[
    [0, 0, 0],
    [0, 0, 255],
    [0, 255, 255],
    [0, 255, 0],
    [255, 255, 0],
    [255, 0, 0],
    [255, 255, 255],
];
const RAINBOW_HC_PURE: &[Rgb] = &[
    [0, 0, 0],
    [128, 0, 128],
    [0, 0, 255],
    [0, 255, 255],
    [0, 255, 0],
    [255, 255, 0],
    [255, 0, 0],
    [255, 255, 255],
];
const RAINBOW_HC: &[Rgb] = &[
    [0, 0, 0],
    [80, 0, 120],
    [30, 0, 220],
    [0, 110, 255],
    [0, 220, 220],
    [0, 220, 60],
    [200, 240, 0],
    [255, 170, 0],
    [255, 40, 0],
    [255, 130, 130],
    [255, 255, 255],
];
const INFERNO: &[Rgb] = &[
    [0, 0, 4],
    [4, 3, 18],
    [11, 7, 36],
    [21, 11, 55],
    [33, 12, 74],
    [47, 10, 91],
    [61, 9, 101],
    [74, 12, 107],
    [87, 16, 110],
    [100, 21, 110],
    [113, 25, 110],
    [125, 30, 109],
    [138, 34, 106],
    [151, 39, 102],
    [163, 44, 97],
    [176, 49, 91],
    [188, 55, 84],
    [199, 62, 76],
    [210, 70, 68],
    [219, 80, 59],
    [228, 90, 49],
    [235, 102, 40],
    [241, 115, 29],
    [246, 128, 19],
    [249, 142, 9],
    [251, 157, 7],
    [252, 172, 17],
    [251, 188, 33],
    [249, 203, 53],
    [245, 219, 76],
    [242, 234, 105],
    [243, 246, 138],
    [252, 255, 164],
];
const PLASMA: &[Rgb] = &[
    [13, 8, 135],
    [49, 5, 151],
    [76, 2, 161],
    [102, 0, 167],
    [126, 3, 168],
    [149, 17, 161],
    [170, 35, 149],
    [188, 53, 135],
    [204, 71, 120],
    [218, 90, 106],
    [230, 108, 92],
    [240, 128, 78],
    [248, 149, 64],
    [253, 172, 51],
    [253, 197, 39],
    [248, 223, 37],
    [240, 249, 33],
];
const MAGMA: &[Rgb] = &[
    [0, 0, 4],
    [10, 8, 34],
    [29, 17, 71],
    [54, 16, 107],
    [81, 18, 124],
    [106, 28, 129],
    [131, 38, 129],
    [156, 46, 127],
    [183, 55, 121],
    [208, 65, 111],
    [231, 82, 99],
    [245, 107, 92],
    [252, 137, 97],
    [254, 167, 114],
    [254, 196, 136],
    [253, 226, 163],
    [252, 253, 191],
];
const TURBO: &[Rgb] = &[
    [48, 18, 59],
    [57, 42, 115],
    [64, 64, 162],
    [68, 86, 199],
    [70, 107, 227],
    [70, 128, 246],
    [66, 148, 255],
    [55, 168, 250],
    [40, 188, 235],
    [28, 205, 216],
    [24, 221, 194],
    [31, 233, 175],
    [50, 242, 152],
    [78, 249, 125],
    [109, 254, 98],
    [139, 255, 75],
    [164, 252, 60],
    [185, 246, 53],
    [205, 236, 52],
    [223, 223, 55],
    [238, 207, 58],
    [248, 190, 57],
    [253, 172, 52],
    [254, 150, 43],
    [251, 126, 33],
    [244, 102, 23],
    [235, 80, 14],
    [223, 63, 8],
    [208, 47, 5],
    [190, 33, 2],
    [169, 22, 1],
    [146, 11, 1],
    [122, 4, 3],
];
const VIRIDIS: &[Rgb] = &[
    [68, 1, 84],
    [72, 24, 106],
    [71, 45, 123],
    [66, 64, 134],
    [59, 82, 139],
    [51, 99, 141],
    [44, 114, 142],
    [38, 130, 142],
    [33, 145, 140],
    [31, 160, 136],
    [40, 174, 128],
    [63, 188, 115],
    [94, 201, 98],
    [132, 212, 75],
    [173, 220, 48],
    [216, 226, 25],
    [253, 231, 37],
];
const RAINBOW: &[Rgb] = &[
    [128, 0, 255],
    [96, 50, 254],
    [64, 98, 250],
    [32, 142, 244],
    [0, 181, 235],
    [32, 213, 225],
    [64, 236, 212],
    [96, 250, 197],
    [128, 255, 180],
    [160, 250, 161],
    [192, 235, 141],
    [224, 211, 119],
    [255, 179, 96],
    [255, 140, 73],
    [255, 95, 48],
    [255, 47, 24],
    [255, 0, 0],
];
const HOT: &[Rgb] = &[
    [11, 0, 0],
    [34, 0, 0],
    [60, 0, 0],
    [87, 0, 0],
    [113, 0, 0],
    [139, 0, 0],
    [165, 0, 0],
    [189, 0, 0],
    [215, 0, 0],
    [242, 0, 0],
    [255, 13, 0],
    [255, 39, 0],
    [255, 65, 0],
    [255, 92, 0],
    [255, 115, 0],
    [255, 142, 0],
    [255, 168, 0],
    [255, 194, 0],
    [255, 220, 0],
    [255, 246, 0],
    [255, 255, 23],
    [255, 255, 62],
    [255, 255, 101],
    [255, 255, 141],
    [255, 255, 180],
    [255, 255, 220],
    [255, 255, 255],
];
