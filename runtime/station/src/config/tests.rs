//! Tables of configurations, and of what is said of those that are not taken.

use super::keys::KEYS;
use super::*;

const LEAST: &str = "\
name = \"ridge\"
lat = 40.0
lon = -105.0
[[camera]]
name = \"north\"
from = \"file:///srv/drop/\"
kind = \"thermal\"
";

const SHA256: &str = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
                      00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";

#[test]
fn all_but_name_place_and_a_camera_has_a_default() {
    let config = Config::parse("s.toml", LEAST).unwrap();
    assert_eq!(config.data, std::path::Path::new("/var/lib/emberline"));
    assert_eq!(config.web.listen.to_string(), "127.0.0.1:8085");
    assert_eq!(config.cameras[0].from, CameraFrom::Folder("/srv/drop/".into()));
    assert_eq!((config.cameras[0].every_s, config.cameras[0].step_s), (5.0, 10.0));
    assert_eq!((config.forecast.every_s, config.forecast.leads), (60.0, None));
    assert!(config.radars.is_empty());
    let more = "[[radar]]\nname = \"fmi\"\nfrom = \"file:///data/radar/\"\n";
    let radar = &Config::parse("s.toml", &format!("{LEAST}{more}")).unwrap().radars[0];
    assert_eq!((radar.every_s, radar.until_s), (300.0, None));
    assert_eq!((radar.places[0].lat_deg, radar.places[0].lon_deg), (40.0, -105.0));
    assert_eq!(config.keep.max_age.as_secs(), 30 * 86_400);
    assert_eq!(config.keep.min_free, MinFree::Share(0.05));
}

