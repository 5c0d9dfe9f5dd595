//! The formats of drift, and the files it is written to.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;

/// A format of what drift found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DriftFormat {
    /// Text for people
    Terminal,
    /// JSON, version 1
    Json,
    /// Markdown, for an issue or a mail
    Markdown,
    /// A Block Kit message to post to a Slack webhook
    Slack,
    /// Input of aws sns publish --cli-input-json
    Sns,
}

impl DriftFormat {
    /// Whether its file is to be posted, and so is there only where something changed.
    pub fn is_notification(self) -> bool {
        match self {
            DriftFormat::Slack | DriftFormat::Sns => true,
            DriftFormat::Terminal | DriftFormat::Json | DriftFormat::Markdown => false,
        }
    }

    fn from_extension(path: &Path) -> Option<DriftFormat> {
        match path.extension()?.to_str()? {
            "json" => Some(DriftFormat::Json),
            "md" => Some(DriftFormat::Markdown),
            "txt" => Some(DriftFormat::Terminal),
            _ => None,
        }
    }
}

/// A file for what drift found: `drift.json`, `slack:message.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftFile {
    /// In which format.
    pub format: DriftFormat,
    /// Where.
    pub path: PathBuf,
}

impl FromStr for DriftFile {
    type Err = String;

    fn from_str(text: &str) -> Result<DriftFile, String> {
        let named = text.split_once(':').and_then(|(word, path)| {
            let format = DriftFormat::from_str(word, false).ok()?;
            Some((Some(format), Path::new(path)))
        });
        let by_name = || {
            (
                DriftFormat::from_extension(Path::new(text)),
                Path::new(text),
            )
        };
        match named.unwrap_or_else(by_name) {
            (_, path) if path.as_os_str().is_empty() => {
                Err("a file after the format: slack:message.json".to_owned())
            }
            (Some(format), path) => Ok(DriftFile {
                format,
                path: path.to_owned(),
            }),
            (None, _) => Err(format!(
                "a name that ends in .json, .md or .txt, or before it one of terminal:, json:, markdown:, slack:, sns:, as in slack:{text}"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_or_the_word_before_it_tells_the_format() {
        let read = |text: &str| text.parse::<DriftFile>().map(|file| file.format);
        assert_eq!(read("drift.json"), Ok(DriftFormat::Json));
        assert_eq!(read("slack:drift.json"), Ok(DriftFormat::Slack));
        assert_eq!(read("sns:drift"), Ok(DriftFormat::Sns));
        for wrong in ["drift", "slack:", "html:drift.html"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
