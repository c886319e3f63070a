//! A chart for the report, as SVG: lines by lead, or observed share by probability.

use maud::{Markup, Render, html};

/// Colours that people with any colour vision tell apart (Okabe and Ito).
const COLOURS: [&str; 7] =
    ["#d55e00", "#999999", "#0072b2", "#cc79a7", "#009e73", "#56b4e9", "#e69f00"];

/// Sides of a chart and of the frame around its plot, pixels.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 150.0;
const EDGE: f64 = 28.0;

/// Lines over `x` from 0 up to `x_max`, `y` in 0..1; the first one is bold.
pub(super) struct LineChart<'a> {
    /// What stands above it.
    pub(super) title: &'a str,
    /// What `x` is.
    pub(super) x_title: &'a str,
    /// Largest `x`.
    pub(super) x_max: f64,
    /// The lines.
    pub(super) lines: Vec<Line<'a>>,
}

/// One line: its name and its points.
pub(super) struct Line<'a> {
    /// Name in the key.
    pub(super) name: &'a str,
    /// `(x, y)`, left to right.
    pub(super) points: Vec<(f64, f64)>,
}

impl Render for LineChart<'_> {
    fn render(&self) -> Markup {
        let right = WIDTH - RIGHT;
        let bottom = HEIGHT - 10.0;
        html! {
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" {
                title { (self.title) }
                text x=(LEFT) y="16" class="t" { (self.title) }
                @for v in (0..=5).map(|k| f64::from(k) / 5.0) {
                    @let (x, y) = (v * self.x_max, self.y_px(v));
                    line x1=(LEFT) x2=(right) y1=(tenths(y)) y2=(tenths(y)) class="g" {}
                    text x=(LEFT - 6.0) y=(tenths(y + 4.0)) text-anchor="end" { (tenths(v)) }
                    text x=(tenths(self.x_px(x))) y=(bottom) text-anchor="middle" { (short(x)) }
                }
                text x=(WIDTH - 8.0) y=(bottom) text-anchor="end" { (self.x_title) }
                @for (k, line) in self.lines.iter().enumerate() {
                    @let colour = COLOURS[k % COLOURS.len()];
                    @let pen = if k == 0 { 3 } else { 1 };
                    @let y = EDGE + 8.0 + 18.0 * k as f64;
                    polyline points=(self.path(line)) fill="none" stroke=(colour) stroke-width=(pen) {}
                    text x=(right + 8.0) y=(y) fill=(colour) { (line.name) }
                }
            }
        }
    }
}

impl LineChart<'_> {
    fn x_px(&self, v: f64) -> f64 {
        LEFT + v / self.x_max.max(1e-9) * (WIDTH - LEFT - RIGHT)
    }

    fn y_px(&self, v: f64) -> f64 {
        HEIGHT - EDGE - v.clamp(0.0, 1.0) * (HEIGHT - 2.0 * EDGE)
    }

    /// Corners of a line, as SVG takes them.
    fn path(&self, line: &Line<'_>) -> String {
        let corner = |&(x, y): &(f64, f64)| format!("{:.1},{:.1}", self.x_px(x), self.y_px(y));
        line.points.iter().map(corner).collect::<Vec<_>>().join(" ")
    }
}

fn tenths(v: f64) -> String {
    format!("{v:.1}")
}

/// A number without a point where it is whole.
fn short(v: f64) -> String {
    if v.fract().abs() < 1e-9 { format!("{v:.0}") } else { tenths(v) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lie_within_the_frame_and_names_are_text() {
        let lines = vec![
            Line { name: "a<b", points: vec![(0.0, 0.0), (2.0, 1.0), (4.0, 9.0)] },
            Line { name: "none", points: Vec::new() },
        ];
        let chart = LineChart { title: "Score", x_title: "lead", x_max: 4.0, lines };
        let svg = chart.render().into_string();
        for part in [
            "<svg viewBox=\"0 0 640 320\" role=\"img\"><title>Score</title>",
            "points=\"48.0,292.0 269.0,28.0 490.0,28.0\" fill=\"none\" stroke=\"#d55e00\" \
             stroke-width=\"3\"></polyline>",
            ">a&lt;b</text>",
            "points=\"\" fill=\"none\" stroke=\"#999999\" stroke-width=\"1\"",
            ">2.4</text>",
            ">4</text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }
}
