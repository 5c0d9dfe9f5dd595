//! Commands of the AWS CLI: aimed at the account and region of what they repair, in lines that a shell reads as one.

use std::ops::Range;

use super::Way;
use crate::report::terminal::layout::command_lines;
use crate::rule::template::{commands, shell_word, shell_words};

/// When a command has its turn among those for one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// Makes what others refer to.
    Makes,
    /// Updates a table, which takes one such call at a time.
    UpdatesTable,
    /// All else.
    Other,
}

/// The commands with the region, profile and endpoint that they need to act where the facts were read.
pub(super) fn aimed(text: &str, region: Option<&str>, way: Way<'_>) -> String {
    let mut aimed = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for command in commands(text, "aws") {
        let end = operation_end(text, &command);
        aimed.push_str(&text[at..end]);
        aimed += &flags(&text[command], region, way);
        at = end;
    }
    aimed + &text[at..]
}

/// The flags that a command lacks, with a blank before each. Where a role was taken on, the profile is only what took it
/// on: with it a command would act in the account of the profile.
pub(super) fn flags(command: &str, region: Option<&str>, way: Way<'_>) -> String {
    let has = |flag: &str| shell_words(command).any(|word| word == flag);
    let values = [
        ("--region", region),
        ("--profile", way.profile.filter(|_| way.role_arn.is_none())),
        ("--endpoint-url", way.endpoint_url),
    ];
    let lacking = values.iter().filter(|(flag, _)| !has(flag));
    let written = lacking.filter_map(|(flag, value)| {
        let value = shell_word((*value)?);
        Some(format!(" {flag} {value}"))
    });
    written.collect()
}

/// Where the words that name the operation end: `aws dynamodb wait table-exists`.
fn operation_end(text: &str, command: &Range<usize>) -> usize {
    let is_name = |word: &str| {
        let of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(of_name)
    };
    let mut end = command.start;
    for word in text[command.clone()].split([' ', '\n']) {
        let start = text[end..].find(word).map_or(end, |gap| end + gap);
        if !is_name(word) {
            break;
        }
        end = start + word.len();
    }
    end
}

/// The words of an operation: service, then operation.
fn operation(command: &str) -> Option<(&str, &str)> {
    let mut words = command.split_whitespace().skip(1);
    Some((words.next()?, words.next()?))
}

fn operations(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let commands = commands(text, "aws").into_iter();
    commands.filter_map(|command| operation(&text[command]))
}

/// Whether a command takes something away, be it by its name or by what it says.
pub(super) fn deletes(text: &str) -> bool {
    let verbs = ["delete-", "remove-", "deregister-", "terminate-"];
    // Options may stand before the operation, and a line may end there; what follows most options is their value.
    let takes_value = |word: &str| {
        let is_switch = word.starts_with("--no-") || word == "--debug" || word.contains('=');
        word.starts_with("--") && !is_switch
    };
    let by_name = |command: Range<usize>| {
        let words: Vec<&str> = text[command].split_whitespace().collect();
        words
            .windows(2)
            .any(|pair| !takes_value(pair[0]) && verbs.iter().any(|verb| pair[1].starts_with(verb)))
    };
    commands(text, "aws").into_iter().any(by_name)
        || ["\"Delete\"", "Delete="].iter().any(|it| text.contains(it))
}

/// Whether it changes nothing: it shows what there is, or waits.
pub(super) fn only_looks(text: &str) -> bool {
    let verbs = ["describe-", "get-", "list-", "wait"];
    let looks = |(_, operation): (&str, &str)| verbs.iter().any(|verb| operation.starts_with(verb));
    let mut found = operations(text).peekable();
    found.peek().is_some() && found.all(looks)
}

pub(super) fn turn(text: &str) -> Turn {
    let makes = |(_, operation): (&str, &str)| {
        operation.starts_with("create-") || operation.starts_with("register-")
    };
    match operations(text).next() {
        Some(("dynamodb", "update-table")) => Turn::UpdatesTable,
        Some(first) if makes(first) => Turn::Makes,
        Some(_) | None => Turn::Other,
    }
}

