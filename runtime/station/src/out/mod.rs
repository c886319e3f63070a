//! Out: the receivers of the outbox, each with a thread that sends what is next until it has arrived.

mod discovery;
mod files;
mod follow;
pub(crate) mod forecast;
mod line;
mod mqtt;
mod pictures;
mod queue;
mod webhook;

pub(crate) use files::FilesWorker;
pub use line::{Line, LineHealth};
pub(crate) use mqtt::MqttWorker;
pub(crate) use webhook::WebhookWorker;

/// Names of the receivers in the outbox.
pub(crate) const FILES: &str = "files";
pub(crate) const MQTT: &str = "mqtt";
pub(crate) const WEBHOOK: &str = "webhook";
