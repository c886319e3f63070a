//! The page without a connection: what each request is answered with, by whom and from where.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use emberline_vision::frame::Pixels;
use emberline_vision::pipeline::Stop;
use jiff::Timestamp;
use ndarray::Array3;
use tower::ServiceExt as _;

use super::Site;
use super::guard::Peer;
use super::routes::router;
use super::shown::Shown;
use crate::alert::{Alert, AlertError, Rule};
use crate::alert_file::Sender;
use crate::camera::Camera;
use crate::config::{Config, Drawn, PasswordFrom, Role, UserConfig};
use crate::health::Health;
use crate::password;
use crate::source::{Fronts, Source};
use crate::store::StoreFacts;

/// A station that has seen nothing yet, the camera of which is called `sim`.
struct Blind {
    folder: PathBuf,
    config: Config,
    drawn: Mutex<Vec<Drawn>>,
    sender: Sender,
}

impl Shown for Blind {
    fn health(&self) -> Health {
        let camera = Camera::new(self.config.cameras[0].clone());
        let sources = std::iter::once(&camera as &dyn Source);
        let (now, utc) = (Duration::ZERO, Timestamp::UNIX_EPOCH);
        Health::of("ri<dge", sources, StoreFacts::default(), &self.config.forecast, now, utc)
    }

    fn newest(&self, source: &str) -> Option<PathBuf> {
        (source == "sim").then(|| self.folder.clone())
    }

    fn forecasts(&self, source: &str, most: usize) -> Vec<(Timestamp, PathBuf)> {
        let all = self.newest(source).map(|folder| (Timestamp::UNIX_EPOCH, folder));
        all.into_iter().take(most).collect()
    }

    fn picture(&self, source: &str) -> Option<(Timestamp, Arc<Pixels>)> {
        let pixels = Arc::new(Pixels::U8(Array3::zeros((8, 8, 1))));
        (source == "sim").then_some((Timestamp::UNIX_EPOCH, pixels))
    }

    fn fronts(&self, _: &str) -> Option<Arc<Fronts>> {
        Some(Arc::new(Fronts { issued: Timestamp::UNIX_EPOCH, size: [8, 8], fronts: Vec::new() }))
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }

    fn place(&self) -> [f64; 2] {
        [40.0, -105.0]
    }

    fn data(&self) -> &Path {
        &self.folder
    }

    fn sender(&self) -> &Sender {
        &self.sender
    }

    fn acknowledge(&self, _: &str, _: &str) -> Result<Alert, AlertError> {
        Err(AlertError::Unknown)
    }

    fn draw(&self, drawn: &Drawn) -> Result<(), String> {
        drawn.alert([0.0; 2], &["sim".to_owned()]).map_err(|cause| cause.to_string())?;
        self.drawn.lock().unwrap().push(drawn.clone());
        Ok(())
    }

    fn erase(&self, _: &str) -> Result<(), String> {
        Err("there is no such alert".to_owned())
    }
}

/// A page for tests, its users ann (operator) and bob (read-only) where there are any.
struct Page {
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
    shown: Arc<Blind>,
    _room: tempfile::TempDir,
}

const PASSWORD: &str = "correct horse";