#[test]
fn what_is_written_out_says_the_same_again() {
    let room = tempfile::tempdir().unwrap();
    let lens = room.path().join("lens.toml");
    std::fs::write(&lens, "focal_px = 700\n").unwrap();
    let lens = lens.display();
    let dem = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/radar/rate_f32.tif");
    let all = format!(
        "{LEAST}every_s = 2\nstep_s = 30.5\n[[camera]]\nname = \"sim\"\nfrom = \"sim:fire?seed=3\"\n\
         [[camera]]\nname = \"a\"\nfrom = \"rtsp://a:554/1\"\nkind = \"rgb\"\nuser = \"viewer\"\n\
         password_file = \"/etc/a\"\ntransport = \"udp\"\nlook = \"day\"\n\
         [[camera]]\nname = \"b\"\nfrom = \"http://b/now.jpg?u={{user}}&pwd={{password}}\"\nkind = \"thermal\"\nuser = \"v\"\n\
         password_env = \"B\"\nsnapshot = true\n\
         [[camera]]\nname = \"d\"\nfrom = \"https://d/1\"\nkind = \"rgb\"\ncertificate_sha256 = \"{SHA256}\"\n\
         [[camera]]\nname = \"e\"\nfrom = \"https://e/1\"\nkind = \"rgb\"\ncertificate_file = \"/etc/e.pem\"\n\
         [[camera]]\nname = \"c\"\nfrom = \"/dev/video0\"\nkind = \"thermal\"\n\
         [[camera]]\nname = \"f\"\nfrom = \"sim:fire\"\n[camera.ground]\npose = \"udp:0.0.0.0:14550\"\n\
         hfov_deg = 57\nground_m = 1620\ncell_m = 0.5\nstep = \"20s\"\nyaw = \"vehicle\"\nyaw_offset_deg = 3\n\
         pose_offset_s = -0.1\nnadir = true\nsteady = false\n\
         [[camera]]\nname = \"g\"\nfrom = \"sim:fire\"\n[camera.ground]\npose = \"serial:/dev/ttyACM0:57600\"\n\
         camera = \"{lens}\"\ndem = \"{dem}\"\n\
         [[radar]]\nname = \"fmi\"\nfrom = \"file:///data/radar/\"\nevery_s = 300\nuntil = \"90min\"\n\
         at = [\"60.17,24.94\", \"61N 25E\"]\nunit = \"dBZ\"\nzr = \"223,1.53\"\nno_data = \"-999,255\"\n\
         crs = \"EPSG:3067\"\nquantity = \"DBZH\"\nquality = 0.5\nname_time = \"first\"\n\
         around = \"24.94,60.17,256\"\n[[radar]]\nname = \"knmi\"\nfrom = \"file:///knmi\"\n\
         [nodes]\nports = [\"/dev/ttyUSB0\"]\nbaud = 9600\nevery_s = 10\n\
         [weather]\ntable = \"file:///w.csv\"\nstation = \"LGA\"\nzone = \"+01:00\"\nevery_s = 60\n\
         [[alert]]\nname = \"fire\"\nwhen = \"fire-in-view\"\nhold = \"30s\"\nquiet = \"22:00-06:00\"\n\
         [[alert]]\nname = \"road\"\nwhen = \"front-reaches\"\nof = \"b\"\nline = [[1, 2], [30.5, 4]]\nwithin = \"5min\"\n\
         [[alert]]\nname = \"camp\"\nwhen = \"front-reaches\"\nof = \"a\"\narea = [[1, 2], [3, 4], [5, 6]]\nprobability = 0.3\n\
         [[alert]]\nname = \"rain\"\nwhen = \"rain-starts\"\nat = \"60,24\"\nrate_mm_h = 2\nclear = \"0s\"\n\
         [[alert]]\nname = \"dry\"\nwhen = \"rain-stops\"\n[[alert]]\nname = \"fwi\"\nwhen = \"fwi-reaches\"\nleast = 30\n\
         [mqtt]\nbroker = \"mqtt://[::1]:1884\"\nuser = \"ridge\"\npassword_file = \"/m\"\nhome_assistant = true\n\
         [webhook]\nurl = \"http://192.0.2.3/alerts\"\non = [\"closed\"]\nsecret_env = \"S\"\n\
         [files]\nalerts = true\nfolder = \"/srv/alerts\"\nsender = \"ridge.example\"\ncap_status = \"actual\"\n\
         [[alert]]\nname = \"eyes\"\nwhen = \"blind\"\n[[alert]]\nname = \"wind\"\nwhen = \"wind-shift\"\nof = \"weather\"\n\
         [forecast]\nmodel = \"fire-v2\"\nengine = \"tract\"\nleads = 4\nevery_s = 15\non_change_s = 5\n\
         [budget]\ncores = 1\nmax_temp_c = 80.5\nmin_memory = \"1MB\"\n\
         [keep]\nmax_age = \"12h\"\nmax_bytes = \"1.5GB\"\nmin_free = \"2GB\"\nwhole_every = \"0s\"\n\
         frames_every = \"never\"\nevidence_age = \"90d\"\n\
         [[user]]\nname = \"ann\"\nrole = \"operator\"\npassword_file = \"/ann\"\n\
         [[user]]\nname = \"bob\"\nrole = \"read-only\"\npassword_env = \"BOB\"\n\
         [web]\nlisten = \"0.0.0.0:9000\"\nnames = [\"ridge.example\"]\ntiles = \"/srv/tiles\"\n"
    );
    let tls = format!("mqtts://h\"\ncertificate_sha256 = \"{SHA256}\"\npictures = false");
    let other = all
        .replace("secret_env = \"S\"", "secret_file = \"/s\"\ncertificate_file = \"/c\"")
        .replace("http://192.0.2.3", "https://192.0.2.3")
        .replace("mqtt://[::1]:1884\"", &tls);
    for text in [LEAST, &all, &other] {
        let config = Config::parse("s.toml", text).unwrap();
        assert_eq!(Config::parse("again", &config.to_toml()).unwrap(), config);
    }
    let sim = Config::simulated("sim:", std::path::Path::new("d")).unwrap();
    assert_eq!(Config::parse("again", &sim.to_toml()).unwrap(), sim);
    // The table of keys is that of what can be said.
    let written = [&all, &other].map(|text| Config::parse("s.toml", text).unwrap().to_toml());
    let written = written.concat();
    for (_, keys) in KEYS {
        for key in keys {
            assert!(written.contains(key), "{key} is known and is never written: {written}");
        }
    }
}

