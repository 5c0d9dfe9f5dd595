//! Python environments under `target/`, made from pinned, hashed packages: the AWS-wire server runs in one, and the
//! independent readers of our formats in others.
//!
//! What is missing on the machine fails with the name of what to install; nothing is skipped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The interpreter of an environment that holds exactly the packages of the folder's `requirements.txt`, made if it is not
/// there. Another folder, or other packages, are another environment.
pub(crate) fn environment(folder: &Path) -> PathBuf {
    let requirements = folder.join("requirements.txt");
    let pinned = fs::read(&requirements).expect("the pinned packages are listed");
    let digest = pinned.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let name = folder.file_name().expect("a folder has a name");
    let name = format!("{}-{digest:016x}", name.to_string_lossy());
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let python = root.join("bin/python");
    let done = root.join("complete");
    fs::create_dir_all(&root).expect("target is writable");
    let lock = File::create(root.with_extension("lock")).expect("target is writable");
    lock.lock().expect("the lock of the environment");
    if !done.exists() {
        let hint = "the tests need Python 3.11 or newer with venv (Debian: apt-get install python3 python3-venv)";
        run(
            Command::new("python3").args(["-m", "venv"]).arg(&root),
            hint,
        );
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
        ];
        run(
            Command::new(&python).args(install).arg(&requirements),
            "installing the pinned packages failed",
        );
        File::create(&done).expect("target is writable");
    }
    python
}

fn run(command: &mut Command, hint: &str) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{hint}: {error}"));
    assert!(
        output.status.success(),
        "{hint}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
