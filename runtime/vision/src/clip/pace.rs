//! Pace: how far apart the frames of a clip are, and the leads of its forecast.

use crate::task::Task;

/// A network's step that is aimed at where a film of rain has another, seconds: that of most radars.
const USUAL_S: f64 = 300.0;
/// Least seconds between leads of rain where none were asked for: nearer ones tell nothing more.
const LEAST_S: f64 = 240.0;
/// Share by which a step may lie outside a network's range: times are measured.
const ROUNDING: f64 = 0.01;

/// Seconds between the frames of a clip, and how many such steps a lead is.
///
/// Of fire and of any film both are the film's step, or the one asked for. A network of rain knows steps
/// of some minutes: of a finer film frames are left out, of a coarser one they are interpolated along the
/// motion and the network takes several steps a lead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Seconds between the frames of a clip, which is a network's step.
    pub step_s: f64,
    /// Steps a lead.
    pub lead_steps: usize,
}

impl Pace {
    /// The pace of a film with a step of `film_s`, where leads are to be `asked_s` apart, for a network
    /// that takes steps of `range_s`, shortest first.
    #[must_use]
    pub fn of(task: Task, film_s: f64, asked_s: Option<f64>, range_s: [f64; 2]) -> Self {
        let lead_s = asked_s.unwrap_or(film_s);
        if task != Task::Rain || !(lead_s.is_finite() && lead_s > 0.0) {
            return Self { step_s: lead_s, lead_steps: 1 };
        }
        let fits = |step_s: f64| {
            (range_s[0] * (1.0 - ROUNDING)..=range_s[1] * (1.0 + ROUNDING)).contains(&step_s)
        };
        let off = |step_s: f64| (step_s / USUAL_S).ln().abs();
        let is_fine = asked_s.is_none() && lead_s < range_s[0].max(LEAST_S * (1.0 - ROUNDING));
        if fits(lead_s) && !is_fine {
            return Self { step_s: lead_s, lead_steps: 1 };
        }
        if is_fine {
            // Every so many frames.
            let most = (2.0 * USUAL_S / lead_s).ceil() as usize + 1;
            let steps = (1..=most).map(|n| n as f64 * lead_s);
            let step_s = steps.min_by(|a, b| off(*a).total_cmp(&off(*b))).unwrap_or(lead_s);
            return Self { step_s, lead_steps: 1 };
        }
        // Some steps a lead: those in the range first, then the nearest to the usual one.
        let most = (lead_s / range_s[0].max(1.0)).ceil().max(1.0) as usize;
        let worse = |n: usize| (!fits(lead_s / n as f64), off(lead_s / n as f64));
        let lead_steps = (1..=most)
            .min_by(|a, b| {
                let (a, b) = (worse(*a), worse(*b));
                a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
            })
            .unwrap_or(1);
        Self { step_s: lead_s / lead_steps as f64, lead_steps }
    }

    /// Seconds between leads.
    #[must_use]
    pub fn lead_s(self) -> f64 {
        self.step_s * self.lead_steps as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_of_rain_of_any_step_has_one_that_a_network_knows() {
        const MIN: f64 = 60.0;
        for (film_min, asked_min, step_min, lead_steps) in [
            (1.0, None, 5.0, 1),
            (2.0, None, 6.0, 1),
            (2.5, None, 5.0, 1),
            (3.0, None, 6.0, 1),
            (4.0, None, 4.0, 1),
            (5.0, None, 5.0, 1),
            (6.0, None, 6.0, 1),
            (7.0, None, 7.0, 1),
            (7.03, None, 7.03, 1),
            (7.5, None, 3.75, 2),
            (8.0, None, 4.0, 2),
            (10.0, None, 5.0, 2),
            (15.0, None, 5.0, 3),
            (10.0, Some(5.0), 5.0, 1),
            (5.0, Some(10.0), 5.0, 2),
            (5.0, Some(15.0), 5.0, 3),
            (5.0, Some(60.0), 5.0, 12),
            (2.0, Some(4.0), 4.0, 1),
            (5.0, Some(6.0), 6.0, 1),
            (5.0, Some(1.0), 1.0, 1),
        ] {
            let asked_s = asked_min.map(|min: f64| min * MIN);
            let pace = Pace::of(Task::Rain, film_min * MIN, asked_s, [240.0, 420.0]);
            let want = Pace { step_s: step_min * MIN, lead_steps };
            assert_eq!(pace, want, "{film_min} {asked_min:?}");
            assert!(
                (pace.lead_s() / MIN - asked_min.unwrap_or(film_min.max(step_min))).abs() < 1e-9
            );
        }
        for task in [Task::FireFront, Task::Frames] {
            let pace = Pace::of(task, 10.0, None, [240.0, 420.0]);
            assert_eq!(pace, Pace { step_s: 10.0, lead_steps: 1 });
            let pace = Pace::of(task, 10.0, Some(30.0), [240.0, 420.0]);
            assert_eq!(pace, Pace { step_s: 30.0, lead_steps: 1 });
        }
    }
}
