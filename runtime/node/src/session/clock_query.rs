//! Questions for the clock of one start of a node: when one is due, and which answer belongs to it.

use std::time::Duration;

use emberline_wire::ClockRequest;

/// Time between two questions while none was answered.
const UNANSWERED: Duration = Duration::from_millis(300);
/// Time between two questions after that.
const ANSWERED: Duration = Duration::from_secs(600);
/// How long readings wait for the first answer.
const READINGS_WAIT: Duration = Duration::from_secs(5);

/// Questions for the clock of one start of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockQuery {
    /// When this start was first heard of.
    since: Duration,
    /// Whether any question was answered.
    answered: bool,
    /// When the next question is due.
    next: Duration,
    /// The question that is not answered yet, and when it was sent.
    open: Option<(u16, Duration)>,
    token: u16,
}

/// An answer to the open question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Answer {
    /// Time from question to answer.
    pub(super) took: Duration,
    /// Whether it is the first of this start.
    pub(super) is_first: bool,
}

impl ClockQuery {
    /// No question yet, of a start that is heard of at `since`.
    pub(super) fn new(since: Duration, token: u16) -> Self {
        Self { since, answered: false, next: since, open: None, token }
    }

    /// The token of the last question; those of the next start go on from there.
    pub(super) fn token(&self) -> u16 {
        self.token
    }

    /// Whether readings of this start wait for its first answer, which dates them.
    pub(super) fn holds_readings(&self, since: Duration) -> bool {
        !self.answered && since < self.since + READINGS_WAIT
    }

    /// The next question, if it is due.
    pub(super) fn ask(&mut self, since: Duration) -> Option<ClockRequest> {
        if since < self.next {
            return None;
        }
        self.token = self.token.wrapping_add(1);
        self.open = Some((self.token, since));
        self.next = since + UNANSWERED;
        Some(ClockRequest { token: self.token })
    }

    /// Takes an answer; `None` if it belongs to no open question.
    pub(super) fn answer(&mut self, token: u16, since: Duration) -> Option<Answer> {
        let (_, asked) = self.open.take_if(|(open, _)| *open == token)?;
        let is_first = !std::mem::replace(&mut self.answered, true);
        self.next = since + ANSWERED;
        Some(Answer { took: since.saturating_sub(asked), is_first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_to_the_open_question_counts() {
        let ms = Duration::from_millis;
        let mut query = ClockQuery::new(ms(1000), 7);
        assert_eq!(query.ask(ms(1000)).map(|q| q.token), Some(8));
        assert_eq!(query.ask(ms(1299)).map(|q| q.token), None);
        assert_eq!(query.ask(ms(1300)).map(|q| q.token), Some(9));
        assert!(query.holds_readings(ms(5999)) && !query.holds_readings(ms(6000)));
        assert_eq!(query.answer(8, ms(1310)), None, "that question is given up");
        let first = Answer { took: ms(20), is_first: true };
        assert_eq!(query.answer(9, ms(1320)), Some(first));
        assert_eq!(query.answer(9, ms(1330)), None, "it is answered");
        assert!(!query.holds_readings(ms(1330)));
        assert_eq!(query.ask(ms(601_319)).map(|q| q.token), None);
        assert_eq!(query.ask(ms(601_320)).map(|q| q.token), Some(10));
        assert_eq!(query.answer(10, ms(601_400)).map(|a| a.is_first), Some(false));
    }
}
