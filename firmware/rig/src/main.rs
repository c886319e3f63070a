//! `emberline-rig`: the size of the image against its budget, and the image as flash holds it.
//!
//!     emberline-rig report          one line a kind; exit 1 if something is over
//!     emberline-rig flash FILE      write the bytes of the flash

use std::{env, path::Path, process::ExitCode};

use emberline_rig::{Budget, Failed, Image};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(words: &[&str]) -> Result<ExitCode, Failed> {
    match words {
        ["report"] => match Budget::read()?.check(&Image::built()?, None) {
            Ok(lines) => println!("{lines}"),
            Err(lines) => {
                eprintln!("{lines}\nerror: over budget, see firmware/budget.toml");
                return Ok(ExitCode::FAILURE);
            }
        },
        ["flash", file] => Image::built()?.write(Path::new(file))?,
        _ => return Err(Failed::Setting("say report, or flash FILE".into())),
    }
    Ok(ExitCode::SUCCESS)
}