/// Whether it changes the indexes of a table.
pub(super) fn changes_indexes(text: &str) -> bool {
    text.contains("--global-secondary-index-updates")
}

/// The lines of a command. Where quotes, a here-document or its author broke it already, they stay as they are.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let broken = text
        .lines()
        .any(|line| line.ends_with('\\') || has_open_quotes(line));
    match broken || text.contains("<<") {
        true => text.trim_end().lines().map(str::to_owned).collect(),
        false => command_lines(text, width),
    }
}

fn has_open_quotes(line: &str) -> bool {
    let count = |quote: char| line.chars().filter(|c| *c == quote).count();
    !count('\'').is_multiple_of(2) || !count('"').is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAY: Way<'_> = Way {
        profile: Some("my prod"),
        endpoint_url: None,
        role_arn: None,
    };

    #[test]
    fn what_deletes_is_seen_wherever_it_stands() {
        assert!(deletes("aws dynamodb delete-table --table-name a"));
        assert!(deletes("aws --region x dynamodb delete-table"));
        assert!(deletes("aws dynamodb --region=x delete-table"));
        assert!(deletes("aws dynamodb --no-cli-pager delete-table"));
        assert!(deletes("aws dynamodb \\\n  delete-table"));
        assert!(deletes(
            "for a in b; do aws dynamodb delete-backup --x $a; done"
        ));
        assert!(!deletes("aws dynamodb update-table --table-name delete-me"));
    }

    #[test]
    fn what_is_no_command_of_aws_is_not_taken_for_a_look() {
        assert!(only_looks("aws dynamodb describe-table --table-name a"));
        assert!(!only_looks("terraform apply"));
    }

    #[test]
    fn a_command_acts_where_its_facts_were_read() {
        let there = |text: &str| aimed(text, Some("eu-west-1"), WAY);
        assert_eq!(
            there("aws dynamodb wait table-exists --table-name orders"),
            "aws dynamodb wait table-exists --region eu-west-1 --profile 'my prod' --table-name orders"
        );
        assert_eq!(
            there("aws a b --region eu-north-1 && aws c d"),
            "aws a b --profile 'my prod' --region eu-north-1 && aws c d --region eu-west-1 --profile 'my prod'"
        );
        assert_eq!(
            there("aws a b --c \"$(aws s3 cp s3://x -)\""),
            "aws a b --region eu-west-1 --profile 'my prod' --c \"$(aws s3 cp --region eu-west-1 --profile 'my prod' s3://x -)\""
        );
        assert_eq!(aimed("aws iam x", None, Way::default()), "aws iam x");
    }

    #[test]
    fn a_command_for_the_account_of_a_role_does_not_act_in_that_of_the_profile() {
        let way = Way {
            profile: Some("hub"),
            endpoint_url: None,
            role_arn: Some("arn:aws:iam::111122223333:role/reads"),
        };
        assert_eq!(
            aimed("aws a b --c d", Some("eu-west-1"), way),
            "aws a b --region eu-west-1 --c d"
        );
        assert_eq!(flags("", None, way), "");
    }

    #[test]
    fn what_takes_away_is_seen() {
        assert!(deletes("aws dynamodb delete-table --table-name a"));
        assert!(deletes(
            "aws dynamodb update-table --replica-updates '[{\"Delete\":{}}]'"
        ));
        assert!(!deletes(
            "aws dynamodb update-table --table-name delete-table"
        ));
        assert!(only_looks(
            "aws dynamodb describe-table && aws dynamodb wait table-exists"
        ));
        assert!(!only_looks("aws kms describe-key && aws kms enable-key"));
    }

    #[test]
    fn what_is_broken_already_is_not_broken_again() {
        let text = "cat > p.json <<'EOF'\n{\"a\":\n  1}\nEOF\naws a b";
        assert_eq!(lines(text, 40), text.lines().collect::<Vec<_>>());
        assert_eq!(lines("aws a --b 'c\nd'", 4), ["aws a --b 'c", "d'"]);
        assert_eq!(
            lines("aws a --b c --d e", 12),
            ["aws a \\", "  --b c \\", "  --d e"]
        );
    }
}