#[test]
fn the_schema_has_the_keys_that_there_are() {
    let schema = Config::schema();
    for (section, keys) in KEYS {
        let mut place = &schema;
        for part in section.split('.').filter(|part| !part.is_empty()) {
            place = {
                let place = &place["properties"][part];
                let named = place.get("$ref").or_else(|| place["items"].get("$ref"));
                let named = named.or_else(|| place["anyOf"][0].get("$ref"));
                let named =
                    named.and_then(|name| name.as_str()).unwrap_or_else(|| panic!("{place}"));
                schema.pointer(named.trim_start_matches('#')).unwrap()
            };
        }
        let known = place["properties"].as_object().unwrap();
        let mut got: Vec<&str> = known.keys().map(String::as_str).collect();
        let mut want = keys.to_vec();
        got.sort_unstable();
        want.sort_unstable();
        assert_eq!(got, want, "{section}");
        assert_eq!(place["additionalProperties"], false, "{section}");
        assert!(known.values().all(|key| key["description"].is_string()), "{section}");
    }
    assert_eq!(schema["required"], serde_json::json!(["name", "lat", "lon"]));
}

#[test]
fn what_is_sent_along_holds_no_secret() {
    let text = LEAST.replace("file:///srv/drop/", "http://192.0.2.1/now.jpg?token=s3cret");
    let text = format!("{text}user = \"s3cret\"\npassword_file = \"/etc/a\"\nsnapshot = true\n");
    let sent = Config::parse("s.toml", &text).unwrap().without_secrets();
    assert!(sent.contains("http://192.0.2.1/now.jpg?(left-out)"), "{sent}");
    assert!(sent.contains("/etc/a") && !sent.contains("s3cret"), "{sent}");
    for (url, want) in [
        ("http://192.0.2.3/s3cret", "\"http://192.0.2.3/(left-out)\""),
        ("https://192.0.2.3?s3cret", "\"https://192.0.2.3/(left-out)\""),
        ("https://192.0.2.3:8443/a/s3cret?b", "\"https://192.0.2.3:8443/(left-out)\""),
    ] {
        let mqtt = "[mqtt]\nbroker = \"mqtts://h\"\nuser = \"s3cret\"\npassword_file = \"/m\"\n";
        let text = format!("{LEAST}{mqtt}[webhook]\nurl = \"{url}\"\n");
        let sent = Config::parse("s.toml", &text).unwrap().without_secrets();
        assert!(sent.contains(want) && !sent.contains("s3cret"), "{url}: {sent}");
        assert!(sent.contains("broker = \"mqtts://h:8883\""), "{sent}");
    }
}

