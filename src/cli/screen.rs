//! What the terminal is and what may be written to it. The only place that reads the environment for that.

use std::io::IsTerminal;

use super::args::{Ci, Color};
use crate::report::terminal::style::Style;

/// Columns where nobody knows how many there are.
const COLUMNS: usize = 100;
/// The most columns that are used, however wide the terminal: longer lines are hard to read.
const MOST_COLUMNS: usize = 120;

/// Variables of CI systems. Most set `CI`; these are those that don't: Azure Pipelines, AWS CodeBuild, Jenkins, TeamCity.
const CI: [&str; 5] = [
    "CI",
    "TF_BUILD",
    "CODEBUILD_BUILD_ID",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
];

/// The streams and the environment of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Whether stdout is a terminal.
    pub out_is_terminal: bool,
    /// Whether stderr is one.
    pub err_is_terminal: bool,
    /// Columns of the terminal.
    pub columns: Option<usize>,
    /// Whether the locale is UTF-8.
    pub utf8: bool,
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// `FORCE_COLOR` or `CLICOLOR_FORCE` is set.
    pub force_color: bool,
    /// The terminal knows no escape sequences: `TERM` is `dumb`.
    pub dumb: bool,
    /// A variable of a CI system is set.
    pub ci: bool,
    /// Whose variable it is, where it is one that we know.
    pub platform: Option<Platform>,
}

/// A system that runs pipelines and has ways of its own to show what they find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// GitHub Actions.
    Github,
    /// GitLab CI/CD.
    Gitlab,
}

impl Screen {
    /// The real one.
    pub fn from_environment() -> Screen {
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Screen {
            out_is_terminal: std::io::stdout().is_terminal(),
            err_is_terminal: std::io::stderr().is_terminal(),
            columns,
            utf8: is_utf8(),
            no_color: is_set("NO_COLOR"),
            force_color: is_on("FORCE_COLOR") || is_on("CLICOLOR_FORCE"),
            dumb: std::env::var_os("TERM").is_some_and(|term| term == "dumb"),
            ci: CI.iter().any(|name| is_on(name)),
            platform: platform(),
        }
    }

    /// The pipeline that it runs in: the flag, then the variables.
    pub(super) fn platform(&self, ci: Ci) -> Option<Platform> {
        match ci {
            Ci::Auto => self.platform,
            Ci::Github => Some(Platform::Github),
            Ci::Gitlab => Some(Platform::Gitlab),
            Ci::None => None,
        }
    }

    /// Whether it runs in a pipeline, of whatever system.
    pub(super) fn is_pipeline(&self, ci: Ci) -> bool {
        match ci {
            Ci::Auto => self.ci || self.platform.is_some(),
            Ci::Github | Ci::Gitlab => true,
            Ci::None => false,
        }
    }

    /// Whether somebody can be asked: the question is read on stderr, the answer typed on stdin.
    pub(super) fn can_ask(&self) -> bool {
        self.err_is_terminal && std::io::stdin().is_terminal()
    }

    /// How stdout is drawn on.
    pub fn style(&self, color: Color, width: Option<u16>) -> Style {
        let own = self.columns.filter(|_| self.out_is_terminal);
        let own = own.map_or(COLUMNS, |columns| columns.clamp(40, MOST_COLUMNS));
        Style {
            color: self.has_color(color),
            utf8: self.utf8,
            width: width.map_or(own, usize::from),
        }
    }

    /// Whether a line on stderr can be drawn anew: nobody sees it move in a log.
    pub(super) fn can_move(&self, ci: Ci) -> bool {
        self.err_is_terminal && !self.is_pipeline(ci) && !self.dumb
    }

    /// The flag, then `NO_COLOR`, then the variables that force it, then whether there is a terminal that knows colours.
    fn has_color(&self, color: Color) -> bool {
        match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if self.no_color => false,
            Color::Auto => self.force_color || (self.out_is_terminal && !self.dumb),
        }
    }
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn is_on(name: &str) -> bool {
    let off = |value: &std::ffi::OsString| value == "0" || value == "false" || value.is_empty();
    std::env::var_os(name).is_some_and(|value| !off(&value))
}

fn platform() -> Option<Platform> {
    let variables = [
        ("GITHUB_ACTIONS", Platform::Github),
        ("GITLAB_CI", Platform::Gitlab),
    ];
    let mut set = variables.into_iter().filter(|(name, _)| is_on(name));
    set.next().map(|(_, platform)| platform)
}

/// The first of the three variables that is set decides, as in C.
fn is_utf8() -> bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"];
    let locale = names
        .iter()
        .filter(|name| is_set(name))
        .find_map(std::env::var_os);
    let locale = locale.map(|locale| locale.to_string_lossy().to_lowercase());
    match locale {
        Some(locale) => locale.contains("utf-8") || locale.contains("utf8"),
        None => cfg!(windows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPE: Screen = Screen {
        out_is_terminal: false,
        err_is_terminal: false,
        columns: Some(300),
        utf8: true,
        no_color: false,
        force_color: false,
        dumb: false,
        ci: false,
        platform: None,
    };

    #[test]
    fn the_flag_wins_over_the_environment() {
        let screen = Screen {
            no_color: true,
            force_color: true,
            out_is_terminal: true,
            ..PIPE
        };
        assert!(screen.style(Color::Always, None).color);
        assert!(!screen.style(Color::Auto, None).color);
        assert!(
            !Screen {
                force_color: true,
                ..PIPE
            }
            .style(Color::Never, None)
            .color
        );
        assert!(
            Screen {
                force_color: true,
                ..PIPE
            }
            .style(Color::Auto, None)
            .color
        );
        assert!(!PIPE.style(Color::Auto, None).color);
    }

    #[test]
    fn the_pipeline_is_that_of_the_flag_and_then_that_of_the_variables() {
        let runner = Screen {
            ci: true,
            platform: Some(Platform::Github),
            ..PIPE
        };
        assert_eq!(runner.platform(Ci::Auto), Some(Platform::Github));
        assert_eq!(runner.platform(Ci::Gitlab), Some(Platform::Gitlab));
        assert_eq!(runner.platform(Ci::None), None);
        assert_eq!(PIPE.platform(Ci::Auto), None);
        assert!(runner.is_pipeline(Ci::Auto) && !runner.is_pipeline(Ci::None));
        assert!(PIPE.is_pipeline(Ci::Gitlab) && !PIPE.is_pipeline(Ci::Auto));
    }

    #[test]
    fn the_width_is_100_in_a_pipe_and_120_at_most() {
        let terminal = Screen {
            out_is_terminal: true,
            ..PIPE
        };
        assert_eq!(PIPE.style(Color::Auto, None).width, 100);
        assert_eq!(terminal.style(Color::Auto, None).width, 120);
        assert_eq!(terminal.style(Color::Auto, Some(200)).width, 200);
    }

    #[test]
    fn progress_moves_at_a_terminal_alone() {
        let terminal = Screen {
            err_is_terminal: true,
            ..PIPE
        };
        assert!(terminal.can_move(Ci::Auto));
        assert!(!PIPE.can_move(Ci::Auto));
        let (ci, dumb) = (true, true);
        assert!(!Screen { ci, ..terminal }.can_move(Ci::Auto));
        assert!(!Screen { dumb, ..terminal }.can_move(Ci::Auto));
    }
}
