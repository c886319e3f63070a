//! The station as it lives: the real program on a simulated fire and on a folder that is being filled.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::room::{Room, heat, whole};

/// Nothing here takes longer on any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A station that runs; dropping it kills it.
pub(crate) struct Running {
    child: Child,
    address: String,
}

impl Running {
    pub(crate) fn start(room: &Room, args: &[&str]) -> Self {
        Self::start_with(room, args, |_| {})
    }

    pub(crate) fn start_with(
        room: &Room,
        args: &[&str],
        more: impl FnOnce(&mut std::process::Command),
    ) -> Self {
        let mut command = room.command();
        command.arg("run").args(args).args(["--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        more(&mut command);
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("stdout");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("http://").and_then(|a| a.strip_suffix('/'));
        let address = address.unwrap_or_else(|| panic!("no address: {line:?}")).to_owned();
        Self { child, address }
    }

    /// Address and port of its page.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Status and body of what lies at `path`.
    pub(crate) fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("the page");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .expect("a request");
        let mut said = Vec::new();
        stream.read_to_end(&mut said).expect("an answer");
        let end = said.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(said[..end].to_vec()).expect("text");
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
        (status, said[end + 4..].to_vec())
    }

    pub(crate) fn text(&self, path: &str) -> String {
        String::from_utf8(self.get(path).1).expect("text")
    }

    /// Waits until it is healthy; gives how long that took.
    pub(crate) fn healthy(&self) -> Duration {
        let began = Instant::now();
        while self.get("/healthz").0 != 200 {
            assert!(began.elapsed() < PATIENCE, "never healthy: {}", self.text("/healthz"));
            std::thread::sleep(Duration::from_millis(200));
        }
        began.elapsed()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: &str) {
        signal_to(&self.child, signal);
    }

    /// Waits until what lies at `path` holds `want`, and gives it.
    pub(crate) fn until(&self, path: &str, want: &str) -> String {
        let began = Instant::now();
        loop {
            let text = self.text(path);
            if text.contains(want) {
                return text;
            }
            assert!(began.elapsed() < PATIENCE, "no {want} in {text}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Sends a signal and waits for the end; gives that and what was said on stderr.
    pub(crate) fn end(mut self, signal: &str) -> (ExitStatus, String) {
        signal_to(&self.child, signal);
        let mut err = String::new();
        self.child.stderr.take().expect("stderr").read_to_string(&mut err).expect("text");
        (self.child.wait().expect("it ends"), err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signal_to(child: &Child, signal: &str) {
    let kill = format!("kill -{signal} {}", child.id());
    let sent = std::process::Command::new("sh").args(["-c", &kill]).status().expect("a shell");
    assert!(sent.success(), "{signal}");
}

/// Folders of forecasts below `data`, finished or not, in order of time.
pub(crate) fn forecasts(data: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).map_or(vec![], |e| e.flatten().map(|e| e.path()).collect());
        paths.sort();
        paths
    };
    let days = entries(&data.join("forecasts"));
    let all = days.iter().flat_map(|day| entries(day)).flat_map(|camera| entries(&camera));
    all.filter(|path| path.is_dir()).collect()
}

/// Samples of metrics in Prometheus' text format: name with labels, and value.
pub(crate) fn samples(text: &str) -> Vec<(String, f64)> {
    let mut typed = String::new();
    let mut out = Vec::new();
    for line in text.lines() {
        if let Some(told) = line.strip_prefix("# TYPE ") {
            let (name, kind) = told.split_once(' ').expect("name and type");
            assert!(matches!(kind, "counter" | "gauge"), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            typed = name.to_owned();
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').expect("name and value");
            assert_eq!(name.split('{').next(), Some(typed.as_str()), "{line}");
            out.push((name.to_owned(), value.parse().expect("a number")));
        }
    }
    out
}

#[test]
fn a_simulated_station_lives_and_ends_in_order() {
    let room = Room::new();
    let station = Running::start(&room, &["sim:", "--data", "store"]);
    let took = station.healthy();
    println!("healthy after {took:?}");
    let metrics = samples(&station.text("/metrics"));
    let value = |name: &str| {
        let found = metrics.iter().find(|(n, _)| n == name);
        found.unwrap_or_else(|| panic!("no {name} in {metrics:?}")).1
    };
    assert_eq!(value("emberline_blind"), 0.0);
    assert_eq!(value("emberline_source_state{source=\"sim\",state=\"fresh\"}"), 1.0);
    assert!(value("emberline_forecasts_total{source=\"sim\"}") >= 1.0);
    assert!(value("emberline_frame_age_seconds{source=\"sim\"}") < 13.0);
    assert!(value("emberline_store_bytes") > 1000.0);
    let page = station.text("/");
    assert!(page.contains("All well: one camera seen") && page.contains("burnt now"), "{page}");
    let (status, png) = station.get("/forecast/sim/overlay.png");
    assert!(status == 200 && png.starts_with(b"\x89PNG"), "{status}");
    assert_eq!(station.get("/forecast/../store").0, 404);

    // A second one on the same data is refused, and told whose it is.
    let second = ["run", "sim:", "--data", "store", "--listen", "127.0.0.1:0"];
    let refused = room.run(&second).must(2);
    let whose = format!("(process {})", station.child.id());
    assert!(refused.err.contains(&whose) && refused.err.contains("--data"), "{}", refused.err);
    assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
    // So is one on the same address.
    let taken = ["run", "sim:", "--data", "other", "--listen", &station.address];
    let refused = room.run(&taken).must(2);
    assert!(refused.err.contains("--listen"), "{}", refused.err);

    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
    assert!(err.contains("sim: stopped"), "{err}");
    let made = forecasts(&room.path("store"));
    assert!(!made.is_empty());
    let mut evidence = 0;
    for (k, folder) in made.iter().enumerate() {
        let names: Vec<_> = fs::read_dir(folder).expect("a forecast").flatten().collect();
        let has = |name: &str| names.iter().any(|n| n.file_name() == name);
        assert!(has("arrival.tif") && has("overlay.png") && has("forecast.json"), "{names:?}");
        // One an hour is kept with its arrays, and the one at which the fire came into view.
        let is_evidence = folder.with_extension("evidence.txt").exists();
        assert_eq!(has("burn_probability.tif"), k == 0 || is_evidence, "{names:?}");
        evidence += usize::from(is_evidence);
    }
    assert_eq!(evidence, 1, "a fire comes into view once");
    assert_eq!(fs::read_dir(room.path("store/frames")).expect("frames").count(), 1);
}

#[test]
fn frames_that_are_kept_are_a_film_and_a_fire_that_grows_is_forecast_sooner() {
    let room = Room::new();
    let file = "name = \"a\"\nlat = 1.0\nlon = 1.0\ndata = \"store\"\n[[camera]]\nname = \"sim\"\n\
                from = \"sim:fire?height=40&width=48&cell_m=0.5\"\nevery_s = 0.5\n\
                [forecast]\nevery_s = 3600\non_change_s = 1\nleads = 2\nengine = \"tract\"\n\
                [keep]\nmin_free = \"1MB\"\nframes_every = \"1s\"\n";
    room.write("station.toml", file.as_bytes());
    let station = Running::start(&room, &["station.toml"]);
    station.healthy();
    let count = |below: &str| {
        let days = fs::read_dir(room.path(below)).into_iter().flatten().flatten();
        let day = |day: fs::DirEntry| fs::read_dir(day.path().join("sim")).into_iter().flatten();
        days.flat_map(day).count()
    };
    // One an hour was asked for, but the fire grows by a tenth again and again.
    let began = Instant::now();
    while count("store/forecasts") < 3 || count("store/frames") < 16 {
        assert!(began.elapsed() < PATIENCE, "{}", station.text("/healthz"));
        std::thread::sleep(Duration::from_millis(200));
    }
    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
    let day = fs::read_dir(room.path("store/frames")).expect("a day").flatten().last();
    let folder = day.expect("a day").path().join("sim");
    let folder = folder.to_str().expect("text");
    let read = room.run(&["forecast", folder, "film", "--kind", "thermal"]).must(0);
    println!("{}", read.out);
    let told = fs::read_to_string(room.path("film/forecast.json")).expect("a forecast");
    assert!(told.contains("\"times_from\": \"name\""), "{told}");
}

#[test]
fn killed_at_any_moment_it_leaves_no_half_forecast_and_goes_on() {
    let room = Room::new();
    let file = "name = \"a\"\nlat = 1.0\nlon = 1.0\ndata = \"store\"\n[[camera]]\nname = \"sim\"\n\
                from = \"sim:fire?height=40&width=48&cell_m=0.5\"\nevery_s = 0.1\n\
                [forecast]\nevery_s = 1\nleads = 2\nengine = \"tract\"\n[keep]\nmin_free = \"1MB\"\n";
    room.write("station.toml", file.as_bytes());
    for kill in 0..6 {
        let station = Running::start(&room, &["station.toml"]);
        if kill == 0 {
            station.healthy();
        }
        std::thread::sleep(Duration::from_millis(1700 + 170 * kill));
        drop(station); // by SIGKILL
        for folder in forecasts(&room.path("store")) {
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            if !name.starts_with('.') {
                assert!(folder.join("forecast.json").is_file(), "{name} is half a forecast");
                assert!(folder.join("overlay.png").is_file(), "{name} is half a forecast");
            }
        }
    }
    // What the killed ones left half written is gone once it runs again.
    let station = Running::start(&room, &["station.toml"]);
    station.healthy();
    let (status, err) = station.end("INT");
    assert_eq!(status.code(), Some(0), "{err}");
    let left = forecasts(&room.path("store"));
    assert!(left.iter().all(|f| f.file_name().is_none_or(|n| n.as_encoded_bytes()[0] != b'.')));
}

#[test]
fn a_folder_that_is_being_filled_gives_forecasts() {
    let room = Room::new();
    let drop_folder = room.path("drop");
    let file = format!(
        "name = \"ridge\"\nlat = 40.0\nlon = -105.0\ndata = \"store\"\n[[camera]]\nname = \"north\"\n\
         from = \"file://{}\"\nkind = \"thermal\"\nevery_s = 0.5\nstep_s = 1\n\
         [forecast]\nevery_s = 2\nleads = 3\nengine = \"tract\"\n[keep]\nmin_free = \"1MB\"\n",
        drop_folder.display()
    );
    room.write("station.toml", file.as_bytes());
    let checked = room.run(&["config", "check", "station.toml"]).must(0);
    assert!(checked.out.contains("right: 1 camera"), "{}", checked.out);

    // The folder is not there yet: that is a camera which is gone, and no reason to end.
    let station = Running::start(&room, &["station.toml"]);
    // Said as soon as the camera's thread has looked.
    let asked = Instant::now();
    loop {
        let (status, why) = station.get("/healthz");
        assert_eq!(status, 503);
        if String::from_utf8_lossy(&why).contains("\"gone\"") {
            break;
        }
        assert!(asked.elapsed() < PATIENCE, "never gone: {}", String::from_utf8_lossy(&why));
        std::thread::sleep(Duration::from_millis(50));
    }
    fs::create_dir(&drop_folder).expect("the room");
    fs::write(drop_folder.join("broken.png"), b"\x89PNG\r\n\x1a\nno picture").expect("the room");

    let frames = heat(200, 40, 48);
    let (began, first) = (Instant::now(), std::time::SystemTime::now());
    let mut k = 0;
    while station.get("/healthz").0 != 200 {
        assert!(began.elapsed() < PATIENCE, "never healthy: {}", station.text("/healthz"));
        let frame = frames.index_axis(ndarray::Axis(0), k % 200);
        let mut bytes = Vec::new();
        let mut png = png::Encoder::new(&mut bytes, 48, 40);
        png.set_color(png::ColorType::Grayscale);
        png.set_depth(png::BitDepth::Sixteen);
        let values: Vec<u8> = frame.iter().flat_map(|v| v.to_be_bytes()).collect();
        png.write_header().expect("a header").write_image_data(&values).expect("an image");
        // In two parts, as a slow line does: half a picture is never read.
        let path = drop_folder.join(format!("picture{k:04}.png"));
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("half a picture");
        std::thread::sleep(Duration::from_millis(250));
        fs::write(&path, &bytes).expect("a picture");
        // Even steps, however busy this machine is.
        let taken = first + Duration::from_millis(500) * k as u32;
        let file = fs::File::options().append(true).open(&path).expect("the picture");
        file.set_modified(taken).expect("its time");
        std::thread::sleep(Duration::from_millis(250));
        k += 1;
    }
    let metrics = samples(&station.text("/metrics"));
    let dropped: Vec<_> =
        metrics.iter().filter(|(name, _)| name.contains("frames_dropped")).collect();
    let corrupt = "emberline_frames_dropped_total{source=\"north\",reason=\"corrupt\"}";
    assert_eq!(dropped, [&(corrupt.to_owned(), 1.0)], "the broken one, and no half one");
    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
    assert!(err.contains("broken.png"), "{err}");
    for folder in forecasts(&room.path("store")) {
        let json = whole(&folder);
        assert_eq!(json["input"]["name"], "north");
        assert_eq!(json["input"]["times_from"], "host");
    }
}

#[cfg(unix)]
#[test]
fn systemd_is_told_how_it_fares() {
    use std::os::unix::net::UnixDatagram;
    let room = Room::new();
    let path = room.path("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    let station = Running::start_with(&room, &["sim:", "--data", "store"], |command| {
        command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "2000000");
    });
    let mut heard = String::new();
    let until = |heard: &mut String, want: &str| {
        let began = Instant::now();
        while !heard.contains(want) {
            assert!(began.elapsed() < PATIENCE, "no {want} in {heard}");
            let mut buffer = [0; 4096];
            let got = socket.recv(&mut buffer).expect("a notice");
            heard.push_str(&String::from_utf8_lossy(&buffer[..got]));
        }
    };
    for want in ["READY=1", "STATUS=sim: ", "WATCHDOG=1", "STATUS=all well"] {
        until(&mut heard, want);
    }
    assert!(heard.find("READY=1") < heard.find("WATCHDOG=1"), "{heard}");
    signal_to(&station.child, "TERM");
    until(&mut heard, "STOPPING=1");
    let (status, err) = station.end("CONT");
    assert_eq!(status.code(), Some(0), "{err}");
}

#[test]
fn a_configuration_is_checked_and_shown() {
    let room = Room::new();
    let shown = room.run(&["config", "show", "sim:"]).must(0).out;
    room.write("station.toml", shown.as_bytes());
    assert_eq!(room.run(&["config", "show", "station.toml"]).must(0).out, shown);
    room.write("bad.toml", shown.replace("every_s = 10", "evry_s = 10").as_bytes());
    for verb in [&["config", "check"][..], &["run"]] {
        let refused = room.run(&[verb, &["bad.toml"]].concat()).must(2);
        let want = "error: bad.toml: forecast.evry_s: no such key; write every_s";
        assert!(refused.err.contains(want), "{}", refused.err);
        assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
    }
    let refused = room.run(&["run", "none.toml"]).must(2);
    assert!(refused.err.contains("`emberline run sim:`"), "{}", refused.err);
    room.run(&["run", "sim:", "--listen", "0.0.0.0:80"]).must(2);
}

/// A server that hands each request's number and head to `answer`, and sends what that gives; its address.
fn serve(answer: impl Fn(usize, &str) -> Vec<u8> + Send + 'static) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        for (n, mut stream) in listener.incoming().flatten().enumerate() {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n > 0) {
                head.push(byte[0]);
            }
            let _ = stream.write_all(&answer(n, &String::from_utf8_lossy(&head)));
        }
    });
    address
}

