//! `cargo run -p evens-stacks`: writes the templates of the stacks, and says which have changed.

use evens_stacks::{render, root, sources};
use std::fs;
use std::process::ExitCode;

fn main() -> ExitCode {
    let written = match render(&sources()) {
        Ok(written) => written,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    for (path, text) in written {
        let file = root().join(&path);
        if fs::read_to_string(&file).is_ok_and(|found| found == text) {
            continue;
        }
        if let Err(error) = fs::write(&file, text) {
            eprintln!("{path} cannot be written: {error}");
            return ExitCode::FAILURE;
        }
        println!("{path}");
    }
    ExitCode::SUCCESS
}