impl Page {
    fn new(has_users: bool) -> Self {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().to_owned();
        for (name, text) in [("overlay.png", "picture"), ("forecast.json", "{}"), (".hidden", "x")]
        {
            std::fs::write(folder.join(name), text).unwrap();
        }
        std::os::unix::fs::symlink("/etc/passwd", folder.join("link.txt")).unwrap();
        let file = folder.join("password");
        std::fs::write(&file, password::hash(PASSWORD).unwrap()).unwrap();
        let user = |name: &str, role| UserConfig {
            name: name.to_owned(),
            role,
            password: PasswordFrom::File(file.clone()),
        };
        let users = match has_users {
            true => vec![user("ann", Role::Operator), user("bob", Role::ReadOnly)],
            false => Vec::new(),
        };
        let config = Config::simulated("sim:", &folder).unwrap();
        let web = config.web.clone();
        let sender = Sender::of(&config);
        let shown = Arc::new(Blind { folder, config, drawn: Mutex::default(), sender });
        let site = Site::new("ridge", web.listen, &web, &users, Arc::clone(&shown) as _);
        let router = router(Arc::new(site), Stop::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { router, runtime, shown, _room: room }
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1:8085");
        }
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        request.extensions_mut().insert(Peer([192, 0, 2, 1].into()));
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
            Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
        })
    }

    fn log_in(&self, name: &str) -> String {
        let body = format!("user={name}&password=correct+horse");
        let answer = self.ask("POST", "/login", &[HERE], &body);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        for part in ["emberline-ridge=", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        cookie.split(';').next().unwrap().to_owned()
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

/// What a browser says of a form of this page.
const HERE: (&str, &str) = ("origin", "http://127.0.0.1:8085");

#[test]
fn requests_are_answered_or_refused_in_a_line() {
    let page = Page::new(false);
    let long = "a".repeat(20_000);
    let line = "name=road&source=sim&shape=line&points=1,1+7,7&within_min=10&percent=50";
    let elsewhere = ("origin", "http://evil.example");
    for (method, path, headers, body, want) in [
        ("GET", "/", vec![], "", 200),
        ("GET", "/?a=b", vec![], "", 200),
        ("HEAD", "/metrics", vec![], "", 200),
        ("GET", "/healthz", vec![], "", 503),
        ("GET", "/log", vec![], "", 200),
        ("GET", "/map?wider=3", vec![], "", 200),
        ("GET", "/map?wider=1000", vec![], "", 400),
        ("GET", "/login", vec![], "", 303),
        ("GET", "/source/sim", vec![], "", 200),
        ("GET", "/source/sim/latest.jpg", vec![], "", 200),
        ("GET", "/source/none", vec![], "", 404),
        ("GET", "/forecast/sim/overlay.png?17", vec![], "", 200),
        ("GET", "/forecast/sim/1970-01-01T00:00:00Z/forecast.json", vec![], "", 200),
        ("GET", "/forecast/sim/1971-01-01T00:00:00Z/forecast.json", vec![], "", 404),
        // Paths that lead out of their folder.
        ("GET", "/forecast/../overlay.png", vec![], "", 404),
        ("GET", "/forecast/sim/../../etc/passwd", vec![], "", 404),
        ("GET", "/forecast/sim/..%2f..%2fetc%2fpasswd", vec![], "", 404),
        ("GET", "/forecast/sim/%2e%2e", vec![], "", 404),
        ("GET", "/forecast/sim/.hidden", vec![], "", 404),
        ("GET", "/forecast/sim/link.txt", vec![], "", 404),
        ("GET", "/forecast/..%2f..%2fetc/passwd", vec![], "", 404),
        ("GET", "/forecast//overlay.png", vec![], "", 404),
        ("GET", "/weather/..%2fpassword", vec![], "", 404),
        ("GET", "/alert/..%2f..%2fetc/picture", vec![], "", 404),
        ("GET", "/alert/..%2f..%2fetc.cap", vec![], "", 404),
        ("GET", "/alert/none.kml", vec![], "", 404),
        ("GET", "/tile/1/0/..%2f0.png", vec![], "", 404),
        ("GET", "/tile/60/0/0.png", vec![], "", 404),
        ("GET", "/nothing", vec![], "", 404),
        ("PUT", "/", vec![HERE], "", 405),
        ("POST", "/", vec![HERE], "", 405),
        // Other names.
        ("GET", "/", vec![("host", "evil.example")], "", 421),
        ("GET", "/", vec![("host", "")], "", 421),
        // What does something comes from here.
        ("POST", "/rule", vec![], line, 403),
        ("POST", "/rule", vec![elsewhere], line, 403),
        ("POST", "/rule", vec![("origin", "null")], line, 403),
        ("POST", "/rule", vec![HERE, ("sec-fetch-site", "cross-site")], line, 403),
        ("POST", "/rule", vec![HERE], line, 200),
        ("POST", "/rule", vec![HERE, ("accept", "text/html")], line, 303),
        ("POST", "/rule", vec![HERE], "name=road", 422),
        ("POST", "/rule", vec![HERE], &long, 413),
        ("POST", "/rule", vec![HERE], &line.replace("sim", "none"), 422),
        ("POST", "/rule", vec![HERE], &line.replace("1,1", "1;1"), 422),
        ("POST", "/rule", vec![HERE], &line.replace("1,1", "nan,1"), 422),
        ("POST", "/rule", vec![HERE], &line.replace("=50", "=200"), 422),
        ("POST", "/rule", vec![HERE], &line.replace("=10", "=0"), 422),
        ("POST", "/rule", vec![HERE], &line.replace("road", "../road"), 422),
        ("POST", "/rule/erase", vec![HERE], "name=none", 422),
        ("POST", "/alert/acknowledge", vec![HERE], "id=none&by=ann", 404),
        ("POST", "/pause", vec![HERE], "minutes=20000", 422),
        ("POST", "/pause", vec![HERE], "minutes=-1", 422),
        ("POST", "/pause", vec![HERE], "minutes=5", 200),
        ("POST", "/pause", vec![HERE], "minutes=0", 200),
    ] {
        let said = page.ask(method, path, &headers, body);
        assert_eq!(said.status, want, "{method} {path} {headers:?}: {}", said.body);
        if said.status.is_client_error() {
            let lines = said.body.lines().count();
            assert!(lines == 1 && said.body.len() < 300, "{method} {path}: {:?}", said.body);
        }
        let policy = said.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    }
    let drawn = page.shown.drawn.lock().unwrap();
    assert_eq!(drawn.len(), 2);
    assert_eq!(drawn[0].points, [[1.0, 1.0], [7.0, 7.0]]);
    let body = page.ask("GET", "/", &[], "").body;
    assert!(body.contains("ri&lt;dge") && !body.contains("ri<dge"));
    assert!(body.contains("sim: gone: no frame yet") && body.contains("action=\"/rule\""));
    assert_eq!(page.ask("GET", "/forecast/sim/overlay.png", &[], "").body, "picture");
    let metrics = page.ask("GET", "/metrics", &[], "").body;
    for want in [
        "# TYPE emberline_frames_total counter\nemberline_frames_total{source=\"sim\"} 0\n",
        "emberline_source_state{source=\"sim\",state=\"gone\"} 1\n",
        "emberline_source_state{source=\"sim\",state=\"fresh\"} 0\n",
        "emberline_blind 1\n",
    ] {
        assert!(metrics.contains(want), "{want} in\n{metrics}");
    }
}

#[test]
fn who_must_log_in_sees_nothing_before() {
    let page = Page::new(true);
    let status = |method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        page.ask(method, path, headers, body).status.as_u16()
    };
    for (path, want) in [
        ("/", 303),
        ("/login", 200),
        ("/page.css", 200),
        ("/healthz", 401),
        ("/metrics", 401),
        ("/events", 401),
        ("/source/sim/latest.jpg", 401),
        ("/nothing", 401),
    ] {
        assert_eq!(status("GET", path, &[], ""), want, "{path}");
    }
    let line = "name=road&source=sim&shape=line&points=1,1+7,7&within_min=10&percent=50";
    assert_eq!(status("POST", "/rule", &[HERE], line), 401);
    let [ann, bob] = ["ann", "bob"].map(|name| page.log_in(name));
    for (who, read, act) in [
        (&*ann, 200, 200),
        (&*bob, 200, 403),
        ("emberline-ridge=00", 401, 401),
        ("other=1", 401, 401),
    ] {
        let cookie = ("cookie", who);
        assert_eq!(status("GET", "/metrics", &[cookie], ""), read, "{who}");
        assert_eq!(status("POST", "/rule", &[cookie, HERE], line), act, "{who}");
    }
    let seen = |cookie: &str| page.ask("GET", "/", &[("cookie", cookie)], "").body;
    assert!(seen(&ann).contains("action=\"/rule\"") && !seen(&bob).contains("action=\"/rule\""));
    assert!(!seen(&ann).contains("m=19456") && !seen(&ann).contains(PASSWORD));
    // Programs look, and do nothing.
    let basic = |text: &str| {
        use base64::Engine as _;
        format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(text))
    };
    let right = basic("bob:correct horse");
    assert_eq!(status("GET", "/metrics", &[("authorization", &right)], ""), 200);
    let right = basic("ann:correct horse");
    assert_eq!(status("POST", "/rule", &[("authorization", &right), HERE], line), 401);
    assert_eq!(status("GET", "/metrics", &[("authorization", "Basic !")], ""), 401);
    // Who logs out is out.
    assert_eq!(status("POST", "/logout", &[("cookie", &bob), HERE], ""), 303);
    assert_eq!(status("GET", "/metrics", &[("cookie", &bob)], ""), 401);
    // Guessing: five for nothing, then it has to wait, and so has the right one from there.
    let guess = |password: &str| {
        status("POST", "/login", &[HERE], &format!("user=ann&password={password}"))
    };
    let guesses: Vec<u16> = (0..8).map(|k| guess(&format!("guess-{k}"))).collect();
    assert_eq!(guesses[..5], [401; 5]);
    assert!(guesses[5..].contains(&429) && guess("correct+horse") == 429, "{guesses:?}");
    assert_eq!(status("GET", "/metrics", &[("cookie", &ann)], ""), 200, "who is in stays in");
}
