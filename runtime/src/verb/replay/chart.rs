//! Charts for the report, as SVG: lines by lead, and said against observed probability.

use std::fmt::Write as _;

/// Colours that people with any colour vision tell apart (Okabe and Ito).
const COLOURS: [&str; 7] =
    ["#d55e00", "#999999", "#0072b2", "#cc79a7", "#009e73", "#56b4e9", "#e69f00"];

/// Sides of a chart and of the frame around its plot, pixels.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 150.0;
const EDGE: f64 = 28.0;

/// One line: its name and its points.
pub(super) struct Line<'a> {
    /// Name in the key.
    pub(super) name: &'a str,
    /// `(x, y)`, left to right.
    pub(super) points: Vec<(f64, f64)>,
}

/// Lines over `x` up to `x_max`, `y` in 0..1.
pub(super) fn lines(title: &str, x_title: &str, x_max: f64, lines: &[Line<'_>]) -> String {
    let x = |v: f64| LEFT + v / x_max.max(1e-9) * (WIDTH - LEFT - RIGHT);
    let y = |v: f64| HEIGHT - EDGE - v.clamp(0.0, 1.0) * (HEIGHT - 2.0 * EDGE);
    let mut svg = format!(
        "<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img'><title>{title}</title>\
         <text x='{LEFT}' y='16' class='t'>{title}</text>"
    );
    for k in 0..=5 {
        let v = f64::from(k) / 5.0;
        let _ = write!(
            svg,
            "<line x1='{LEFT}' x2='{}' y1='{y:.1}' y2='{y:.1}' class='g'/>\
             <text x='{}' y='{:.1}' text-anchor='end'>{v:.1}</text>\
             <text x='{:.1}' y='{}' text-anchor='middle'>{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            y(v) + 4.0,
            x(v * x_max),
            HEIGHT - 10.0,
            short(v * x_max),
            y = y(v),
        );
    }
    let _ = write!(
        svg,
        "<text x='{}' y='{}' text-anchor='end'>{x_title}</text>",
        WIDTH - 8.0,
        HEIGHT - 10.0
    );
    for (k, line) in lines.iter().enumerate() {
        let colour = COLOURS[k % COLOURS.len()];
        let points: Vec<String> =
            line.points.iter().map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
        let _ = write!(
            svg,
            "<polyline points='{}' fill='none' stroke='{colour}' stroke-width='{}'/>\
             <text x='{}' y='{}' fill='{colour}'>{}</text>",
            points.join(" "),
            if k == 0 { 3 } else { 1 },
            WIDTH - RIGHT + 8.0,
            EDGE + 8.0 + 18.0 * k as f64,
            line.name,
        );
    }
    svg + "</svg>"
}

fn short(v: f64) -> String {
    if v.fract().abs() < 1e-9 { format!("{v:.0}") } else { format!("{v:.1}") }
}
