//! `--cot`: the front goes to TAK by UDP and TCP, or one line says why it cannot.

use std::io::Read as _;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use jiff::Timestamp;
use roxmltree::Document;

use crate::room::{FILES, Room, SMALL, whole_of};

const BEGINS: [&str; 2] = ["--start-utc", "2026-08-01T12:00:00Z"];
const FAST: [&str; 4] = ["--engine", "tract", "--leads", "3"];

/// Seconds that nothing takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// An event: its uid, and when it goes stale. Its ring is closed, and holds the point.
fn event(text: &str) -> (String, Timestamp) {
    let document = Document::parse(text).expect("XML");
    let event = document.root_element();
    let of = |name: &str| event.attribute(name).unwrap_or_else(|| panic!("no {name}: {text}"));
    assert_eq!((event.tag_name().name(), of("type"), of("how")), ("event", "u-d-f", "m-g"));
    let time = |name: &str| of(name).parse::<Timestamp>().expect("a time");
    assert!(time("time") <= time("start") && time("start") < time("stale"), "{text}");
    let at = |text: &str| {
        let (lat, lon) = text.split_once(',').expect("two numbers");
        [lat, lon].map(|v| v.parse::<f64>().expect("a number"))
    };
    let links = event.descendants().filter(|n| n.tag_name().name() == "link");
    let ring: Vec<[f64; 2]> = links.map(|n| at(n.attribute("point").expect("a point"))).collect();
    assert!(ring.len() >= 4 && ring.len() <= 100 && ring.first() == ring.last(), "{text}");
    let point = event.descendants().find(|n| n.tag_name().name() == "point").expect("a point");
    let number = |name| point.attribute(name).expect("a place").parse().expect("a number");
    let [lat, lon]: [f64; 2] = ["lat", "lon"].map(number);
    let crosses = ring.windows(2).filter(|pair| {
        let [a, b] = [pair[0], pair[1]];
        let (low, high) = (a[0].min(b[0]), a[0].max(b[0]));
        let x = a[1] + (b[1] - a[1]) * (lat - a[0]) / (b[0] - a[0]);
        (low..high).contains(&lat) && x < lon
    });
    assert_eq!(crosses.count() % 2, 1, "the point lies within: {text}");
    assert!(text.contains("experimental: confirm by eye"), "{text}");
    (of("uid").to_owned(), time("stale"))
}

/// The events: now, and three leads one after the other.
fn hold(events: &[String], name: &str) {
    let told: Vec<(String, Timestamp)> = events.iter().map(|text| event(text)).collect();
    let main = |(uid, _): &&(String, Timestamp)| uid.matches('.').count() == 3;
    let main: Vec<&(String, Timestamp)> = told.iter().filter(main).collect();
    assert_eq!(main.len(), 4, "{told:?}");
    assert_eq!(main[0].0, format!("emberline.{name}.front.0"));
    assert!(main[1..].windows(2).all(|pair| pair[0].1 < pair[1].1), "{main:?}");
    assert_eq!(main[0].1, main[3].1, "what burns now holds as long as anything");
}

#[test]
fn events_arrive_by_udp_and_by_tcp() {
    let room = Room::new();
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    socket.set_read_timeout(Some(Duration::from_millis(500))).expect("a deadline");
    let to = format!("udp:{}", socket.local_addr().expect("a port"));
    let args = ["forecast", SMALL, "out", "--cot", &to, "--cot-name", "ridge"];
    let ran = room.run(&[&args[..], &BEGINS, &FAST].concat()).must(0);
    assert!(ran.err.contains("out of date"), "{}", ran.err);
    let mut heard = vec![0; 1 << 16];
    let next = || socket.recv(&mut heard).ok().map(|n| String::from_utf8_lossy(&heard[..n]).into());
    hold(&std::iter::from_fn(next).collect::<Vec<String>>(), "ridge");
    let files = ["forecast.kml", "forecast.kmz", "spread.geojson", "arrival.tif"];
    whole_of(&room.path("out"), &[&FILES[..], &files].concat());

    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let to = format!("tcp:{}", listener.local_addr().expect("a port"));
    let server = std::thread::spawn(move || {
        let mut text = String::new();
        let mut line = listener.accept().expect("a line").0;
        line.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        line.read_to_string(&mut text).expect("text");
        text
    });
    let args = ["forecast", SMALL, "tcp", "--cot", &to];
    room.run(&[&args[..], &BEGINS, &FAST].concat()).must(0);
    let text = server.join().expect("the server");
    let events = text.split_inclusive("</event>").filter(|text| text.contains("<event"));
    let events: Vec<String> = events.map(|text| text.trim().to_owned()).collect();
    // The film's own name, where nobody gives another.
    hold(&events, "sim-fire-height-40-width-48-frames-24-seed-3");
}

#[test]
fn what_cannot_be_told_is_refused_before_and_what_cannot_be_sent_after() {
    let room = Room::new();
    room.npz("flat.npz", 12);
    let to = "udp:127.0.0.1:9";
    for (input, more, want) in [
        ("flat.npz", &["--cot", to, BEGINS[0], BEGINS[1]][..], "lies on no map"),
        (SMALL, &["--cot", to], "--start-utc"),
        (SMALL, &["--cot", "239.2.3.1:6969"], "give udp:239.2.3.1:6969"),
        (SMALL, &["--cot-name", "ridge"], "--cot"),
        (SMALL, &["--cot", to, "--cot-name", "a b"], "letters, digits"),
    ] {
        let args = [&["forecast", input, "out"], more, &FAST].concat();
        let ran = room.run(&args).must(2);
        assert!(ran.err.contains(want), "{want}: {}", ran.err);
        assert_eq!(ran.err.lines().filter(|l| l.starts_with("error:")).count(), 1, "{}", ran.err);
        assert!(!room.path("out").exists(), "{want}");
    }
    // A port that nobody listens at.
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("a port");
    let to = format!("tcp:{port}");
    let args = ["forecast", SMALL, "out", "--cot", &to];
    let ran = room.run(&[&args[..], &BEGINS, &FAST].concat()).must(2);
    let error = ran.err.lines().last().expect("a line");
    assert!(error.starts_with("error: --cot tcp:") && error.contains("cannot be sent"), "{error}");
    whole_of(&room.path("out"), &FILES);
}
