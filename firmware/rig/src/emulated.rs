//! The emulated node: QEMU's process, its sockets and its memory.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    failed::{Failed, at},
    image::Image,
    note::Note,
    plan::{Fitted, Plan},
    player::{Chips, Player},
    qmp::{Qmp, Qtest},
};

const RAM: u32 = 0x2000_0000;
const RAM_BYTES: u32 = 8 * 1_024;
const PAINT: u32 = 0xcccc_cccc;
/// How long QEMU may take to open its sockets.
const OPENS: Duration = Duration::from_secs(60);

/// A node. It is killed when this is dropped.
#[derive(Debug)]
pub struct Emulated {
    /// What is behind its tunnel; stays as it is when the power goes.
    pub chips: Chips,
    plan: Plan,
    image: Image,
    qemu: Option<Child>,
    qmp: Option<Qmp>,
    qtest: Option<Qtest>,
    _player: Player,
}

impl Emulated {
    /// Gives a new node its power. The memory in the plan's folder is used if there is one.
    ///
    /// # Errors
    /// Without image or QEMU: run `tests/node image`.
    pub fn start(plan: Plan) -> Result<Self, Failed> {
        Self::start_with(plan, Chips::default())
    }

    /// The same, with chips that have their troubles already.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(plan: Plan, chips: Chips) -> Result<Self, Failed> {
        let room = &plan.room;
        fs::create_dir_all(room).map_err(at(room.display().to_string()))?;
        let image = plan.set_up()?;
        image.write(&room.join("node.bin"))?;
        let memory = room.join("memory.bin");
        if !memory.exists() {
            let blank = vec![0xff; plan.memory_bytes as usize];
            fs::write(&memory, blank).map_err(at(memory.display().to_string()))?;
        }
        let tunnel = room.join("tunnel");
        remove(&tunnel)?;
        let player = Player::start(&tunnel, chips.clone())?;
        let mut node =
            Self { chips, plan, image, qemu: None, qmp: None, qtest: None, _player: player };
        node.give_power()?;
        Ok(node)
    }

    /// Gives the node its power again. Nothing happens if it has it.
    ///
    /// # Errors
    /// Without QEMU.
    pub fn give_power(&mut self) -> Result<(), Failed> {
        if self.qemu.is_some() {
            return Ok(());
        }
        let room = self.plan.room.clone();
        for socket in ["uart", "qmp", "qtest"] {
            remove(&room.join(socket))?;
        }
        let qemu = qemu_path();
        let child = self.command(&qemu).spawn().map_err(|_| Failed::NoQemu(qemu))?;
        self.qemu = Some(child);
        let end = Instant::now() + OPENS;
        while !["uart", "qmp", "qtest"].iter().all(|socket| room.join(socket).exists()) {
            if Instant::now() > end || self.has_ended() {
                let answer = fs::read_to_string(room.join("qemu.log")).unwrap_or_default();
                return Err(Failed::Qemu { command: "start".into(), answer });
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn command(&self, qemu: &Path) -> Command {
        let Plan { room, node_id, rtc_base, reboots, played_memory, memory_bytes, missing, .. } =
            &self.plan;
        let path = |name: &str| room.join(name).display().to_string();
        let has = |chip: Fitted| missing & chip as u32 == 0;
        let [a, b, c, d] = node_id.to_be_bytes();
        let mut command = Command::new(qemu);
        command
            .args(["-M", "lm3s6965evb", "-display", "none", "-monitor", "none"])
            .args(["-serial", &format!("unix:{},server=on,wait=off", path("uart"))])
            .args(["-serial", &format!("unix:{}", path("tunnel"))])
            .args(["-qmp", &format!("unix:{},server=on,wait=off", path("qmp"))])
            .args(["-qtest", &format!("unix:{},server=on,wait=off", path("qtest"))])
            .args(["-qtest-log", "none"])
            .args(["-net", &format!("nic,macaddr=02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}")])
            .args(["-rtc", &format!("base={rtc_base},clock=vm")])
            .args(["-kernel", &path("node.bin")]);
        if has(Fitted::Tmp105) {
            command.args(["-device", "tmp105,bus=i2c,address=0x48,id=tmp105"]);
        }
        if has(Fitted::Ds1338) {
            command.args(["-device", "ds1338,bus=i2c,address=0x68"]);
        }
        if !played_memory {
            let file = path("memory.bin");
            command
                .args(["-drive", &format!("if=none,id=memory,format=raw,file={file}")])
                .args(["-device"])
                .arg(format!(
                    "at24c-eeprom,bus=i2c,address=0x50,rom-size={memory_bytes},drive=memory"
                ));
        }
        if !reboots {
            // It stands still there, so that its RAM can be read.
            command.args(["-no-reboot", "-no-shutdown"]);
        }
        let log = fs::File::create(room.join("qemu.log")).map_or(Stdio::null(), Stdio::from);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command
    }

    /// Takes the node's power away: SIGKILL.
    ///
    /// # Errors
    /// When the process cannot be ended.
    pub fn cut_power(&mut self) -> Result<(), Failed> {
        (self.qmp, self.qtest) = (None, None);
        if let Some(mut qemu) = self.qemu.take() {
            qemu.kill().and_then(|()| qemu.wait()).map_err(at("QEMU"))?;
        }
        Ok(())
    }

    /// Whether QEMU ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.qemu.as_mut().is_none_or(|qemu| !matches!(qemu.try_wait(), Ok(None)))
    }

    /// Whether the node stands still where it would restart, see [`Plan::without_reboots`].
    ///
    /// # Errors
    /// When QEMU does not run.
    pub fn stands_still(&mut self) -> Result<bool, Failed> {
        let status = self.qmp()?.execute("query-status", &json!({}))?;
        Ok(status["status"] == "shutdown")
    }

    /// The socket of the node's line to the gateway. It is there while the node has power.
    pub fn uart(&self) -> PathBuf {
        self.plan.room.join("uart")
    }

    /// The image that it runs.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Sets what the TMP105 measures, °C.
    ///
    /// # Errors
    /// When QEMU does not run or refuses: it takes -128 to 128 °C.
    pub fn set_tmp105_c(&mut self, temp_c: f64) -> Result<(), Failed> {
        let arguments = json!({
            "path": "/machine/peripheral/tmp105",
            "property": "temperature",
            "value": (temp_c * 1_000.0).round() as i64,
        });
        self.qmp()?.execute("qom-set", &arguments).map(drop)
    }

    /// The deepest that the stack has been since the last start, bytes.
    ///
    /// # Errors
    /// When QEMU does not run.
    pub fn stack_used(&mut self) -> Result<usize, Failed> {
        let ram = self.ram()?;
        let end = self.image.address_of("_stack_end")?;
        let start = self.image.address_of("_stack_start")?;
        let stack = &ram[(end - RAM) as usize / 4..(start - RAM) as usize / 4];
        Ok(4 * (stack.len() - stack.iter().take_while(|word| **word == PAINT).count()))
    }

    /// What the node keeps over a reset.
    ///
    /// # Errors
    /// When QEMU does not run.
    pub fn note(&mut self) -> Result<Note, Failed> {
        self.words_of("4NOTE").map(Note::from_words)
    }

    /// Bytes of the gateway that the node lost because it was busy.
    ///
    /// # Errors
    /// When QEMU does not run.
    pub fn overruns(&mut self) -> Result<u32, Failed> {
        let [overruns] = self.words_of("8OVERRUNS")?;
        Ok(overruns)
    }

    /// Words of RAM at a name of the program.
    fn words_of<const N: usize>(&mut self, name: &str) -> Result<[u32; N], Failed> {
        let at = (self.image.address_of(name)? - RAM) as usize / 4;
        let ram = self.ram()?;
        let words = ram.get(at..).and_then(|ram| ram.first_chunk());
        words.copied().ok_or_else(|| Failed::NoSymbol(name.into()))
    }

    /// Damages eight bytes of RAM at a name of the program.
    ///
    /// # Errors
    /// When QEMU does not run, or the image has no such name.
    pub fn damage(&mut self, name: &str, value: u64) -> Result<(), Failed> {
        let address = self.image.address_of(name)?;
        self.qtest()?.execute(&format!("writeq {address:#x} {value:#x}"))
    }

    fn ram(&mut self) -> Result<Vec<u32>, Failed> {
        let file = self.plan.room.join("ram.bin");
        let arguments =
            json!({"val": RAM, "size": RAM_BYTES, "filename": file.display().to_string()});
        self.qmp()?.execute("pmemsave", &arguments)?;
        let bytes = fs::read(&file).map_err(at(file.display().to_string()))?;
        Ok(bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }

    /// QEMU's name for a port of pins, 0 is A.
    pub(crate) fn gpio_path(&mut self, port: usize) -> Result<String, Failed> {
        let arguments = json!({"path": "/machine/unattached"});
        let devices = self.qmp()?.execute("qom-list", &arguments)?;
        let mut numbers: Vec<u32> = devices
            .as_array()
            .into_iter()
            .flatten()
            .filter(|device| device["type"] == "child<pl061_luminary>")
            .filter_map(|device| {
                device["name"].as_str()?.strip_prefix("device[")?.strip_suffix(']')?.parse().ok()
            })
            .collect();
        numbers.sort_unstable(); // in the order in which the machine makes them: A to G
        let number = numbers.get(port).ok_or_else(|| Failed::NoSymbol("port of pins".into()))?;
        Ok(format!("/machine/unattached/device[{number}]"))
    }

    fn qmp(&mut self) -> Result<&mut Qmp, Failed> {
        if self.qmp.is_none() {
            self.qmp = Some(Qmp::connect(&self.plan.room.join("qmp"))?);
        }
        self.qmp.as_mut().ok_or_else(|| Failed::NoSymbol("QMP".into()))
    }

    pub(crate) fn qtest(&mut self) -> Result<&mut Qtest, Failed> {
        if self.qtest.is_none() {
            self.qtest = Some(Qtest::connect(&self.plan.room.join("qtest"))?);
        }
        self.qtest.as_mut().ok_or_else(|| Failed::NoSymbol("qtest".into()))
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        self.cut_power().ok();
    }
}

/// What `EMBERLINE_QEMU` says, what `tests/node` has made, or what is on the PATH.
fn qemu_path() -> PathBuf {
    if let Some(path) = env::var_os("EMBERLINE_QEMU") {
        return path.into();
    }
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/node/qemu-system-arm");
    if made.exists() { made } else { "qemu-system-arm".into() }
}

/// Removes a file that an earlier start may have left.
fn remove(path: &Path) -> Result<(), Failed> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(at(path.display().to_string())(e))
        }
        _ => Ok(()),
    }
}
