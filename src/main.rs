//! The program: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

use dynalint::cli::collector::Aws;

fn main() -> ExitCode {
    dynalint::cli::main(&Aws).into()
}
