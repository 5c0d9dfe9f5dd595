//! The real binary, in an environment without anything of the machine it runs on.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The binary with these arguments: no variable but HOME, LC_ALL and what keeps it from asking the network who it is.
pub(crate) fn dynalint(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynalint"));
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("home");
    fs::create_dir_all(&home).expect("target is writable");
    command
        .args(args)
        .env_clear()
        .env("HOME", &home)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
        .env("LC_ALL", "C.UTF-8")
        .current_dir(&home)
        .stdin(Stdio::null());
    command
}
