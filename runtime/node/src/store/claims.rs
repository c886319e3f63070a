//! Claims: on which port each node was heard, to find two nodes that have one number.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::id::NodeId;

/// A node that moves to another port and back within this time is two nodes: one speaks each minute at
/// least, and a plug is moved once.
const TOGETHER: Duration = Duration::from_secs(200);
/// That two nodes have one number is reported again after this time.
const REPORT_AGAIN: Duration = Duration::from_secs(3600);

/// On which port each node was last heard.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<NodeId, Claim>);

#[derive(Debug)]
struct Claim {
    port: String,
    /// When the node last came from another port.
    moved: Option<Duration>,
    reported: Option<Duration>,
}

impl Claims {
    /// `node` was heard on `port` at `since`; returns another port on which it is heard at the same time,
    /// now and then.
    pub(super) fn take(&mut self, node: NodeId, port: &str, since: Duration) -> Option<String> {
        let new = || Claim { port: port.to_owned(), moved: None, reported: None };
        let claim = self.0.entry(node).or_insert_with(new);
        if claim.port == port {
            return None;
        }
        let other = std::mem::replace(&mut claim.port, port.to_owned());
        let again = claim.moved.replace(since).is_some_and(|moved| since < moved + TOGETHER);
        let is_due = claim.reported.is_none_or(|reported| since > reported + REPORT_AGAIN);
        (again && is_due).then(|| {
            claim.reported = Some(since);
            other
        })
    }
}
