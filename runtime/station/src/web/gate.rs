//! The gate: who a name and password are, and how often somebody may guess.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::session::Who;
use crate::config::UserConfig;
use crate::password;

/// Wrong guesses from an address that cost nothing; each one more doubles the wait, from a second on.
const FREE: u32 = 5;
const LONGEST: Duration = Duration::from_secs(300);
/// An address is forgotten after this without a guess.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// Most addresses that are remembered.
const ADDRESSES: usize = 4096;
/// A program that sends its password each time is believed for so long without hashing it again.
const BELIEVED: Duration = Duration::from_secs(60);
/// Most such programs.
const PROGRAMS: usize = 64;

/// Why somebody does not come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// Name or password is wrong.
    Wrong,
    /// Too many guesses: again after this.
    Wait(Duration),
}

#[derive(Clone, Copy, Debug)]
struct Guesses {
    wrong: u32,
    last: Instant,
}

impl Guesses {
    /// How long after the last one the next may come.
    fn wait(self) -> Duration {
        match self.wrong.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(over) => Duration::from_secs(1 << over.min(16)).min(LONGEST),
        }
    }
}

/// Lets in those who know a password.
#[derive(Debug)]
pub(crate) struct Gate {
    users: Vec<UserConfig>,
    guesses: Mutex<HashMap<IpAddr, Guesses>>,
    believed: Mutex<HashMap<[u8; 32], (Who, Instant)>>,
    /// One guess is hashed at a time: many take no memory.
    hashing: Mutex<()>,
    /// What a name that there is not is held against, so that it takes as long.
    nobody: String,
    /// Mixed into what is remembered of passwords.
    salt: [u8; 32],
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who is counted as one: an IPv6 network of 64 bits is one household.
fn household(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
        ip => ip,
    }
}

impl Gate {
    /// A gate for `users`.
    pub(super) fn new(users: Vec<UserConfig>) -> Self {
        let mut salt = [0; 32];
        // Without random numbers nothing is believed without its hash: see `believe`.
        let _ = getrandom::fill(&mut salt);
        let nobody = if users.is_empty() { String::new() } else { made_up() };
        let (guesses, believed, hashing) = Default::default();
        Self { users, guesses, believed, hashing, nobody, salt }
    }

    /// Whether people have to log in.
    pub(super) fn is_there(&self) -> bool {
        !self.users.is_empty()
    }

    /// Who `name` with `password` is, asked from `from`.
    ///
    /// # Errors
    /// [`Denied`]. What is wrong with a password file is written to the log, and not told.
    pub(super) fn enter(
        &self,
        from: IpAddr,
        name: &str,
        password: &str,
        now: Instant,
    ) -> Result<Who, Denied> {
        let from = household(from);
        let left = self.wait(from, now);
        if !left.is_zero() {
            return Err(Denied::Wait(left));
        }
        let user = self.users.iter().find(|user| user.name == name);
        let hash = user.and_then(|user| match user.password.read() {
            Ok(hash) if password::is_hash(hash.letters()) => Some(hash.letters().to_owned()),
            Ok(_) => {
                let fix = "‹emberline config password› makes one";
                tracing::warn!("page: what is kept of {name} is no hash of a password; {fix}");
                None
            }
            Err(cause) => {
                tracing::warn!("page: {name}: {cause}");
                None
            }
        });
        let is_right = {
            let _one = lock(&self.hashing);
            let hash_or_nobody = hash.as_deref().unwrap_or(&self.nobody);
            password::verify(hash_or_nobody, password) && hash.is_some()
        };
        let mut guesses = lock(&self.guesses);
        if let (true, Some(user)) = (is_right, user) {
            guesses.remove(&from);
            return Ok(Who { name: user.name.clone(), role: user.role });
        }
        guesses.retain(|_, guesses| now.duration_since(guesses.last) < FORGOTTEN);
        if guesses.len() >= ADDRESSES {
            let oldest = guesses.iter().min_by_key(|(_, g)| g.last).map(|(from, _)| *from);
            oldest.and_then(|oldest| guesses.remove(&oldest));
        }
        let guesses = guesses.entry(from).or_insert(Guesses { wrong: 0, last: now });
        (guesses.wrong, guesses.last) = (guesses.wrong.saturating_add(1), now);
        // The first ones and each that doubles their number: a log is not to be filled from outside.
        if guesses.wrong <= FREE || guesses.wrong.is_power_of_two() {
            let named: String = name.escape_debug().take(40).collect();
            tracing::warn!("page: {} wrong log-in(s) from {from}, as \"{named}\"", guesses.wrong);
        }
        Err(Denied::Wrong)
    }

