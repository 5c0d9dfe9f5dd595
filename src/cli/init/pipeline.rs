//! Pipelines that run a check: least privilege, a role by OIDC, the report kept as an artifact.
//!
//! What nobody but the user knows is marked REPLACE: a role, and where the sources of dynalint are.

use super::answers::Answers;
use super::file::quoted;
use crate::cli::args::Pipeline;
use crate::rule::template::shell_word;

impl Pipeline {
    /// The file, from the root of the repository.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Pipeline::Github => ".github/workflows/dynalint.yml",
            Pipeline::Gitlab => ".gitlab-ci.dynalint.yml",
        }
    }

    /// What is left to do with it.
    pub(super) const fn next(self) -> &'static str {
        match self {
            Pipeline::Github => "replace what is marked REPLACE in it",
            Pipeline::Gitlab => {
                "replace what is marked REPLACE in it, and include it from .gitlab-ci.yml"
            }
        }
    }

    /// Its text.
    pub(super) fn text(self, answers: &Answers) -> String {
        let template = match self {
            Pipeline::Github => include_str!("pipeline/github.yml"),
            Pipeline::Gitlab => include_str!("pipeline/gitlab.yml"),
        };
        let region = answers.regions.first();
        let region = region.map_or("REPLACE-WITH-A-REGION", String::as_str);
        template
            .replace("@REGION@", &quoted(region))
            .replace("@CHECK@", &check(answers))
            .replace("@RUST@", env!("CARGO_PKG_RUST_VERSION"))
    }
}

/// The check. Regions and tables are named: a pipeline has no profile to look in.
fn check(answers: &Answers) -> String {
    let listed = |flag: &str, values: &[String]| {
        let values: Vec<String> = values.iter().map(|value| shell_word(value)).collect();
        (!values.is_empty()).then(|| format!(" {flag} {}", values.join(",")))
    };
    let gate = answers.fail_on.map(|fail_on| {
        let word = fail_on.0.map_or("never", |severity| severity.word());
        format!(" --fail-on {word}")
    });
    let parts = [
        listed("--region", &answers.regions),
        listed("--table", &answers.tables),
        gate,
    ];
    let parts: String = parts.into_iter().flatten().collect();
    format!("dynalint check{parts} -o dynalint-report.json")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn answers() -> Answers {
        Answers {
            regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
            tables: vec!["shop-*".to_owned(), "it's".to_owned()],
            ..Answers::default()
        }
    }

    fn read(pipeline: Pipeline, answers: &Answers) -> Value {
        let text = pipeline.text(answers);
        assert!(
            !text.contains('@') || pipeline == Pipeline::Github,
            "{text}"
        );
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    #[test]
    fn the_workflow_may_read_and_ask_for_a_token_and_no_more() {
        let workflow = read(Pipeline::Github, &answers());
        let wanted = serde_json::json!({"contents": "read", "id-token": "write"});
        assert_eq!(workflow["permissions"], wanted);
        let steps = workflow["jobs"]["check"]["steps"]
            .as_array()
            .expect("steps");
        let uses = steps.iter().filter_map(|step| step["uses"].as_str());
        for action in uses {
            let (_, tag) = action.split_once('@').expect("pinned");
            assert!(tag.starts_with('v'), "{action}");
        }
        let runs = |text: &str| steps.iter().any(|it| it["run"].as_str() == Some(text));
        assert!(runs(&check(&answers())));
    }

    #[test]
    fn the_gitlab_job_keeps_its_report_whatever_comes_out() {
        let job = &read(Pipeline::Gitlab, &Answers::default())["dynalint"];
        assert_eq!(job["artifacts"]["when"], "always");
        assert_eq!(job["artifacts"]["paths"][0], "dynalint-report.json");
        assert_eq!(job["variables"]["AWS_REGION"], "REPLACE-WITH-A-REGION");
        let script = job["script"].as_array().expect("a script");
        assert_eq!(
            script.last().expect("a line"),
            &Value::from(check(&Answers::default()))
        );
    }

    #[test]
    fn names_stand_in_the_shell_as_they_are() {
        let gate = Answers {
            fail_on: Some(crate::cli::args::FailOn(None)),
            ..answers()
        };
        assert_eq!(
            check(&gate),
            "dynalint check --region eu-west-1,us-east-1 --table 'shop-*','it'\\''s' --fail-on never -o dynalint-report.json"
        );
    }
}
