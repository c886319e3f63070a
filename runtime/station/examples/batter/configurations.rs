//! Configurations: a long one, damaged.

use emberline_station::config::Config;
use fastrand::Rng;

use super::damage::damage;

const CONFIG: &str = "\
name = \"ridge\"\nlat = 40.0175\nlon = -105.2797\ndata = \"/var/lib/emberline\"\n\
[[camera]]\nname = \"north\"\nfrom = \"rtsp://192.0.2.21:554/stream2\"\nuser = \"viewer\"\n\
password_file = \"/etc/emberline/north\"\ntransport = \"udp\"\nkind = \"thermal\"\nevery_s = 5\n\
step_s = 30\nlook = \"day\"\n\
[[camera]]\nname = \"south\"\nfrom = \"http://cam/now.jpg?u={user}&pwd={password}\"\nuser = \"v\"\n\
password_env = \"SOUTH\"\nsnapshot = true\nkind = \"rgb\"\n\
[[camera]]\nname = \"safe\"\nfrom = \"https://cam/now.jpg\"\nkind = \"rgb\"\n\
certificate_sha256 = \"000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f\"\n\
[[camera]]\nname = \"file\"\nfrom = \"https://cam/now.jpg\"\nkind = \"rgb\"\n\
certificate_file = \"/etc/emberline/north.pem\"\n\
[[camera]]\nname = \"usb\"\nfrom = \"/dev/video0\"\nkind = \"thermal\"\n\
[[camera]]\nname = \"drop\"\nfrom = \"file:///srv/drop/\"\nkind = \"mask\"\n\
[[camera]]\nname = \"sim\"\nfrom = \"sim:fire?seed=3\"\n\
[forecast]\nmodel = \"fire\"\nengine = \"auto\"\nevery_s = 60\nleads = 20\n\
[keep]\nmax_age = \"30d\"\nmax_bytes = \"50GB\"\nmin_free = \"5%\"\n\
[web]\nlisten = \"127.0.0.1:8085\"\n";
/// A camera whose address holds a password: it is refused, and never told.
const TOLD: &str =
    "[[camera]]\nname = \"t\"\nkind = \"rgb\"\nfrom = \"http://u:s3cr3t@cam/1?pwd=s3cr3t\"\n";

/// Feeds `bytes` bytes to the reader of configurations.
pub(super) fn batter(random: &mut Rng, bytes: u64) {
    let (mut fed, mut taken, mut refused) = (0_u64, 0_u64, 0_u64);
    while fed < bytes {
        let mut text = CONFIG.to_owned();
        if random.bool() {
            text += TOLD;
        }
        let mut text = text.into_bytes();
        damage(random, &mut text);
        fed += text.len() as u64;
        let text = String::from_utf8_lossy(&text);
        match Config::parse("s.toml", &text) {
            Ok(config) => {
                taken += 1;
                assert_eq!(
                    Config::parse("again", &config.to_toml()).as_ref(),
                    Ok(&config),
                    "{text}"
                );
            }
            Err(cause) => {
                refused += 1;
                let line = cause.to_string();
                assert!(!line.contains('\n') && !line.contains("s3cr3t"), "{line}\n{text}");
            }
        }
    }
    println!("configurations  {fed} bytes\n  taken         {taken}\n  refused       {refused}");
}
