//! Likely rain: from chances to one field, the largest rate whose chance passes its cut.
//!
//! A cut is the forecast's own: of all cuts the one whose area is expected to have the best critical success
//! index, by the chances themselves. That area grows where chances are small, so it is bounded: by the area
//! that the last frame has when carried, which needs no chance to be right, and at longer leads more and
//! more by the area that the chances expect. Heavy rain, whose chances are the least sure, is bounded by the
//! carried area, at longer leads more and more by that of the last frame where this is smaller: what stands at
//! the border flows in without end when carried, and heavy rain does not.

/// Steps in which chances are counted.
const BINS: usize = 1000;
/// Times the area looked for that may pass.
const AREA: f64 = 1.1;
/// Lead from which only the chances tell that area, minutes.
const ALL_EXPECTED_MIN: f64 = 120.0;
/// Rate from which on they do not, mm/h.
const HEAVY_MM_H: f32 = 5.0;
/// Lead from which heavy rain covers no more than was seen, minutes.
const ALL_SEEN_MIN: f64 = 60.0;
/// Chances are cut to this distance from 0 and 1 where margins are told.
const ODDS_LEAST: f64 = 1e-3;
/// Log odds between the last rate and twice itself.
const BEYOND: f64 = 1.5;

/// Chances of one rate at one lead, counted.
pub(super) struct Counted {
    cells: Vec<f64>,
    hits: Vec<f64>,
    /// Cells that reach the rate in the last frame, and when it is carried.
    last: u64,
    carried: u64,
}

impl Counted {
    /// Of a rate that so many cells of the last frame reach; no chance yet.
    pub(super) fn new(last: u64) -> Self {
        Self { cells: vec![0.0; BINS + 1], hits: vec![0.0; BINS + 1], last, carried: 0 }
    }

    /// Where a chance in 0..1 is counted.
    #[inline(always)]
    pub(super) fn bin(chance: f32) -> u16 {
        (chance * BINS as f32 + 0.5) as i32 as u16
    }

    /// Counts a row of chances in their bins, of which `carried` cells reach the rate.
    #[inline(always)]
    pub(super) fn add(&mut self, bins: &[u16], chances: &[f32], carried: u32) {
        self.carried += u64::from(carried);
        // Most of a map is dry.
        let (mut none, mut hits) = (0u32, 0f32);
        for (bin, p) in bins.iter().zip(chances) {
            if *bin == 0 {
                none += 1;
                hits += p;
            } else if let (Some(cells), Some(sum)) =
                (self.cells.get_mut(usize::from(*bin)), self.hits.get_mut(usize::from(*bin)))
            {
                *cells += 1.0;
                *sum += f64::from(*p);
            }
        }
        self.cells[0] += f64::from(none);
        self.hits[0] += f64::from(hits);
    }

    /// The least chance that counts; none where nothing may pass.
    pub(super) fn cut(&self, minutes: f64, rate_mm_h: f32) -> Option<f64> {
        let expected: f64 = self.hits.iter().sum();
        if expected <= 0.0 {
            return None;
        }
        let (part, other) = match rate_mm_h >= HEAVY_MM_H {
            true => (minutes / ALL_SEEN_MIN, self.carried.min(self.last) as f64),
            false => (minutes / ALL_EXPECTED_MIN, expected),
        };
        let part = part.min(1.0);
        let of_carried = (self.carried as f64).max(1e-9).powf(1.0 - part);
        let most = AREA * of_carried * other.max(1e-9).powf(part);
        let (mut cells, mut hits, mut best) = (0.0, 0.0, None::<(f64, usize)>);
        for bin in (0..=BINS).rev() {
            (cells, hits) = (cells + self.cells[bin], hits + self.hits[bin]);
            if cells > most + 0.5 {
                break;
            }
            let score = hits / (cells + expected - hits).max(1e-9);
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, bin));
            }
        }
        best.map(|(_, bin)| (bin as f64 - 0.5).max(0.0) / BINS as f64)
    }
}

/// How chances of all rates become one rate at one lead.
pub(super) struct Cuts {
    /// Logarithms of the rates, and of twice the last.
    ln: Vec<f64>,
    /// Log odds that count, and chances; more than any where none does.
    odds: Vec<f64>,
    chances: Vec<f64>,
}