    fn wait(&self, from: IpAddr, now: Instant) -> Duration {
        let guesses = lock(&self.guesses).get(&from).copied();
        let since = |guesses: Guesses| now.duration_since(guesses.last);
        guesses.map_or(Duration::ZERO, |guesses| guesses.wait().saturating_sub(since(guesses)))
    }

    /// The same of a program that sends name and password with each request.
    ///
    /// # Errors
    /// As [`Gate::enter`].
    pub(super) fn believe(
        &self,
        from: IpAddr,
        name: &str,
        password: &str,
        now: Instant,
    ) -> Result<Who, Denied> {
        let of = Sha256::new().chain_update(self.salt).chain_update(name).chain_update([0]);
        let key: [u8; 32] = of.chain_update(password).finalize().into();
        let known = lock(&self.believed).get(&key).cloned();
        if let Some((who, at)) = known
            && now.duration_since(at) < BELIEVED
        {
            return Ok(who);
        }
        let who = self.enter(from, name, password, now)?;
        let mut believed = lock(&self.believed);
        believed.retain(|_, (_, at)| now.duration_since(*at) < BELIEVED);
        if believed.len() < PROGRAMS && self.salt != [0; 32] {
            believed.insert(key, (who.clone(), now));
        }
        Ok(who)
    }
}

/// The hash of a password that nobody has.
fn made_up() -> String {
    let mut random = [0; 16];
    let _ = getrandom::fill(&mut random);
    let letters: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    password::hash(&letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{PasswordFrom, Role};

    #[test]
    fn guessing_becomes_slow_for_the_guesser_alone() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("ann");
        std::fs::write(&file, password::hash("correct horse").unwrap()).unwrap();
        let plain = room.path().join("bob");
        std::fs::write(&plain, "in the clear").unwrap();
        let user = |name: &str, file: &std::path::Path| UserConfig {
            name: name.to_owned(),
            role: Role::Operator,
            password: PasswordFrom::File(file.to_owned()),
        };
        let gate = Gate::new(vec![user("ann", &file), user("bob", &plain)]);
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let [here, there]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().unwrap());
        let enter = |from, name, password, seconds| gate.enter(from, name, password, at(seconds));
        assert_eq!(enter(here, "ann", "correct horse", 0).unwrap().name, "ann");
        for (name, password) in [
            ("ann", "wrong"),
            ("nobody", "correct horse"),
            ("bob", "in the clear"),
            ("", ""),
            ("ann\n2026 forged", "x"),
        ] {
            assert_eq!(enter(here, name, password, 0), Err(Denied::Wrong), "{name:?}");
        }
        // Five were free: the right one waits too, and elsewhere nobody does.
        let wait = |seconds| Err(Denied::Wait(Duration::from_secs(seconds)));
        assert_eq!(enter(here, "ann", "correct horse", 0), wait(1));
        assert_eq!(enter(here, "ann", "wrong", 1), Err(Denied::Wrong));
        assert_eq!(enter(here, "ann", "correct horse", 1), wait(2));
        assert!(enter(there, "ann", "correct horse", 1).is_ok());
        assert!(
            enter(here, "ann", "correct horse", 3).is_ok(),
            "and after the wait it counts anew"
        );
        // A program is believed for a minute, and its wrong password is not.
        let program = |password, seconds| gate.believe(there, "ann", password, at(seconds));
        assert!(program("correct horse", 10).is_ok());
        std::fs::write(&file, password::hash("another horse").unwrap()).unwrap();
        assert!(program("correct horse", 69).is_ok() && program("wrong", 69).is_err());
        assert!(program("correct horse", 71).is_err() && program("another horse", 71).is_ok());
    }

    #[test]
    fn waits_double_up_to_five_minutes() {
        let wait = |wrong| Guesses { wrong, last: Instant::now() }.wait().as_secs();
        let waits = [0, 4, 5, 6, 10, 13, 14, u32::MAX].map(wait);
        assert_eq!(waits, [0, 0, 1, 2, 32, 256, 300, 300]);
        let same =
            |a: &str, b: &str| household(a.parse().unwrap()) == household(b.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:2") && !same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
    }
}
