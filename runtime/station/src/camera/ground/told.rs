//! What is told of a camera's ground.

use jiff::Timestamp;

use crate::source::State;

/// What is told of a camera's ground.
#[derive(Clone, Debug, Default)]
pub(in crate::camera) struct Told {
    /// Why nothing is forecast, and since when, where that is so.
    trouble: Option<(State, String, Timestamp)>,
    /// What else a person should know.
    pub(in crate::camera) notes: Vec<String>,
    /// What came by the line of telemetry and is of no use, by reason.
    pub(in crate::camera) left_out: Vec<(&'static str, u64)>,
}

impl Told {
    /// The state of the ground and why, where nothing can be forecast from it.
    pub(in crate::camera) fn trouble(&self) -> Option<(State, String)> {
        let (state, why, since) = self.trouble.as_ref()?;
        Some((*state, format!("{why} (since {})", since.strftime("%H:%M:%SZ"))))
    }

    /// This ails it at `utc`; what ails it in the same way has done so for longer. Says what to log, where that is new.
    pub(super) fn ails(
        &mut self,
        trouble: Option<(State, String)>,
        utc: Timestamp,
    ) -> Option<String> {
        let before = self.trouble.take();
        let (state, why) = match trouble {
            Some(trouble) => trouble,
            None => return before.map(|_| "frames can be laid on the ground again".to_owned()),
        };
        let same = before.filter(|(of, ..)| *of == state);
        let says = same.as_ref().is_none_or(|(_, before, _)| *before != why).then(|| why.clone());
        let since = same.map_or(utc, |(.., since)| since);
        self.trouble = Some((state, why, since));
        says
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ails_it_is_told_with_its_beginning_and_logged_once() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let (mut told, gone) = (Told::default(), || Some((State::NoPose, "gone".to_owned())));
        assert_eq!(told.ails(None, at(0)), None);
        assert_eq!(told.ails(gone(), at(5)).as_deref(), Some("gone"));
        assert_eq!(told.ails(gone(), at(9)), None);
        assert_eq!(told.trouble(), Some((State::NoPose, "gone (since 00:00:05Z)".to_owned())));
        let other = Some((State::Unsteady, "off".to_owned()));
        assert_eq!(told.ails(other, at(70)).as_deref(), Some("off"));
        assert_eq!(told.trouble().unwrap().1, "off (since 00:01:10Z)");
        assert!(told.ails(None, at(80)).is_some() && told.trouble().is_none());
    }
}
