//! A session with a camera: asked for, played and read, with a deadline on every answer.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use emberline_vision::source::StreamCodec;
use futures_core::Stream as _;
use jiff::Timestamp;
use retina::client::{
    Credentials, Demuxed, InitialTimestampPolicy, PlayOptions, SessionGroup, SessionOptions,
    SetupOptions, TcpTransportOptions, Transport as By, UdpTransportOptions,
};
use retina::codec::{
    CodecItem, FrameFormat, ParameterSetInsertion, ParametersRef, VideoFrame, VideoParametersCodec,
};
use retina::rtcp::ReceivedCompoundPacket;
use tokio::time::timeout;
use url::Url;

use super::backlog::Coded;
use super::fault;
use crate::config::Transport;
use crate::source::Fault;

/// Longest wait for each answer of a camera.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

/// The camera that is asked.
pub(super) struct Target {
    pub(super) url: Url,
    /// Host and port, for messages.
    pub(super) host: String,
    pub(super) transport: Transport,
    pub(super) login: Option<Credentials>,
    /// Sessions that may still have to be ended.
    pub(super) group: Arc<SessionGroup>,
}

/// What a session gives.
#[derive(Debug)]
pub(super) enum Item {
    /// A coded picture.
    Picture(Coded),
    /// A sender report: the second of the stream, what the camera's clock showed then (Unix seconds), and
    /// when it came.
    Report { stream_s: f64, camera_s: f64, came: Timestamp },
    /// Something else: the camera is alive.
    Other,
}

/// A stream that is being sent.
pub(super) struct Session {
    demuxed: Demuxed,
    pub(super) codec: StreamCodec,
    host: String,
    login: bool,
    /// Which of the camera's streams it is.
    stream: usize,
    /// Whether a picture of it has come.
    begun: bool,
}

/// Asks `target` for its video, and to send it.
///
/// # Errors
/// One line that says which answer is missing or what it means.
pub(super) async fn open(target: Target) -> Result<Session, Fault> {
    let Target { url, host, transport, login, group } = target;
    let with_login = login.is_some();
    let late = |what: &str| {
        let wait_s = ANSWER.as_secs();
        let fix = "look after the camera and its line";
        fault::passing(&host, &format!("no answer to {what} for {wait_s} s: {fix}"))
    };
    let wrong = |e: retina::Error| fault::of_error(&host, &e, with_login);
    let options = SessionOptions::default()
        .creds(login)
        .user_agent(format!("emberline/{}", env!("CARGO_PKG_VERSION")))
        .session_group(group);
    let described = retina::client::Session::describe(url, options);
    let mut session =
        timeout(ANSWER, described).await.map_err(|_| late("DESCRIBE"))?.map_err(wrong)?;
    let found = session.streams().iter().enumerate().find_map(|(k, stream)| {
        let codec = match (stream.media(), stream.encoding_name()) {
            ("video", "h264") => StreamCodec::H264,
            ("video", "h265") => StreamCodec::H265,
            _ => return None,
        };
        Some((k, codec))
    });
    let Some((stream, codec)) = found else {
        let offered = session.streams().iter().map(|s| (s.media(), s.encoding_name()));
        return Err(fault::no_stream(&host, offered));
    };
    let by = match transport {
        Transport::Tcp => By::Tcp(TcpTransportOptions::default()),
        Transport::Udp => By::Udp(UdpTransportOptions::default()),
    };
    let format = FrameFormat {
        parameter_set_insertion: ParameterSetInsertion::EachKeyFrame,
        ..FrameFormat::MP4
    };
    let setup = session.setup(stream, SetupOptions::default().transport(by).frame_format(format));
    timeout(ANSWER, setup).await.map_err(|_| late("SETUP"))?.map_err(wrong)?;
    // Cameras tell first times that are none.
    let play = PlayOptions::default().initial_timestamp(InitialTimestampPolicy::Ignore);
    let played = timeout(ANSWER, session.play(play)).await;
    let demuxed = played.map_err(|_| late("PLAY"))?.map_err(wrong)?.demuxed().map_err(wrong)?;
    Ok(Session { demuxed, codec, host, login: with_login, stream, begun: false })
}