impl Cuts {
    pub(super) fn of(counted: &[Counted], rates_mm_h: &[f32], minutes: f64) -> Self {
        let cuts = counted.iter().zip(rates_mm_h).map(|(c, rate)| c.cut(minutes, *rate));
        let cuts: Vec<Option<f64>> = cuts.collect();
        let mut ln: Vec<f64> = rates_mm_h.iter().map(|rate| f64::from(*rate).ln()).collect();
        ln.push(ln.last().copied().unwrap_or(0.0) + std::f64::consts::LN_2);
        Self {
            ln,
            odds: cuts.iter().map(|cut| odds(cut.unwrap_or(1.0))).collect(),
            chances: cuts.iter().map(|cut| cut.unwrap_or(2.0)).collect(),
        }
    }

    /// The least chance of each rate that passes, in so many steps from 0 to 1.
    pub(super) fn least(&self, steps: f32) -> Vec<u32> {
        self.chances.iter().map(|chance| (chance * f64::from(steps)).ceil() as u32).collect()
    }

    /// Logarithm of the rate at a cell where `k` is the largest that passes, mm/h: towards the next rate by how
    /// clearly it does. Chances never rise from rate to rate.
    pub(super) fn ln_mm_h(&self, k: usize, chance: impl Fn(usize) -> f32) -> f64 {
        let margin = |k: usize| odds(f64::from(chance(k))) - self.odds[k];
        let over = margin(k).max(0.0);
        let under = if k + 1 < self.chances.len() { margin(k + 1) } else { margin(k) - BEYOND };
        let part = (over / (over - under.min(-1e-6))).clamp(0.0, 0.999);
        self.ln[k] + part * (self.ln[k + 1] - self.ln[k])
    }
}

/// Log odds of a chance.
fn odds(chance: f64) -> f64 {
    let chance = chance.clamp(ODDS_LEAST, 1.0 - ODDS_LEAST);
    (chance / (1.0 - chance)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(chances: &[f32], carried: u32) -> Counted {
        let mut counted = Counted::new(u64::from(carried));
        let bins: Vec<u16> = chances.iter().map(|p| Counted::bin(*p)).collect();
        counted.add(&bins, chances, carried);
        counted
    }

    #[test]
    fn a_cut_is_where_the_expected_score_is_best_and_the_area_no_larger_than_allowed() {
        // Four cells of .9 and many of .1: taking the four gives 3.6 of 4 + 7.6 - 3.6.
        let few: Vec<f32> = (0..44).map(|x| if x < 4 { 0.9 } else { 0.1 }).collect();
        let at = counted(&few, 40).cut(30.0, 1.0).unwrap();
        assert!((0.1..0.9).contains(&at), "{at}");
        // All alike, and all are more than may pass.
        assert!(counted(&[1.0 / 3.0; 30], 10).cut(30.0, 1.0).unwrap() > 0.9);
        assert_eq!(counted(&[0.0; 4], 4).cut(30.0, 1.0), None);
        assert!(counted(&[1.0; 4], 4).cut(30.0, 1.0).unwrap() <= 1.0);
        // Of heavy rain the carried area alone counts.
        let many = [0.4; 30];
        assert!(counted(&many, 30).cut(120.0, 5.0).unwrap() < 0.4);
        assert!(counted(&many, 10).cut(60.0, 5.0).unwrap() > 0.9);
    }

    #[test]
    fn the_field_rises_with_the_chances_and_stays_between_its_rates() {
        let rates = [0.1, 1.0, 10.0];
        let chance = |k: usize, x: usize| {
            let z = (x as f32 - 15.0 - 12.0 * k as f32) / 4.0;
            1.0 / (1.0 + (-z).exp())
        };
        let of = |k: usize| counted(&(0..60).map(|x| chance(k, x)).collect::<Vec<_>>(), 40);
        let all = [of(0), of(1), of(2)];
        let cuts = Cuts::of(&all, &rates, 30.0);
        let least = cuts.least(1e6);
        let passes = |k: usize, x: usize| (chance(k, x) * 1e6) as u32 >= least[k];
        let of = |x: usize| {
            let top = (0..3).rev().find(|k| passes(*k, x));
            top.map_or(0.0, |top| cuts.ln_mm_h(top, |k| chance(k, x)).exp())
        };
        let row: Vec<f64> = (0..60).map(of).collect();
        assert!(row[0] == 0.0 && row[59] > 10.0 && row[59] < 20.0, "{row:?}");
        assert!(row.windows(2).all(|p| p[1] >= p[0] - 1e-6), "{row:?}");
        for (k, rate) in rates.into_iter().enumerate() {
            let cut = all[k].cut(30.0, rate).unwrap();
            for (x, v) in row.iter().enumerate() {
                let passes = f64::from(chance(k, x)) >= cut;
                assert_eq!(passes, *v >= f64::from(rate) * (1.0 - 1e-9), "{rate} {x}: {v}");
            }
        }
    }
}
