//! The queue to a broker: what it is to keep, the newest of each topic, said again only where it has changed.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

/// Something to publish.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) topic: String,
    pub(super) retain: bool,
    pub(super) payload: Vec<u8>,
    /// What it is.
    pub(super) of: Of,
}

/// What a parcel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// The station's state.
    State,
    /// The message of the outbox of this number.
    Outbox(u64),
    /// A picture.
    Picture,
}

/// What is to be sent on a line that stands.
#[derive(Debug, Default)]
pub(super) struct Queue {
    parcels: VecDeque<Parcel>,
    /// What was last said under a retained topic.
    retained: BTreeMap<String, Vec<u8>>,
}

impl Queue {
    /// The next of it.
    pub(super) fn next(&mut self) -> Option<Parcel> {
        self.parcels.pop_front()
    }

    /// Queues what a broker is to keep, in place of what waits under the same topic.
    pub(super) fn say(&mut self, topic: String, payload: Vec<u8>) {
        match self.parcels.iter_mut().find(|parcel| parcel.topic == topic) {
            Some(waits) => waits.payload = payload,
            None => {
                self.parcels.push_back(Parcel { topic, retain: true, payload, of: Of::State });
            }
        }
    }

    /// The same, where it is not what was said last.
    pub(super) fn change(&mut self, topic: String, said: &Value) {
        let payload = said.to_string().into_bytes();
        if self.retained.get(&topic) != Some(&payload) {
            self.retained.insert(topic.clone(), payload.clone());
            self.say(topic, payload);
        }
    }

    /// All is said again.
    pub(super) fn forget(&mut self) {
        self.retained.clear();
    }

    /// Nothing of what waits is said any more.
    pub(super) fn clear(&mut self) {
        self.parcels.clear();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_newest_of_each_topic_waits_and_what_is_the_same_is_not_said_again() {
        let mut queue = Queue::default();
        let all = |queue: &mut Queue| {
            let next = std::iter::from_fn(|| queue.next());
            next.map(|p| (p.topic, String::from_utf8(p.payload).unwrap())).collect::<Vec<_>>()
        };
        let pair = |topic: &str, payload: &str| (topic.to_owned(), payload.to_owned());
        queue.change("a".to_owned(), &json!(1));
        queue.change("b".to_owned(), &json!(2));
        queue.change("a".to_owned(), &json!(3));
        assert_eq!(all(&mut queue), [pair("a", "3"), pair("b", "2")]);
        queue.change("a".to_owned(), &json!(3));
        assert_eq!(all(&mut queue), []);
        queue.forget();
        queue.change("a".to_owned(), &json!(3));
        queue.say("c".to_owned(), b"4".to_vec());
        assert_eq!(all(&mut queue), [pair("a", "3"), pair("c", "4")]);
    }
}
