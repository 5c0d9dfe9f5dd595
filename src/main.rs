//! The program: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

mod unconnected;

fn main() -> ExitCode {
    dynalint::cli::main(&unconnected::Unconnected).into()
}
