//! Reach: how far a forecast is to go.

/// How far a forecast is to reach.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Reach {
    /// As far as is usual.
    #[default]
    Usual,
    /// So many leads.
    Leads(usize),
    /// So many seconds, whatever the leads.
    Until(f64),
}
