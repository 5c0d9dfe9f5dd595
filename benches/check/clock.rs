//! What a step took: by the clock, and of all processors together. On a machine with other work the second is what can be
//! compared.

use std::fmt;
use std::time::{Duration, Instant};

/// What the kernel counts processor time in, a second: the same on every Linux.
const TICKS: u64 = 100;

/// What a step took.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spent {
    clock: Duration,
    /// To ten milliseconds; `None` where the system does not tell it.
    cpu: Option<Duration>,
}

impl Spent {
    /// The median of each of both.
    pub(crate) fn median(all: Vec<Spent>) -> Spent {
        let mut clocks: Vec<_> = all.iter().map(|it| it.clock).collect();
        let mut cpus: Vec<_> = all.iter().map(|it| it.cpu).collect();
        clocks.sort();
        cpus.sort();
        Spent {
            clock: clocks[clocks.len() / 2],
            cpu: cpus[cpus.len() / 2],
        }
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>4} ms", self.clock.as_millis())?;
        match self.cpu {
            Some(cpu) => write!(f, "  {:>4} ms", cpu.as_millis()),
            None => write!(f, "  {:>7}", "-"),
        }
    }
}

/// Measures one step after the other.
pub(crate) struct Clock {
    at: Instant,
    cpu: Option<Duration>,
}

impl Clock {
    /// Starts with the first step.
    pub(crate) fn start() -> Clock {
        Clock {
            at: Instant::now(),
            cpu: cpu(),
        }
    }

    /// What the step that ends here took.
    pub(crate) fn lap(&mut self) -> Spent {
        let now = Clock::start();
        let spent = Spent {
            clock: now.at - self.at,
            cpu: now.cpu.zip(self.cpu).map(|(now, then)| now - then),
        };
        *self = now;
        spent
    }
}

/// The processor time of this program so far, that of the system for it included (proc(5), `stat`).
fn cpu() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let times = after_name.split_whitespace().skip(11).take(2);
    let ticks: u64 = times.map(|it| it.parse().unwrap_or(0)).sum();
    Some(Duration::from_millis(ticks * 1000 / TICKS))
}