#[test]
fn pictures_are_sent_where_home_assistant_is_told_unless_said() {
    for (keys, want) in [
        ("", false),
        ("home_assistant = true", true),
        ("home_assistant = true\npictures = false", false),
        ("pictures = true", true),
    ] {
        let text = format!("{LEAST}[mqtt]\nbroker = \"mqtt://h\"\n{keys}\n");
        let mqtt = Config::parse("s.toml", &text).unwrap().mqtt.unwrap();
        assert_eq!((mqtt.pictures, mqtt.port, mqtt.certificate), (want, 1883, None), "{keys}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_what_to_write() {
    let with = |old: &str, new: &str| {
        assert!(LEAST.contains(old), "{old}");
        LEAST.replacen(old, new, 1)
    };
    let end = |more: &str| format!("{LEAST}{more}\n");
    let https = |keys: &str| end(keys).replace("file:///srv/drop/", "https://h/1");
    let radar = |keys: &str| format!("{LEAST}[[radar]]\n{keys}\n");
    let fmi = |key: &str| radar(&format!("name = \"fmi\"\nfrom = \"file:///r\"\n{key}"));
    for (text, want) in [
        (with("lat = 40.0\n", ""), "s.toml: lat is missing; write lat = 40.0175"),
        (with("lat = 40.0", "lat = 95.0"), "lat: 95 cannot be; give -90 to 90"),
        (with("lat = 40.0", "lat = nan"), "lat: NaN cannot be"),
        (with("lat = 40.0", "lat = \"north\""), "s.toml, line 2: invalid type: string"),
        (with("name = \"ridge\"", "name = \"The Ridge\""), "name: no such name can be; give up to"),
        (with("name = \"ridge\"", "name = \"../ridge\""), "name: no such name can be"),
        (with("lon = -105.0", "lon = -105.0\nlon = 3"), "line 4: duplicate key"),
        (with("lon = -105.0", "lon ="), "s.toml, line 3:"),
        (with("kind = \"thermal\"", ""), "camera north: kind is missing"),
        (
            with("kind = \"thermal\"", "kind = \"radar\""),
            "camera north: kind: no such choice; give thermal",
        ),
        (with("from = \"file:///srv/drop/\"\n", ""), "camera north: from is missing"),
        (with("file:///srv/drop/", "file://srv/drop"), "give the whole path: file:///srv/drop/"),
        (with("file:///srv/drop/", "file:///"), "needs a folder"),
        (with("file:///srv/drop/", "/srv/drop"), "no address of a camera"),
        (with("file:///srv/drop/", "rtsp://u:pw@host/1"), "the address holds a user; give user ="),
        (
            with("file:///srv/drop/", "rtsp://host/1").replace("thermal", "mask"),
            "camera north: kind: a video is no mask: compression blurs its values; give thermal",
        ),
        (with("file:///srv/drop/", "rtsp:///1"), "no address of a camera; give it as a browser"),
        (
            with("file:///srv/drop/", "rtsps://host/1"),
            "from: rtsps:// cannot be read; give rtsp:// within",
        ),
        (with("file:///srv/drop/", "https://u:pw@host/1"), "the address holds a user; give user ="),
        (with("file:///srv/drop/", "https://h/1?pwd=pw"), "holds a password; write {password}"),
        (https("certificate_sha256 = \"AB:CD\""), "certificate_sha256: no SHA-256 of a cert"),
        (https("certificate_file = \"north.pem\""), "certificate_file: no path from the root"),
        (
            https(&format!("certificate_sha256 = \"{SHA256}\"\ncertificate_file = \"/n.pem\"")),
            "certificate_file: there is a certificate_sha256 too; leave one",
        ),
        (https("certificate = \"/n.pem\""), "certificate: no such key; write certificate_file"),
        (
            https(&format!("certificate_sha256 = \"{SHA256}\"")).replace("https:", "http:"),
            "camera north: certificate_sha256: only https:// has one; leave it out",
        ),
        (
            https("certificate_file = \"/n.pem\"").replace("https:", "rtsp:"),
            "camera north: certificate_file: only https:// has one; leave it out",
        ),
        (with("file:///srv/drop/", "http://h/1?u=a&Pwd=pw"), "holds a password; write {password}"),
        (with("file:///srv/drop/", "http://h/1?u={user}"), "write user = and password_file ="),
        (with("file:///srv/drop/", "ftp://host/1"), "no address of a camera; give rtsp://"),
        (end("transport = \"udp\""), "camera north: transport: only rtsp:// has one; leave it out"),
        (end("snapshot = true"), "camera north: snapshot: only http:// and https:// have"),
        (end("user = \"u\""), "camera north: password_file is missing; write password_file ="),
        (end("password_env = \"P\""), "camera north: user is missing"),
        (end("user = \"u\"\npassword_env = \"P\""), "user: only cameras of the network have"),
        (end("look = \"dusk\""), "camera north: look: no such choice; give always or day or night"),
        (with("file:///srv/drop/", "sim:rain"), "no such simulator; give sim:fire"),
        (with("file:///srv/drop/", "sim:fire?step_s=3"), "leave step_s and kind out"),
        (end("evry_s = 3"), "s.toml: camera north: evry_s: no such key; write every_s"),
        (end("fps = 3"), "camera north: fps: no such key; there are name, from"),
        (end("every_s = 0"), "camera north: every_s: 0 cannot be; give 0.1 to 3600"),
        (end("step_s = 1"), "camera north: step_s: 1 cannot be; give 5 to 7200"),
        (end("[forecasts]\nleads = 2"), "forecasts: no such key; write forecast,"),
        (end("[mqtt]\nbroker = \"x\""), "mqtt.broker: no address of a broker; give mqtt://"),
        (end("[mqtt]\nbroker = \"http://x\""), "mqtt.broker: no address of a broker; give mqtt"),
        (end("[mqtt]\nbroker = \"mqtts://:8883\""), "mqtt.broker: no address of a broker"),
        (
            end("[mqtt]\nbroker = \"mqtts://x\"\ncertificate_sha256 = \"AB\""),
            "mqtt.certificate_sha256: no SHA-256 of a certificate; give its 64 digits",
        ),
        (
            end("[mqtt]\nbroker = \"mqtts://x\"\ncertificate_file = \"b.pem\""),
            "mqtt.certificate_file: no path from the root on; give the whole path",
        ),
        (
            end(&format!("[mqtt]\nbroker = \"mqtt://x\"\ncertificate_sha256 = \"{SHA256}\"")),
            "mqtt.certificate_sha256: only mqtts:// has one; leave it out",
        ),
        (
            end("[mqtt]\nbroker = \"mqtts://x\"\npicture = true"),
            "mqtt.picture: no such key; write pic",
        ),
        (end("[mqtt]\nbroker = \"mqtt://a:b@x\""), "the address holds a user"),
        (end("[mqtt]\nbroker = \"mqtt://x\"\nuser = \"a\""), "mqtt.password_file is missing"),
        (end("[mqtt]\nhost = \"x\""), "mqtt.host: no such key; there are broker"),
        (end("[webhook]\non = [\"raised\"]"), "webhook.url is missing"),
        (end("[webhook]\nurl = \"file:///etc/passwd\""), "webhook.url: no address of a server"),
        (end("[webhook]\nurl = \"http://a/b\"\non = [\"all\"]"), "webhook.on: no such choice"),
        (end("[webhook]\nurl = \"https:///b\""), "webhook.url: no address of a server; give http"),
        (end("[webhook]\nurl = \"https://a:b@c/d\""), "webhook.url: the address holds a user"),
        (
            end("[webhook]\nurl = \"http://a/b\"\ncertificate_file = \"/b.pem\""),
            "webhook.certificate_file: only https:// has one; leave it out",
        ),
        (
            end(&format!(
                "[webhook]\nurl = \"https://a/b\"\ncertificate_file = \"/b.pem\"\n\
                 certificate_sha256 = \"{SHA256}\""
            )),
            "webhook.certificate_file: there is a certificate_sha256 too; leave one",
        ),
        (end("[[alert]]\nname = \"a\""), "alert a: when is missing"),
        (end("[[alert]]\nname = \"a\"\nwhen = \"fire\""), "alert a: when: no such cause; give one"),
        (
            end("[[alert]]\nname = \"a\"\nwhen = \"front-reach\"\nline = [[1, 2]]"),
            "alert a: when: no such cause; give one of fire-in-view, front-reaches",
        ),
        (
            end("[[alert]]\nname = \"a\"\nwhen = \"blind\"\nleast = 3"),
            "a: least: blind has no such key",
        ),
        (
            end("[[alert]]\nname = \"a\"\nwhen = \"fire-in-view\"\nof = \"x\""),
            "a: of: no such source",
        ),
        (end("[[alert]]\nname = \"a\"\nwhen = \"front-reaches\""), "a: line: one line or one area"),
        (
            end("[[alert]]\nname = \"a\"\nwhen = \"front-reaches\"\narea = [[1, 2], [3, 4]]"),
            "a: area: no points of a picture; give 1 to 200",
        ),
        (end("[[alert]]\nname = \"a\"\nwhen = \"fwi-reaches\""), "alert a: least is missing"),
        (end("[[alert]]\nname = \"a\"\nwhen = \"blind\"\nquiet = \"night\""), "a: quiet: no hours"),
        (end("[forecast]\nengine = \"gpu\""), "forecast.engine: no such engine; give one of auto"),
        (end("[forecast]\nleads = 0"), "forecast.leads: 0 cannot be"),
        (end("[forecast]\nleads = -1"), "invalid value: integer `-1`"),
        (end("[budget]\ncores = 0"), "budget.cores: 0 cannot be"),
        (end("[budget]\nmax_temp_c = 20"), "budget.max_temp_c: 20 cannot be; give 30 to 150"),
        (end("[budget]\nmin_memory = \"5%\""), "budget.min_memory: no size"),
        (end("[keep]\nmax_age = \"30\""), "keep.max_age: no span of time; give \"30d\""),
        (end("[keep]\nmax_bytes = \"5%\""), "keep.max_bytes: no size"),
        (end("[keep]\nmin_free = \"5\""), "keep.min_free: no share and no size"),
        (end("[keep]\nmin_fre = \"5%\""), "keep.min_fre: no such key; write min_free"),
        (
            end("[web]\nlisten = \"0.0.0.0:80\""),
            "web.listen: others can reach it, and nobody has to log in",
        ),
        (end("[web]\nnames = [\"Ridge:80\"]"), "web.names: no such names can be"),
        (end("[[user]]\nname = \"ann\""), "user ann: role is missing"),
        (end("[[user]]\nname = \"ann\"\nrole = \"root\""), "user ann: role: no such choice"),
        (
            end("[[user]]\nname = \"ann\"\nrole = \"operator\""),
            "user ann: password_file is missing",
        ),
        (
            end("[[user]]\nname = \"ann\"\npasword_file = \"x\""),
            "user ann: pasword_file: no such key",
        ),
        (end("[web]\nlisten = \"8085\""), "web.listen: no address with a port"),
        (end("[files]\nfolder = \"\""), "files.folder: an empty path"),
        (end("[files]\nfolder = \"outbox/a\""), "files.folder: other files are kept there"),
        (end("[files]\nsender = \"a b\""), "files.sender: no sender can be called so"),
        (end("[files]\ncap_status = \"real\""), "files.cap_status: no such choice; give test or"),
        (
            end("[[camera]]\nname = \"north\"\nfrom = \"sim:fire\""),
            "camera north: two have this name; give each its own",
        ),
        ("name = \"a\"\nlat = 1.0\nlon = 1.0\n".to_owned(), "a camera or radar is missing"),
        (
            radar("name = \"fmi\""),
            "radar fmi: from is missing; write from = \"file:///data/radar/\"",
        ),
        (radar("name = \"north\"\nfrom = \"file:///r\""), "radar north: two have this name"),
        (radar("name = \"fmi\"\nfrom = \"/data\""), "radar fmi: from: no folder of radar files"),
        (fmi("every_s = 5"), "radar fmi: every_s: 5 cannot be; give 30 to 3600"),
        (fmi("until = \"2\""), "radar fmi: until: no span of time; give \"60min\""),
        (fmi("at = [\"here\"]"), "radar fmi: at: no place; give [\"60.17,24.94\"]"),
        (fmi("unit = \"mm\""), "radar fmi: unit: 'mm' does not say over what time; write mm in 5"),
        (fmi("zr = \"2\""), "radar fmi: zr: '2' is no Z = a R^b; write a,b"),
        (fmi("no_data = \"x\""), "radar fmi: no_data: 'x' is no stored value; write a number"),
        (fmi("quality = 2"), "radar fmi: quality: 2 cannot be; give 0 to 1"),
        (fmi("name_time = \"mid\""), "radar fmi: name_time: no such choice; give first or last"),
        (fmi("around = \"1,2\""), "radar fmi: around: '1,2' is no square; write LON,LAT,KM"),
        (end("[nodes]\nbaud = 9600"), "nodes.ports is missing; write ports = ["),
        (end("[nodes]\nports = []"), "nodes.ports: no ports; give [\"/dev/ttyUSB0\"]"),
        (end("[nodes]\nports = [\"a\", \"a\"]"), "nodes.ports: a is named twice"),
        (end("[nodes]\nports = [\"a\"]\nbaud = 1"), "nodes.baud: 1 cannot be"),
        (end("[weather]\ntable = \"w.csv\""), "weather.table: no file of a table; give the whole"),
        (end("[weather]\nzone = \"UTC\""), "weather.table is missing; write table = "),
        (end("[weather]\ntabel = \"x\""), "weather.tabel: no such key; write table"),
        (
            format!("{}[weather]\n", LEAST.replace("name = \"north\"", "name = \"weather\"")),
            "weather: a camera or radar has a name of the weather's",
        ),
        (fmi("untl = \"2h\""), "radar fmi: untl: no such key; write until"),
    ] {
        let line = Config::parse("s.toml", &text).unwrap_err().to_string();
        assert!(line.contains(want) && !line.contains('\n'), "{text}\n{line}");
        assert!(!line.contains("pw"), "a password is told: {line}");
    }
    let line = Config::read(std::path::Path::new("/no/such.toml")).unwrap_err().to_string();
    assert!(line.starts_with("/no/such.toml: ") && line.contains("sim:"), "{line}");
}
