//! Pipelines that run a check: least privilege, a role by OIDC, the report kept as an artifact.
//!
//! They are the recipes of the repository, so that there is one text of each. What nobody but the user knows is marked
//! REPLACE in it: a role, and where dynalint is.

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

    /// Its text: the recipe, with what was answered in it.
    pub(super) fn text(self, answers: &Answers) -> String {
        let recipe = match self {
            Pipeline::Github => include_str!("../../../recipes/github.yml"),
            Pipeline::Gitlab => include_str!("../../../recipes/gitlab.yml"),
        };
        let asked = asked(answers);
        let line = |line: &str| match self {
            _ if asked.is_empty() => format!("{line}\n"),
            Pipeline::Github => {
                line.replace(" args: \"\"", &format!(" args: {}", quoted(&asked))) + "\n"
            }
            Pipeline::Gitlab => match line.split_once("- dynalint check ") {
                Some((indent, rest)) => {
                    let check = quoted(&format!("dynalint check {asked} {rest}"));
                    format!("{indent}- {check}\n")
                }
                None => format!("{line}\n"),
            },
        };
        let text: String = recipe.lines().map(line).collect();
        match answers.regions.first() {
            Some(region) => text.replace("REPLACE-WITH-A-REGION", &quoted(region)),
            None => text,
        }
    }
}

/// What the check is asked. Regions and tables are named: a pipeline has no profile to look in.
fn asked(answers: &Answers) -> String {
    let listed = |flag: &str, values: &[String]| {
        let values: Vec<String> = values.iter().map(|value| shell_word(value)).collect();
        (!values.is_empty()).then(|| format!("{flag} {}", values.join(",")))
    };
    let gate = answers.fail_on.map(|fail_on| {
        let word = fail_on.0.map_or("never", |severity| severity.word());
        format!("--fail-on {word}")
    });
    let parts = [
        listed("--region", &answers.regions),
        listed("--table", &answers.tables),
        gate,
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" ")
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
            let (_, version) = action.split_once('@').expect("pinned");
            assert!(version.starts_with('v') || version == "REPLACE-WITH-A-COMMIT");
        }
        let args = steps.iter().find_map(|step| step["with"]["args"].as_str());
        assert_eq!(args, Some(&*asked(&answers())));
        let region = steps
            .iter()
            .find_map(|it| it["with"]["aws-region"].as_str());
        assert_eq!(region, Some("eu-west-1"));
    }

    #[test]
    fn the_gitlab_job_keeps_its_report_whatever_comes_out() {
        let job = &read(Pipeline::Gitlab, &Answers::default())["dynalint"];
        assert_eq!(job["artifacts"]["when"], "always");
        assert_eq!(job["artifacts"]["paths"][0], "dynalint-report.json");
        assert_eq!(job["variables"]["AWS_REGION"], "REPLACE-WITH-A-REGION");
        let rust = concat!("rust:", env!("CARGO_PKG_RUST_VERSION"));
        assert_eq!(job["image"], rust);
        let job = &read(Pipeline::Gitlab, &answers())["dynalint"];
        let check = job["script"][0].as_str().expect("a line");
        let begin = format!("dynalint check {} -o ", asked(&answers()));
        assert!(check.starts_with(&begin), "{check}");
    }

    #[test]
    fn without_answers_a_pipeline_is_the_recipe() {
        let recipe = include_str!("../../../recipes/github.yml");
        assert_eq!(Pipeline::Github.text(&Answers::default()), recipe);
        let recipe = include_str!("../../../recipes/gitlab.yml");
        assert_eq!(Pipeline::Gitlab.text(&Answers::default()), recipe);
    }

    #[test]
    fn names_stand_in_the_shell_as_they_are() {
        let gate = Answers {
            fail_on: Some(crate::cli::args::FailOn(None)),
            ..answers()
        };
        assert_eq!(
            asked(&gate),
            "--region eu-west-1,us-east-1 --table 'shop-*','it'\\''s' --fail-on never"
        );
    }
}
