//! The least IAM policy of these calls: JSON, Terraform, CloudFormation. The one source of it, for the command and for
//! the page of permissions.
//!
//! One statement a service, sorted. The resource is `*`: most of these calls are listings, for which IAM knows no other,
//! and the tables, plans and keys of the rest are not known before they are listed. So the text names no partition.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::snapshot::operation::Operation;

/// What a managed policy may hold, in characters without white space (IAM and AWS STS quotas).
pub const MOST_CHARS: usize = 6_144;
/// The version of the policy language.
const LANGUAGE: &str = "2012-10-17";

/// The policy.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: String,
    effect: &'static str,
    action: Vec<&'static str>,
    resource: &'static str,
}

impl Policy {
    /// What these calls need.
    pub fn of(operations: &BTreeSet<Operation>) -> Policy {
        let mut services: BTreeMap<&str, BTreeSet<&'static str>> = BTreeMap::new();
        for action in operations.iter().filter_map(|it| it.action()) {
            let service = action.split(':').next().unwrap_or(action);
            services.entry(service).or_default().insert(action);
        }
        let statement = |(service, actions): (&str, BTreeSet<&'static str>)| Statement {
            sid: format!("Read{}", camel(service)),
            effect: "Allow",
            action: actions.into_iter().collect(),
            resource: "*",
        };
        Policy {
            version: LANGUAGE,
            statement: services.into_iter().map(statement).collect(),
        }
    }

    /// A policy document.
    ///
    /// # Errors
    /// None that is known: it holds nothing but text.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// A data source of Terraform, and in comments how to give it to a role.
    pub fn terraform(&self) -> String {
        let statements: Vec<String> = self.statement.iter().map(terraform_statement).collect();
        format!(
            "{HEAD}data \"aws_iam_policy_document\" \"dynalint\" {{\n{}}}\n\n{ATTACHMENT}",
            statements.join("\n")
        )
    }

    /// A CloudFormation template with a managed policy.
    pub fn cloudformation(&self) -> String {
        let statements: String = self.statement.iter().map(template_statement).collect();
        format!(
            "{HEAD}AWSTemplateFormatVersion: \"2010-09-09\"\nDescription: What dynalint reads\nResources:\n  \
             DynalintRead:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      Description: What dynalint reads\n      \
             PolicyDocument:\n        Version: \"{LANGUAGE}\"\n        Statement:\n{statements}Outputs:\n  \
             PolicyArn:\n    Description: Attach it to the role that runs dynalint\n    Value:\n      Ref: DynalintRead\n"
        )
    }
}

const HEAD: &str = "# What dynalint reads: Describe, List and Get of configuration and metrics. No item, no write.\n";

const ATTACHMENT: &str = "\
# To give it to the role that runs dynalint:
#
# resource \"aws_iam_policy\" \"dynalint\" {
#   name   = \"dynalint-read\"
#   policy = data.aws_iam_policy_document.dynalint.json
# }
#
# resource \"aws_iam_role_policy_attachment\" \"dynalint\" {
#   role       = \"NAME-OF-THE-ROLE\"
#   policy_arn = aws_iam_policy.dynalint.arn
# }
";

fn terraform_statement(statement: &Statement) -> String {
    let action = |action: &&str| format!("      \"{action}\",\n");
    let actions: String = statement.action.iter().map(action).collect();
    format!(
        "  statement {{\n    sid    = \"{}\"\n    effect = \"{}\"\n    actions = [\n{actions}    ]\n    resources = \
         [\"{}\"]\n  }}\n",
        statement.sid, statement.effect, statement.resource
    )
}

fn template_statement(statement: &Statement) -> String {
    let action = |action: &&str| format!("              - \"{action}\"\n");
    let actions: String = statement.action.iter().map(action).collect();
    format!(
        "          - Sid: {}\n            Effect: {}\n            Action:\n{actions}            Resource: \"{}\"\n",
        statement.sid, statement.effect, statement.resource
    )
}

/// `application-autoscaling` as `ApplicationAutoscaling`: a Sid holds letters and digits alone.
fn camel(service: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        let first = chars.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(chars).collect::<String>()
    };
    service.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Policy {
        Policy::of(&Operation::ALL.iter().copied().collect())
    }

    fn actions() -> BTreeSet<String> {
        let actions = Operation::ALL.iter().filter_map(|it| it.action());
        actions.map(str::to_owned).collect()
    }

    /// The actions of a document as serde reads it.
    fn listed(document: &serde_json::Value) -> BTreeSet<String> {
        let statements = document["Statement"].as_array().expect("statements");
        let actions = statements.iter().flat_map(|it| {
            assert_eq!(
                (&it["Effect"], &it["Resource"]),
                (&"Allow".into(), &"*".into())
            );
            it["Action"].as_array().expect("actions")
        });
        actions
            .map(|action| action.as_str().expect("text").to_owned())
            .collect()
    }

    #[test]
    fn the_whole_policy_fits_into_a_managed_one() {
        let text = whole().json().expect("text");
        let chars = text.chars().filter(|c| !c.is_whitespace()).count();
        assert!(chars <= MOST_CHARS, "{chars}");
    }

    #[test]
    fn sids_are_letters_and_digits_and_each_is_there_once() {
        let policy = whole();
        let sids: BTreeSet<&str> = policy.statement.iter().map(|it| &*it.sid).collect();
        assert_eq!(sids.len(), policy.statement.len());
        assert!(sids.contains("ReadApplicationAutoscaling") && sids.contains("ReadDynamodb"));
        for sid in sids {
            assert!(sid.chars().all(|c| c.is_ascii_alphanumeric()), "{sid}");
        }
    }

    #[test]
    fn json_and_cloudformation_are_read_as_the_same_actions() {
        let json = serde_json::from_str(&whole().json().expect("text")).expect("JSON");
        assert_eq!(listed(&json), actions());
        let template: serde_json::Value =
            serde_yaml::from_str(&whole().cloudformation()).expect("YAML");
        let policy = &template["Resources"]["DynalintRead"];
        assert_eq!(policy["Type"], "AWS::IAM::ManagedPolicy");
        let document = &policy["Properties"]["PolicyDocument"];
        assert_eq!(document, &json);
    }

    #[test]
    fn terraform_holds_the_same_actions_in_blocks_that_close() {
        let text = whole().terraform();
        let code: Vec<&str> = text.lines().filter(|it| !it.starts_with('#')).collect();
        let (mut open, mut found, mut statements) = (Vec::new(), BTreeSet::new(), 0);
        for line in code {
            let line = line.trim();
            match line.chars().last() {
                Some(bracket @ ('{' | '[')) => open.push(bracket),
                Some('}') => assert_eq!(open.pop(), Some('{'), "{line}"),
                Some(']') if line == "]" => assert_eq!(open.pop(), Some('['), "{line}"),
                Some(']') => assert_eq!(line, "resources = [\"*\"]"),
                Some(',') => {
                    assert_eq!(open.last(), Some(&'['), "{line}");
                    found.insert(line.trim_matches([',', '"']).to_owned());
                }
                Some(_) => assert!(line.contains(" = "), "{line}"),
                None => {}
            }
            statements += usize::from(line == "statement {");
        }
        assert!(open.is_empty());
        assert_eq!(statements, whole().statement.len());
        assert_eq!(found, actions());
    }

    #[test]
    fn a_call_that_needs_no_permission_is_in_no_policy() {
        let policy = Policy::of(&BTreeSet::from([Operation::GetCallerIdentity]));
        assert!(policy.statement.is_empty());
    }
}
