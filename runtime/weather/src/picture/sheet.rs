//! The sheet: draws the panels, the alarms, and the outlook right of now.

use std::io::{self, Write};

use emberline_picture::palette::{FAINT, INK, PAPER, Rgb, mix};
use emberline_picture::{Canvas, Polygon, text_width};
use jiff::Timestamp;

use super::axis::{Axis, Hour, hours};
use super::panel::{ARROWS, Panel, panels};
use super::view::View;
use crate::alarm::Alarm;
use crate::reading::Quantity;

const WIDTH: usize = 1200;
/// Left and right end of what is plotted.
const LEFT: f64 = 76.0;
const RIGHT: f64 = 1168.0;
/// Where the first panel begins.
const TOP: f64 = 124.0;
/// Between two panels, for the title of the lower one.
const BETWEEN: f64 = 34.0;
/// Least distance of two dots of the outlook.
const DOT_EACH: f64 = 8.0;
/// Least distance of two arrows.
const ARROW_EACH: f64 = 34.0;
/// Height of a capital.
const TEXT: f64 = 10.5;
/// Most alarms that are marked; the last ones.
const ALARMS_MOST: usize = 8;
/// Height of a line in the list of alarms.
const LINE: f64 = 18.0;
/// Least distance of two alarms' numbers.
const NUMBER_EACH: f64 = 13.0;

const GROUND: Rgb = [27, 30, 36];
const GROUND_AHEAD: Rgb = [34, 38, 47];
const GRID: Rgb = [52, 57, 66];
const ALARM: Rgb = [255, 92, 92];
const GUST: Rgb = [244, 232, 120];

/// Writes the picture of `view` as PNG, 1200 pixels wide. Panels of rain and of quantities that were not
/// measured are left out.
///
/// # Errors
/// Whatever `sink` reports.
pub fn write_png(view: &View<'_>, sink: &mut impl Write) -> io::Result<()> {
    painted(view).png(sink)
}

/// The whole picture.
fn painted(view: &View<'_>) -> Canvas {
    let panels = panels(view);
    let tall: f64 = panels.iter().map(|p| p.height + BETWEEN).sum();
    let bottom = TOP + tall - BETWEEN;
    let alarms: Vec<&Alarm> = view.alarms.iter().filter(|a| a.time >= view.from).collect();
    let alarms_shown = &alarms[alarms.len().saturating_sub(ALARMS_MOST)..];
    let lines = alarms_shown.len().max(1) + usize::from(alarms.len() > alarms_shown.len());
    let height = bottom + 62.0 + LINE * lines as f64 + 12.0;
    let mut sheet = Sheet {
        canvas: Canvas::new(WIDTH, height.ceil() as usize, PAPER),
        from_s: view.from.as_second() as f64,
        until_s: end_s(view),
        now: view.now,
    };
    let marks = hours(view.from, view.until(), &view.zone, 16);
    let mut top = TOP;
    for panel in &panels {
        let axis = panel.axis(view);
        let plot_top = if panel.quantity == Quantity::Wind { top + ARROWS } else { top };
        let plot = Plot { top: plot_top, bottom: top + panel.height, axis };
        sheet.ground(top, &plot, &marks);
        match panel.quantity {
            Quantity::Rain => sheet.bars(view, panel, &plot),
            _ => sheet.curves(view, panel, &plot),
        }
        if panel.quantity == Quantity::Wind {
            sheet.gusts(view, &plot);
            sheet.arrows(view, panel.colour, top + ARROWS / 2.0);
        }
        top += panel.height + BETWEEN;
    }
    sheet.clock(&marks, bottom);
    sheet.alarms(alarms_shown, bottom);
    sheet.now(view, bottom);
    let mut top = TOP;
    for panel in &panels {
        sheet.label([LEFT, top - 10.0], panel.colour, &panel.title_of(view));
        top += panel.height + BETWEEN;
    }
    for (i, alarm) in alarms_shown.iter().enumerate() {
        let y = bottom + 62.0 + LINE * (i as f64 + 0.6);
        let at = view.zone.to_datetime(alarm.time).strftime("%-d %b %H:%M").to_string();
        sheet.write([LEFT, y], ALARM, &(i + 1).to_string());
        sheet.write([LEFT + 24.0, y], INK, &format!("{at}  {}", alarm.kind));
    }
    let y = bottom + 62.0 + LINE * (alarms_shown.len() as f64 + 0.6);
    match alarms.len() - alarms_shown.len() {
        0 if alarms.is_empty() => sheet.write([LEFT, y], FAINT, "no alarm in these hours"),
        0 => {}
        more => sheet.write([LEFT + 24.0, y], FAINT, &format!("and {more} before them")),
    }
    sheet.head(view);
    sheet.canvas
}

/// The right end, seconds; a little after the outlook's last hour, so that its marks are whole.
fn end_s(view: &View<'_>) -> f64 {
    let [from, until] = [view.from, view.until()].map(|t| t.as_second() as f64);
    let beyond = if view.until() > view.now { 0.015 * (until - from) } else { 0.0 };
    (until + beyond).max(from + 1.0)
}

