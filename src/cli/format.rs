//! The formats of a report, and the files it is written to.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;

/// A format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people
    Terminal,
    /// JSON, version 1
    Json,
    /// JSON, one finding a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for test reports
    Junit,
    /// Annotations of GitHub Actions
    Github,
    /// Code Quality of GitLab
    Gitlab,
    /// Markdown, for a pull request
    Markdown,
    /// One HTML file, for a browser
    Html,
    /// Rows, for a spreadsheet
    Csv,
    /// Compliance Findings of OCSF, for a security lake
    Ocsf,
}

/// A format of the pages that `explain` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// Text for people
    Terminal,
    /// Markdown, for a wiki or a pull request
    Markdown,
}

/// A format of what is no report: what `rules test` and `doctor` print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Text for people
    Terminal,
    /// JSON, version 1
    Json,
}

impl Format {
    fn from_word(word: &str) -> Option<Format> {
        Format::from_str(word, false).ok()
    }

    fn from_extension(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()? {
            "json" => Some(Format::Json),
            "jsonl" => Some(Format::Jsonl),
            "sarif" => Some(Format::Sarif),
            "xml" => Some(Format::Junit),
            "md" => Some(Format::Markdown),
            "html" => Some(Format::Html),
            "csv" => Some(Format::Csv),
            "txt" => Some(Format::Terminal),
            _ => None,
        }
    }
}

/// A file for the report: `report.json`, `json:report.out`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// In which format.
    pub format: Format,
    /// Where.
    pub path: PathBuf,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<OutputFile, String> {
        let named = text
            .split_once(':')
            .and_then(|(word, path)| Some((Format::from_word(word)?, path)));
        let (format, path) = match named {
            Some((format, path)) => (Some(format), Path::new(path)),
            None => (Format::from_extension(Path::new(text)), Path::new(text)),
        };
        if path.as_os_str().is_empty() {
            return Err("a file after the format: json:report.json".to_owned());
        }
        let path = path.to_owned();
        match format {
            Some(format) => Ok(OutputFile { format, path }),
            None => Err(unknown_format(text)),
        }
    }
}

/// A word and a colon are a format that we don't have, unless the word is a Windows drive.
fn unknown_format(text: &str) -> String {
    let word = text.split_once(':').map(|(word, _)| word);
    let is_format = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphanumeric());
    match word.filter(is_format) {
        Some(_) => format!("a format before the colon: {}", words().join(", ")),
        None => format!(
            "a name that ends in .html, .json, .jsonl, .sarif, .xml (JUnit), .md, .csv or .txt, or the format before it: json:{text}"
        ),
    }
}

/// The words of the formats.
fn words() -> Vec<String> {
    let values = Format::value_variants().iter();
    let values = values.filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Format, String), String> {
        let file: OutputFile = text.parse()?;
        Ok((file.format, file.path.display().to_string()))
    }

    #[test]
    fn the_name_or_the_word_before_it_tells_the_format() {
        assert_eq!(
            read("out/report.json"),
            Ok((Format::Json, "out/report.json".to_owned()))
        );
        assert_eq!(
            read("report.txt"),
            Ok((Format::Terminal, "report.txt".to_owned()))
        );
        assert_eq!(read("json:report"), Ok((Format::Json, "report".to_owned())));
        assert_eq!(
            read("terminal:a:b.json"),
            Ok((Format::Terminal, "a:b.json".to_owned()))
        );
        assert_eq!(read("C:\\report.json").map(|file| file.0), Ok(Format::Json));
        for wrong in ["report", "pdf:report", "json:", "report.pdf"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