#[test]
fn cameras_of_the_network_give_forecasts_and_a_wrong_password_is_told_once_and_shown_nowhere() {
    let room = Room::new();
    let frames = heat(200, 40, 48);
    let good = serve(move |n, _| {
        let mut bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        let mut png = png::Encoder::new(&mut bytes, 48, 40);
        png.set_color(png::ColorType::Grayscale);
        png.set_depth(png::BitDepth::Sixteen);
        let frame = frames.index_axis(ndarray::Axis(0), n % 200);
        let values: Vec<u8> = frame.iter().flat_map(|v| v.to_be_bytes()).collect();
        png.write_header().expect("a header").write_image_data(&values).expect("an image");
        bytes
    });
    let told = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let heard = std::sync::Arc::clone(&told);
    let locked = serve(move |_, head| {
        let tells = head.to_lowercase().contains("authorization: digest");
        heard.fetch_add(usize::from(tells), std::sync::atomic::Ordering::SeqCst);
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"c\", nonce=\"n\", qop=\"auth\"\r\n\
          Connection: close\r\nContent-Length: 0\r\n\r\n"
            .to_vec()
    });
    room.write("password", b"wr0ng\n");
    let camera = |name: &str, more: &str| {
        format!("[[camera]]\nname = \"{name}\"\n{more}kind = \"thermal\"\n")
    };
    let login = "user = \"viewer\"\npassword_file = \"password\"\n";
    let file = [
        "name = \"a\"\nlat = 1.0\nlon = 1.0\ndata = \"store\"\n".to_owned(),
        camera("good", &format!("from = \"http://{good}/x\"\nsnapshot = true\nevery_s = 0.5\n")),
        camera("locked", &format!("from = \"http://{locked}/x?p={{password}}\"\n{login}")),
        camera("device", "from = \"/dev/null\"\n"),
        "[forecast]\nevery_s = 2\nleads = 3\nengine = \"tract\"\n[keep]\nmin_free = \"1MB\"\n"
            .to_owned(),
    ];
    room.write("station.toml", file.concat().as_bytes());
    let station = Running::start(&room, &["station.toml"]);
    let began = Instant::now();
    let (metrics, health) = loop {
        let (metrics, health) = (station.text("/metrics"), station.text("/healthz"));
        let all = samples(&metrics);
        let is = |name: &str| all.iter().any(|(n, value)| n == name && *value >= 1.0);
        if is("emberline_source_state{source=\"good\",state=\"fresh\"}")
            && is("emberline_forecasts_total{source=\"good\"}")
            && is("emberline_source_state{source=\"locked\",state=\"refused\"}")
            && is("emberline_source_state{source=\"device\",state=\"refused\"}")
        {
            break (metrics, health);
        }
        assert!(began.elapsed() < PATIENCE, "{health}\n{metrics}");
        std::thread::sleep(Duration::from_millis(200));
    };
    assert!(health.contains("wrong user or password (401)"), "{health}");
    assert!(health.contains("/dev/null: it is no video device"), "{health}");
    let page = station.text("/");
    let (status, err) = station.end("TERM");
    assert_eq!(status.code(), Some(0), "{err}");
    let shown = room.run(&["config", "show", "station.toml"]).must(0).out;
    for said in [metrics, health, page, err, shown] {
        assert!(!said.contains("wr0ng"), "{said}");
    }
    assert_eq!(told.load(std::sync::atomic::Ordering::SeqCst), 1);
}