/// Where one panel's values lie.
struct Plot {
    top: f64,
    bottom: f64,
    axis: Axis,
}

impl Plot {
    fn y(&self, value: f64) -> f64 {
        let share = (value - self.axis.low) / (self.axis.high - self.axis.low);
        self.bottom - share * (self.bottom - self.top)
    }
}

/// The paper, and how times lie on it.
struct Sheet {
    canvas: Canvas,
    from_s: f64,
    until_s: f64,
    now: Timestamp,
}

impl Sheet {
    fn x(&self, time: Timestamp) -> f64 {
        let share = (time.as_second() as f64 - self.from_s) / (self.until_s - self.from_s);
        LEFT + share * (RIGHT - LEFT)
    }

    fn write(&mut self, at: [f64; 2], colour: Rgb, text: &str) {
        self.canvas.text(at, TEXT, colour, text);
    }

    /// Text on paper of its own, over whatever line crosses it.
    fn label(&mut self, [x, y]: [f64; 2], colour: Rgb, text: &str) {
        let wide = text_width(TEXT, text);
        self.canvas.rect([x - 3.0, y - TEXT - 4.0, x + wide + 3.0, y + 5.0], PAPER);
        self.write([x, y], colour, text);
    }

    /// Text whose middle lies at `x`, kept on the paper.
    fn write_mid(&mut self, [x, y]: [f64; 2], colour: Rgb, text: &str) {
        let wide = text_width(TEXT, text);
        let x = (x - wide / 2.0).clamp(4.0, WIDTH as f64 - wide - 4.0);
        self.canvas.text([x, y], TEXT, colour, text);
    }

    fn line(&mut self, from: [f64; 2], to: [f64; 2], width: f64, colour: Rgb) {
        self.canvas.stroke([&[from, to][..]].into_iter(), width, colour);
    }

    fn dashed(&mut self, x: f64, top: f64, bottom: f64, colour: Rgb) {
        let n = ((bottom - top) / 8.0).ceil().max(0.0) as usize;
        let dashes: Vec<[[f64; 2]; 2]> = (0..n)
            .map(|i| top + 8.0 * i as f64)
            .map(|y| [[x, y], [x, (y + 4.0).min(bottom)]])
            .collect();
        self.canvas.stroke(dashes.iter().map(<[_; 2]>::as_slice), 1.2, colour);
    }

    /// Ground, grid and numbers of a panel that begins at `top`.
    fn ground(&mut self, top: f64, plot: &Plot, marks: &[Hour]) {
        let now_x = self.x(self.now);
        self.canvas.rect([LEFT, top, now_x, plot.bottom], GROUND);
        self.canvas.rect([now_x, top, RIGHT, plot.bottom], GROUND_AHEAD);
        for mark in marks {
            let x = self.x(mark.time);
            let colour = if mark.day.is_some() { mix(GRID, FAINT, 0.3) } else { GRID };
            self.line([x, top], [x, plot.bottom], 1.0, colour);
        }
        for value in plot.axis.marks() {
            let (y, words) = (plot.y(value), plot.axis.words(value));
            self.line([LEFT, y], [RIGHT, y], 1.0, GRID);
            let x = LEFT - 10.0 - text_width(TEXT, &words);
            self.write([x, y + TEXT / 2.0], FAINT, &words);
        }
    }

    /// Measured lines, and the outlook with its band.
    fn curves(&mut self, view: &View<'_>, panel: &Panel, plot: &Plot) {
        let at = |s: &Self, time, value| [s.x(time), plot.y(value)];
        let ahead = panel.predictand.map_or_else(Vec::new, |p| view.ahead(p, panel.quantity));
        let low = ahead.iter().map(|a| at(self, a.time, a.low));
        let high = ahead.iter().rev().map(|a| at(self, a.time, a.high));
        let band = Polygon { outer: low.chain(high).collect(), holes: Vec::new() };
        self.canvas.fill(&[band], panel.colour, 0.26);
        let middle: Vec<[f64; 2]> = ahead.iter().map(|a| at(self, a.time, a.value)).collect();
        let faded = mix(panel.colour, INK, 0.35);
        self.canvas.stroke([middle.as_slice()].into_iter(), 1.6, faded);
        // Dots on the hours ahead, where they would not run together.
        let apart = middle.windows(2).all(|p| p[1][0] - p[0][0] >= DOT_EACH);
        let ahead_only = usize::from(ahead.first().is_some_and(|a| a.time == view.now));
        let dots = middle.iter().skip(ahead_only).filter(|_| apart);
        self.canvas.stroke(dots.map(std::slice::from_ref), 5.0, faded);
        let lines: Vec<Vec<[f64; 2]>> = view
            .lines(panel.quantity)
            .iter()
            .map(|line| line.iter().map(|(t, v)| at(self, *t, *v)).collect())
            .collect();
        self.canvas.stroke(lines.iter().map(Vec::as_slice), 2.2, panel.colour);
        let lone = lines.iter().filter(|line| line.len() == 1);
        self.canvas.stroke(lone.map(Vec::as_slice), 4.0, panel.colour);
    }

