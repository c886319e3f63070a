//! systemd: what the service manager is told, where one listens.

use std::time::Duration;

/// What it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice<'a> {
    /// The page is there and cameras are read.
    Ready,
    /// Another configuration is read; `Ready` follows.
    Reloading,
    /// A forecast was made, or withheld with a reason, and every thread is alive.
    Watchdog,
    /// How the station fares, a line.
    Status(&'a str),
    /// It ends.
    Stopping,
}

/// Tells systemd; nothing where the program does not run under it.
#[cfg(unix)]
pub(crate) fn tell(notice: Notice<'_>) {
    use sd_notify::NotifyState;
    let told = match notice {
        Notice::Ready => sd_notify::notify(&[NotifyState::Ready]),
        Notice::Reloading => match NotifyState::monotonic_usec_now() {
            Ok(now) => sd_notify::notify(&[NotifyState::Reloading, now]),
            Err(cause) => Err(cause),
        },
        Notice::Watchdog => sd_notify::notify(&[NotifyState::Watchdog]),
        Notice::Status(line) => sd_notify::notify(&[NotifyState::Status(line)]),
        Notice::Stopping => sd_notify::notify(&[NotifyState::Stopping]),
    };
    // Whoever listened has gone: the station goes on.
    let _ = told;
}

#[cfg(not(unix))]
pub(crate) fn tell(_: Notice<'_>) {}

/// Within what time systemd wants to hear of us.
#[cfg(unix)]
pub(crate) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

#[cfg(not(unix))]
pub(crate) fn watchdog() -> Option<Duration> {
    None
}
