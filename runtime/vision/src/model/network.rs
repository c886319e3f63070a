//! The interface of every network: a clip in, a forecast or an estimate out.

use std::ops::ControlFlow;

use super::error::ModelError;
use super::golden::{Check, Golden};
use crate::clip::Clip;
use crate::forecast::{Estimate, Forecast, StageSeconds};

/// What is asked of one run of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Leads to forecast, at least 1; those beyond the network's own are rolled out.
    pub leads: usize,
    /// Members of an ensemble, at least 1; only a network that takes noise gives more.
    pub members: usize,
    /// What the noise is drawn from: the same seed gives the same members.
    pub seed: u64,
}

impl RunOptions {
    /// One member of so many leads.
    #[must_use]
    pub fn leads(leads: usize) -> Self {
        Self { leads, members: 1, seed: 0 }
    }
}

/// Hears of parts done and of how many; when it breaks, the work is called off.
pub type Progress<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// A network of one model in an engine.
pub trait Network: Send + Sync {
    /// Which form of the network runs, for people: `streaming split`.
    fn form(&self) -> &'static str;

    /// Most members of an ensemble it is worth asking for; 1 for a network that takes no noise.
    fn members_max(&self) -> usize;

    /// Least bytes that a forecast of `leads` leads of frames of `height` × `width` takes.
    fn bytes(&self, height: usize, width: usize, leads: usize) -> u64;

    /// Forecasts beyond the end of `clip`; `progress` hears of parts done.
    ///
    /// # Errors
    /// [`ModelError`] from the engine, [`ModelError::NotFinite`], [`ModelError::Stopped`], or [`ModelError::Unsuited`] for a
    /// clip of another length or task.
    fn forecast(
        &self,
        clip: &Clip,
        options: RunOptions,
        progress: &mut Progress<'_>,
    ) -> Result<(Forecast, StageSeconds), ModelError>;

    /// Estimates the parameters of what moves in `clip`; `None` from a network that knows none.
    ///
    /// # Errors
    /// As [`Self::forecast`].
    fn estimate(&self, _clip: &Clip) -> Result<Option<Estimate>, ModelError> {
        Ok(None)
    }

    /// Replays a golden clip and compares its answer.
    fn replay(&self, golden: &Golden) -> Check;

    /// Lets go of what is kept from earlier clips, so that the next one is run anew.
    fn forget(&self) {}
}