impl Session {
    /// What comes next.
    ///
    /// # Errors
    /// Why nothing more comes.
    pub(super) async fn next(&mut self) -> Result<Item, Fault> {
        let next = poll_fn(|cx| Pin::new(&mut self.demuxed).poll_next(cx)).await;
        self.item(next)
    }

    /// What has come already.
    ///
    /// # Errors
    /// Why nothing more comes.
    pub(super) async fn ready(&mut self) -> Result<Option<Item>, Fault> {
        let next = poll_fn(|cx| {
            Poll::Ready(match Pin::new(&mut self.demuxed).poll_next(cx) {
                Poll::Ready(next) => Some(next),
                Poll::Pending => None,
            })
        });
        next.await.map(|next| self.item(next)).transpose()
    }

    fn item(&mut self, next: Option<Result<CodecItem, retina::Error>>) -> Result<Item, Fault> {
        match next {
            None => Err(fault::passing(&self.host, "the stream ended")),
            Some(Err(e)) => Err(fault::of_error(&self.host, &e, self.login)),
            Some(Ok(CodecItem::VideoFrame(frame))) => Ok(Item::Picture(self.coded(frame))),
            Some(Ok(CodecItem::Rtcp(packet))) => Ok(report(&packet).unwrap_or(Item::Other)),
            Some(Ok(_)) => Ok(Item::Other),
        }
    }

    /// A coded picture, with parameter sets before it where they are new.
    fn coded(&mut self, frame: VideoFrame) -> Coded {
        // The library takes sets out of the stream, and puts them only before pictures that nothing shown
        // earlier follows; a decoder can begin at others too.
        let first = !std::mem::replace(&mut self.begun, true);
        let new = first || frame.has_new_parameters();
        let mut bytes = if new { self.sets() } else { Vec::new() };
        let context = frame.end_ctx();
        let (came, came_utc) = (context.received(), SystemTime::from(context.received_wall()));
        let (ticks, stream_s) = (frame.timestamp().timestamp(), frame.timestamp().elapsed_secs());
        let loss = frame.loss() > 0;
        match bytes.is_empty() {
            true => bytes = frame.into_data(),
            false => bytes.extend(frame.into_data()),
        }
        let came_utc = Timestamp::try_from(came_utc).unwrap_or_else(|_| Timestamp::now());
        Coded { bytes, ticks, stream_s, key: false, loss, came, came_utc }
    }

    /// The parameter sets of the stream, each behind four bytes of length.
    fn sets(&self) -> Vec<u8> {
        let stream = self.demuxed.streams().get(self.stream);
        let Some(ParametersRef::Video(told)) = stream.and_then(|s| s.parameters()) else {
            return Vec::new();
        };
        let sets = match told.codec_params() {
            VideoParametersCodec::H264 { sps, pps } => vec![sps, pps],
            VideoParametersCodec::H265 { vps, sps, pps } => vec![vps, sps, pps],
            _ => Vec::new(),
        };
        let length = |set: &[u8]| u32::try_from(set.len()).unwrap_or(0).to_be_bytes();
        sets.iter().flat_map(|set| length(set).into_iter().chain(set.iter().copied())).collect()
    }
}

/// The sender report of a packet, where it begins with one whose clock is set.
fn report(packet: &ReceivedCompoundPacket) -> Option<Item> {
    let stream_s = packet.rtp_timestamp()?.elapsed_secs();
    let report = packet.pkts().next()?.as_sender_report().ok()??;
    let ntp = report.ntp_timestamp().0;
    let since_1970 = ntp.wrapping_sub(retina::UNIX_EPOCH.0);
    let camera_s = since_1970 as f64 / 2f64.powi(32);
    let came = SystemTime::from(packet.ctx().received_wall());
    let came = Timestamp::try_from(came).ok()?;
    // Senders without a clock write zero.
    (ntp != 0).then_some(Item::Report { stream_s, camera_s, came })
}
