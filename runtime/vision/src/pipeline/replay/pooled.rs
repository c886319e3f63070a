//! Scores of all starts together, and how far they could be off because only these events were seen.

use super::scored::Scored;
use super::scores::{ARRIVAL_HEADINGS, ReportedScores, ScoreRow, ScoreTable, Tally, arrival_row};
use crate::score::{Interval, interval};

/// Leads shown in tables.
const SHOWN: [usize; 4] = [1, 5, 10, 20];
/// Bootstrap: share of draws inside, draws, seed.
pub(super) const LEVEL: f64 = 0.95;
pub(super) const DRAWS: usize = 1000;
pub(super) const SEED: u64 = 1;

/// Scores of one method over all events.
pub(super) struct PooledMethod {
    /// Sums.
    pub(super) tally: Tally,
    /// Of each lead the intervals of the scores that have one, in the order of
    /// [`ReportedScores::intervals`]; none of a lead that no table shows.
    pub(super) lead_intervals: Vec<Vec<Option<Interval>>>,
    /// Of a fire, that of the mean error of arrival times.
    pub(super) arrival_interval: Option<Interval>,
}

/// Scores of all starts together.
pub(super) struct Pooled {
    /// In the order of [`Scored::methods`].
    pub(super) methods: Vec<PooledMethod>,
    /// The leads that are shown.
    pub(super) table: ScoreTable,
    /// Arrival errors of a fire; no rows of another film.
    pub(super) arrivals: ScoreTable,
    /// Why there is no interval, where there is none.
    pub(super) interval_note: Option<String>,
}

impl Pooled {
    /// Pools all events.
    pub(super) fn of(scored: &Scored) -> Self {
        let leads = scored.scored_events().map(|e| e.tallies[0].leads.len()).max();
        let shown = shown(leads.unwrap_or(0));
        let pool = |m: usize| {
            let events: Vec<Tally> = scored.scored_events().map(|e| e.tallies[m].clone()).collect();
            PooledMethod::of(&events, &shown, scored.reported)
        };
        let methods: Vec<PooledMethod> = (0..scored.methods.len()).map(pool).collect();
        let mut rows = Vec::new();
        for lead in shown {
            let named = scored.methods.iter().zip(&methods);
            rows.extend(named.filter_map(|(name, m)| m.row(name, lead, scored.reported)));
        }
        let table =
            ScoreTable { headings: [&["method", "lead"], scored.reported.headings].concat(), rows };
        let named = scored.methods.iter().zip(&methods);
        let rows = named.filter_map(|(name, m)| Some(arrival_row(name, m.tally.arrival.as_ref()?)));
        let arrivals = ScoreTable { headings: ARRIVAL_HEADINGS.to_vec(), rows: rows.collect() };
        let interval_note = (scored.scored_events().count() < 2).then(|| {
            let event = scored.reported.event;
            format!("one event only: no interval is given, because starts of one {event} are alike")
        });
        Self { methods, table, arrivals, interval_note }
    }
}

impl PooledMethod {
    /// Pools one method's sums over `events`; intervals are those of the `shown` leads.
    fn of(events: &[Tally], shown: &[usize], reported: &ReportedScores) -> Self {
        let mut tally = Tally::default();
        events.iter().for_each(|t| tally += t);
        let of = |score: &dyn Fn(&Tally) -> Option<f64>| -> Option<Interval> {
            (events.len() > 1).then(|| interval(events, score, LEVEL, DRAWS, SEED)).flatten()
        };
        let of_lead = |lead: usize| -> Vec<Option<Interval>> {
            if !shown.contains(&lead) {
                return Vec::new();
            }
            let scores = reported.intervals.iter().map(|(_, score)| score);
            scores.map(|score| of(&|t| t.leads.get(lead - 1).and_then(score))).collect()
        };
        let lead_intervals = (1..=tally.leads.len()).map(of_lead).collect();
        let mae = |t: &Tally| t.arrival.as_ref().and_then(|a| a.mae_frames());
        let arrival_interval = tally.arrival.and_then(|_| of(&mae));
        Self { tally, lead_intervals, arrival_interval }
    }

    /// Row of the lead, counted from 1, where it was seen.
    fn row(&self, name: &str, lead: usize, reported: &ReportedScores) -> Option<ScoreRow> {
        let sums = self.tally.leads.get(lead - 1)?;
        let first = self.lead_intervals[lead - 1].first().copied().flatten();
        let cells = (reported.cells)(sums, first);
        Some(ScoreRow { method: name.to_owned(), lead: Some(lead), cells })
    }
}

/// Leads that tables show of so many: some, and the last.
fn shown(leads: usize) -> Vec<usize> {
    let mut shown: Vec<usize> = SHOWN.into_iter().filter(|l| *l <= leads).collect();
    if leads > 0 && shown.last() != Some(&leads) {
        shown.push(leads);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_show_a_few_leads_and_the_last() {
        for (leads, want) in [
            (0, &[][..]),
            (1, &[1]),
            (4, &[1, 4]),
            (10, &[1, 5, 10]),
            (12, &[1, 5, 10, 12]),
            (48, &[1, 5, 10, 20, 48]),
        ] {
            assert_eq!(shown(leads), want);
        }
    }
}
