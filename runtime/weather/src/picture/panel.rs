//! Panels: what a picture of a station's weather shows below each other, in which unit and colour.

use emberline_picture::palette::Rgb;

use super::axis::Axis;
use super::view::View;
use crate::outlook::Predictand;
use crate::reading::{Quantity, Reading};

/// Height of the strip of wind arrows, part of the panel of wind.
pub(super) const ARROWS: f64 = 34.0;

/// One panel.
#[derive(Debug)]
pub(super) struct Panel {
    pub(super) title: &'static str,
    pub(super) unit: &'static str,
    pub(super) colour: Rgb,
    pub(super) quantity: Quantity,
    pub(super) predictand: Option<Predictand>,
    pub(super) height: f64,
}

const TEMP: Panel = Panel {
    title: "temperature",
    unit: "°C",
    colour: [252, 160, 74],
    quantity: Quantity::Temp,
    predictand: Some(Predictand::Temp),
    height: 138.0,
};
const HUMIDITY: Panel = Panel {
    title: "relative humidity",
    unit: "%",
    colour: [92, 170, 240],
    quantity: Quantity::Humidity,
    predictand: Some(Predictand::Humidity),
    height: 118.0,
};
const WIND: Panel = Panel {
    title: "wind",
    unit: "m/s",
    colour: [110, 214, 160],
    quantity: Quantity::Wind,
    predictand: Some(Predictand::Wind),
    height: 138.0 + ARROWS,
};
const PRESSURE: Panel = Panel {
    title: "pressure",
    unit: "hPa",
    colour: [206, 140, 240],
    quantity: Quantity::Pressure,
    predictand: Some(Predictand::Pressure),
    height: 118.0,
};
const RAIN: Panel = Panel {
    title: "rain of each reading",
    unit: "mm",
    colour: [92, 150, 250],
    quantity: Quantity::Rain,
    predictand: None,
    height: 64.0,
};

/// The panels of `view` that have a value, from the top; rain only where some fell.
pub(super) fn panels(view: &View<'_>) -> Vec<&'static Panel> {
    let shown = view.shown();
    let has = |p: &&Panel| match p.quantity {
        Quantity::Rain => shown.iter().any(|r| r.rain_mm.is_some_and(|mm| mm > 0.0)),
        q => shown.iter().any(|r| r.get(q).is_some()),
    };
    [&TEMP, &HUMIDITY, &WIND, &RAIN, &PRESSURE].into_iter().filter(has).collect()
}

impl Panel {
    /// Its values from bottom to top.
    pub(super) fn axis(&self, view: &View<'_>) -> Axis {
        let measured = view.shown().iter().filter_map(|r| r.get(self.quantity));
        let gusts = view.shown().iter().filter_map(|r| r.gust_m_s);
        let gusts = gusts.filter(|_| self.quantity == Quantity::Wind);
        let ahead = self.predictand.map_or_else(Vec::new, |p| view.ahead(p, self.quantity));
        let ends = ahead.iter().flat_map(|a| [a.low, a.high]);
        let (low, high) = measured
            .chain(gusts)
            .chain(ends)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        match self.quantity {
            Quantity::Humidity => Axis { low: 0.0, high: 100.0, step: 25.0 },
            Quantity::Wind => Axis::holding(0.0, high.max(5.0), 5.0, 4),
            Quantity::Rain => Axis::holding(0.0, high.max(1.0), 1.0, 2),
            Quantity::Pressure => Axis::holding(low, high, 4.0, 4),
            _ => Axis::holding(low, high, 5.0, 4),
        }
    }

    /// What it is, its unit, and its value now.
    pub(super) fn title_of(&self, view: &View<'_>) -> String {
        let now = view.shown().last().filter(|r| r.time == view.now);
        let value = |q: Quantity, digits: usize| {
            let value = now.and_then(|r: &Reading| r.get(q));
            value.map_or_else(|| "–".to_owned(), |v| format!("{v:.digits$}"))
        };
        let digits = usize::from(self.quantity != Quantity::Humidity);
        let mut words =
            format!("{}, {}   now {}", self.title, self.unit, value(self.quantity, digits));
        if self.quantity == Quantity::Wind {
            words += &format!(
                " from {}°, gust {}",
                value(Quantity::WindFrom, 0),
                value(Quantity::Gust, 1)
            );
            words += "   (line: mean, dots: gusts, arrows fly with the wind)";
        }
        words
    }
}