    /// Bars as wide as the time that they are of.
    fn bars(&mut self, view: &View<'_>, panel: &Panel, plot: &Plot) {
        let wide = view.step.map_or(1.0, |s| s.as_secs_f64()) / (self.until_s - self.from_s);
        let wide = (wide * (RIGHT - LEFT)).max(1.5);
        for r in view.shown() {
            if let Some(mm) = r.rain_mm.filter(|mm| *mm > 0.0) {
                let (x, y) = (self.x(r.time), plot.y(mm));
                self.canvas.rect([(x - wide).max(LEFT), y, x, plot.bottom], panel.colour);
            }
        }
    }

    fn gusts(&mut self, view: &View<'_>, plot: &Plot) {
        let gusts = view.shown().iter().filter_map(|r| Some((r.time, r.gust_m_s?)));
        let dots: Vec<[f64; 2]> = gusts.map(|(t, v)| [self.x(t), plot.y(v)]).collect();
        self.canvas.stroke(dots.iter().map(std::slice::from_ref), 5.0, GUST);
    }

    /// Arrows that fly with the wind; a dot where it was calm.
    fn arrows(&mut self, view: &View<'_>, colour: Rgb, y: f64) {
        let seen = view.shown().iter().filter_map(|r| match (r.wind_m_s, r.wind_from_deg) {
            (Some(0.0), _) => Some((r.time, None)),
            (_, from) => Some((r.time, Some(from?))),
        });
        let ahead = view.wind_ahead().into_iter().map(|(t, from)| (t, Some(from)));
        let all: Vec<(Timestamp, Option<f64>)> = seen.chain(ahead).collect();
        let mut last = f64::NEG_INFINITY;
        for (time, from) in all {
            let x = self.x(time);
            if x - last < ARROW_EACH || !(LEFT + 8.0..=RIGHT + 1.0).contains(&x) {
                continue;
            }
            last = x;
            let colour = if time > self.now { mix(colour, INK, 0.35) } else { colour };
            let Some(from) = from else {
                self.canvas.stroke([&[[x, y]][..]].into_iter(), 4.0, colour);
                continue;
            };
            let (sin, cos) = from.to_radians().sin_cos();
            // A point so far along the arrow and so far to its right; y grows downwards.
            let point = |along: f64, right: f64| {
                [x - along * sin - right * cos, y + along * cos - right * sin]
            };
            let shaft = [point(-10.0, 0.0), point(10.0, 0.0)];
            let head = [point(4.0, -4.5), point(10.0, 0.0), point(4.0, 4.5)];
            self.canvas.stroke([&shaft[..], &head[..]].into_iter(), 1.7, colour);
        }
    }

    /// Hours and days below the panels.
    fn clock(&mut self, marks: &[Hour], bottom: f64) {
        for mark in marks {
            let x = self.x(mark.time);
            self.write_mid([x, bottom + 20.0], FAINT, &mark.words);
            if let Some(day) = &mark.day {
                self.write_mid([x, bottom + 38.0], INK, day);
            }
        }
    }

    /// The line of now, and what lies right of it.
    fn now(&mut self, view: &View<'_>, bottom: f64) {
        let x = self.x(view.now);
        self.line([x, TOP - 26.0], [x, bottom], 1.5, INK);
        let wide = text_width(TEXT, "now");
        self.label([x - wide - 6.0, TOP - 18.0], INK, "now");
        if view.outlook.is_some_and(|o| !o.predicted.is_empty()) {
            let words = ["outlook, 80 % band", "outlook", ""];
            let fits = |w: &&str| text_width(TEXT, w) < RIGHT - x - 8.0;
            let words = words.into_iter().find(fits).unwrap_or_default();
            self.label([x + 8.0, TOP - 18.0], INK, words);
        }
    }

    /// A dashed line through all panels for each alarm, its number on top.
    fn alarms(&mut self, alarms: &[&Alarm], bottom: f64) {
        let mut last = f64::NEG_INFINITY;
        for (i, alarm) in alarms.iter().enumerate() {
            let x = self.x(alarm.time);
            self.dashed(x, TOP - 30.0, bottom, ALARM);
            last = x.max(last + NUMBER_EACH);
            self.write_mid([last, TOP - 36.0], ALARM, &(i + 1).to_string());
        }
    }

    fn head(&mut self, view: &View<'_>) {
        let clock = view.zone.to_datetime(view.now).strftime("%-d %B %Y %H:%M").to_string();
        self.canvas.text([LEFT, 36.0], 15.0, INK, &view.title);
        let line = format!("up to {clock} {}", view.zone_name);
        self.write([LEFT, 60.0], FAINT, &line);
        let warning = "not for evacuation decisions";
        self.write([RIGHT - text_width(TEXT, warning), 36.0], FAINT, warning);
    }
}
