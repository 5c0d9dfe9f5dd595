//! What a person still has to fill in: the words in capitals, and the files that a command reads.
//!
//! A rule writes `TOPIC_ARN` where nothing that was read can tell. AWS has words in capitals too; those that stand in
//! repairs are listed here, and a test shows what is taken for what in all rules.

/// Words in capitals that AWS and the tools mean as they are.
const AWS_WORDS: &[&str] = &[
    "ACCESSED_AND_THROTTLED_KEYS",
    "ACTIVE",
    "ALL",
    "AND",
    "ANY",
    "AWS",
    "COMPLETED",
    "DAX",
    "DISABLE",
    "DISABLED",
    "DOUBLE_PREFIX",
    "DYNAMODB",
    "ENABLE",
    "ENABLED",
    "EOF",
    "EOT",
    "EVENTUAL",
    "EXACT",
    "F98FE922",
    "FAILED",
    "HASH",
    "INCLUDE",
    "JSON",
    "KEYS_ONLY",
    "KMS",
    "LATEST",
    "LATEST_WITHIN_WINDOW",
    "MULTI_AZ",
    "NEW_AND_OLD_IMAGES",
    "NEW_IMAGE",
    "NONE",
    "NOT",
    "OLD_IMAGE",
    "PAY_PER_REQUEST",
    "PROVISIONED",
    "RANGE",
    "RSA",
    "SNAPSHOT",
    "SNS",
    "SQS",
    "SSE",
    "STANDARD",
    "STANDARD_INFREQUENT_ACCESS",
    "STRONG",
    "TARGET_TRACKING",
    "THROTTLED_KEYS",
    "TLS",
    "TRIM_HORIZON",
    "UTC",
];
/// Families of such words: the events of AWS Backup.
const AWS_FAMILIES: &[&str] = &["BACKUP_JOB_", "COPY_JOB_", "RESTORE_JOB_"];
/// What stands before a file that the AWS CLI reads.
const FILES: &[&str] = &["file://", "fileb://"];

/// What of a text is to be filled in: `TOPIC_ARN`, `file://policy.json`.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    names(text).chain(files(text))
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(move |c: char| !of_name(c));
    words.filter(move |word| {
        // A function of metric math has its bracket.
        let end = word.as_ptr() as usize - text.as_ptr() as usize + word.len();
        is_name(word) && !text[end..].starts_with('(')
    })
}

fn is_name(word: &str) -> bool {
    let capitals = word.chars().filter(char::is_ascii_uppercase).count();
    let is_aws = AWS_WORDS.contains(&word) || AWS_FAMILIES.iter().any(|it| word.starts_with(it));
    capitals >= 3 && !word.chars().any(|c| c.is_ascii_lowercase()) && !is_aws
}

fn files(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || "'\"=,".contains(c));
    words.filter(|word| FILES.iter().any(|it| word.starts_with(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        words(text).collect()
    }

    #[test]
    fn capitals_are_filled_in_unless_aws_means_them() {
        let text = "aws x --alarm-actions TOPIC_ARN --namespace AWS/DynamoDB --mode THROTTLED_KEYS \
                    --events BACKUP_JOB_FAILED --expression 'MAX(m1)/PERIOD(m2)' --threshold 0.8_TIMES_UNITS";
        assert_eq!(found(text), ["TOPIC_ARN", "8_TIMES_UNITS"]);
        assert_eq!(
            found("Value=TEAM,SSEType=KMS arn:aws:x:REGION"),
            ["TEAM", "REGION"]
        );
    }

    #[test]
    fn a_file_is_filled_in_too() {
        assert_eq!(found("--policy file://policy.json"), ["file://policy.json"]);
    }
}
