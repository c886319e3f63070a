//! Fillers: numbers such as 99 or 99.9 that stand in several columns of a row for values that are missing.

use super::note::{SeriesNoteKind, SeriesNotes};
use crate::reading::{Quantity, Reading};

/// Numbers that loggers write where they have none.
const FILLERS: [f64; 10] = [99.0, 99.9, 99.99, 999.0, 999.9, 999.99, 9999.0, 9999.9, -99.0, -99.9];

/// Units in which tables hold a quantity: factor and offset to ours.
const fn units(q: Quantity) -> &'static [(f64, f64)] {
    match q {
        Quantity::Temp => &[(1.0, 0.0), (1.0 / 1.8, -32.0 / 1.8), (1.0, -273.15)],
        Quantity::Wind | Quantity::Gust => {
            &[(1.0, 0.0), (1.0 / 3.6, 0.0), (1852.0 / 3600.0, 0.0), (0.447_04, 0.0)]
        }
        Quantity::Rain => &[(1.0, 0.0), (25.4, 0.0)],
        Quantity::Pressure => &[(1.0, 0.0), (0.01, 0.0), (10.0, 0.0), (33.863_89, 0.0)],
        Quantity::Humidity | Quantity::WindFrom => &[(1.0, 0.0)],
    }
}

/// Quantities of which such a number is no usual value; a pressure of 999 hPa is one.
const UNUSUAL: [Quantity; 4] = [Quantity::Temp, Quantity::Wind, Quantity::Gust, Quantity::Rain];

/// Makes fillers missing: a number that stands in two columns of a row or more, one of which never shows it
/// by chance; and, where a row has shown it, alone in such a column too.
pub(crate) fn drop_fillers(readings: &mut [Reading], notes: &mut SeriesNotes) {
    let mut seen = [false; FILLERS.len()];
    for r in readings.iter_mut().filter(|r| is_odd(r)) {
        for (k, filler) in FILLERS.into_iter().enumerate() {
            let has = |q: &Quantity| holds(r, *q, filler);
            if UNUSUAL.iter().any(has) && Quantity::ALL.iter().filter(|q| has(q)).count() >= 2 {
                seen[k] = true;
                drop_filler(r, &Quantity::ALL, filler, notes);
            }
        }
    }
    if seen.contains(&true) {
        for r in readings.iter_mut() {
            for (_, filler) in seen.iter().zip(FILLERS).filter(|(seen, _)| **seen) {
                drop_filler(r, &UNUSUAL, filler, notes);
            }
        }
    }
}

/// Whether a row may hold a filler at all, for most rows do not.
fn is_odd(r: &Reading) -> bool {
    let high = |v: Option<f64>, most: f64| v.is_some_and(|v| !(-70.0..=most).contains(&v));
    high(r.temp_c, 37.0)
        || high(r.wind_m_s, 27.0)
        || high(r.gust_m_s, 27.0)
        || high(r.rain_mm, 98.0)
}

fn drop_filler(r: &mut Reading, of: &[Quantity], filler: f64, notes: &mut SeriesNotes) {
    for q in of {
        if holds(r, *q, filler) {
            r.set(*q, None);
            notes.add(SeriesNoteKind::Filler, || format!("{} {q}: {filler}", r.time));
        }
    }
}

/// Whether a value is the filler, in whichever unit its table has it.
fn holds(r: &Reading, q: Quantity, filler: f64) -> bool {
    let Some(v) = r.get(q) else { return false };
    units(q).iter().any(|(factor, offset)| (v - (factor * filler + offset)).abs() < 1e-6)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_number_in_several_columns_of_a_row_is_missing() {
        let row = |temp: f64, rh: f64, wind: f64, gust: f64, rain: f64| Reading {
            temp_c: Some(temp),
            rh_percent: Some(rh),
            wind_m_s: Some(wind),
            gust_m_s: Some(gust),
            rain_mm: Some(rain),
            ..Reading::new(Timestamp::UNIX_EPOCH)
        };
        for (rows, left) in [
            (vec![row(20.0, 40.0, 3.0, 99.9, 99.9)], vec![3]),
            (vec![row(20.0, 99.0, 99.0, 99.0, 0.0)], vec![2]),
            // 99.9 °F and 99.9 mph.
            (vec![row(37.722_222_222_222_22, 40.0, 44.659_296, 50.0, 0.0)], vec![3]),
            // Alone it may be a value, until another row has shown what it is.
            (vec![row(20.0, 99.0, 3.0, 6.0, 0.0), row(20.0, 40.0, 3.0, 6.0, 99.0)], vec![5, 5]),
            (vec![row(20.0, 99.0, 3.0, 6.0, 99.9), row(20.0, 40.0, 3.0, 99.9, 99.9)], vec![4, 3]),
        ] {
            let mut got = rows.clone();
            let mut notes = SeriesNotes::default();
            drop_fillers(&mut got, &mut notes);
            let count = |r: &Reading| Quantity::ALL.iter().filter(|q| r.get(**q).is_some()).count();
            assert_eq!(got.iter().map(count).collect::<Vec<_>>(), left, "{rows:?}");
            let gone = 5 * rows.len() - left.iter().sum::<usize>();
            assert_eq!(notes.count(SeriesNoteKind::Filler), gone);
        }
    }
}
