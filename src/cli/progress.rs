//! How far collecting is: a moving line on a terminal, else a plain line every ten seconds, or nothing at all.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::TalkArgs;
use super::screen::Screen;
use crate::report::terminal::layout::number;

/// How often a plain line is written.
const EVERY: Duration = Duration::from_secs(10);

/// Is told how far collecting is; from any thread.
pub trait Progress: Sync {
    /// `done` of `total` calls have ended, the last of them `what` (`dynamodb:DescribeTable`). The total grows as
    /// tables and pages become known.
    fn step(&self, done: usize, total: usize, what: &str);
}

/// Progress on stderr.
pub(super) enum Shown {
    /// None.
    Silent,
    /// A line that moves.
    Line(ProgressBar),
    /// Plain lines, and when the last one was.
    Plain(Mutex<Instant>),
}

impl Shown {
    /// What fits the terminal and the flags.
    pub(super) fn fitting(screen: Screen, talk: &TalkArgs) -> Shown {
        let moves = screen.can_move(talk.ci);
        match (talk.quiet || talk.no_progress, moves) {
            (true, _) => Shown::Silent,
            (false, true) => Shown::Line(moving_line()),
            (false, false) => Shown::Plain(Mutex::new(Instant::now())),
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        match self {
            Shown::Line(line) => line.finish_and_clear(),
            Shown::Silent | Shown::Plain(_) => {}
        }
    }
}

impl Progress for Shown {
    fn step(&self, done: usize, total: usize, what: &str) {
        let text = || {
            format!(
                "reading: {} of {} calls, {what}",
                number(done as u64),
                number(total as u64)
            )
        };
        match self {
            Shown::Silent => {}
            Shown::Line(line) => line.set_message(text()),
            Shown::Plain(last_line) => plain(last_line, text),
        }
    }
}

fn moving_line() -> ProgressBar {
    let line = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{wide_msg} {elapsed}");
    line.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    line.set_message("reading: asking who we are");
    line.enable_steady_tick(Duration::from_millis(200));
    line
}

fn plain(last_line: &Mutex<Instant>, text: impl FnOnce() -> String) {
    let mut last = last_line.lock().unwrap_or_else(PoisonError::into_inner);
    if last.elapsed() >= EVERY {
        *last = Instant::now();
        // Where nobody listens on stderr, nothing is lost.
        drop(writeln!(std::io::stderr(), "dynalint: {}", text()));
    }
}
