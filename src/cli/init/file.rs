//! The text of `dynalint.yaml`: what was answered, and everything else as a comment with its default or an example.
//!
//! A comment of prose is a sentence; one that is a line of YAML when its `# ` is taken away begins with a key or with
//! blanks. A test takes them away and reads the file.

use serde_json::Value;

use super::answers::Answers;

const HEAD: &str = "\
# What no API of AWS can tell dynalint. All of it is optional: what stands here as a comment is a default or an example.
# An editor helps while you type with this as first line: `# yaml-language-server: $schema=dynalint.schema.json`
# and the file that `dynalint schema config > dynalint.schema.json` writes.
version: 1
";

const TIERS: &str = "\
# How much hangs on a table: critical, standard, starter or ephemeral. Without any of these its tag tier or criticality
# tells; else it is starter outside production, where every severity is one step lower, and standard inside.
# tiers:
#   - { name: critical, tags: { service: [checkout] } }
";

const TRUSTED: &str = "\
# Accounts that may be given access to tables, keys and vaults. Without any, each that has access is a finding.
# trusted_accounts: [\"444455556666\"]
";

const MORE: &str = "\
# What is known of some tables. The first entry that matches and says a thing counts.
# tables:
#   - tables: [\"orders-*\"]
#     owner: team-checkout
#     data_class: confidential
#     rpo: 24h
#     rto: 4h
#     peak: { reads: 2000, writes: 500 }

# Another level for a rule, or other parameters; `dynalint explain RULE` shows them. A rule that is off says why.
# rules:
#   dashboard-present: { level: off, because: dashboards live outside AWS }

# The same for some tables only.
# overrides:
#   - tables: [\"dev-*\"]
#     because: nobody is woken for these
#     rules:
#       dashboard-present: { level: low }

# Folders with rules and checklists of your own; these are looked for without a word.
# rule_folders: [dynalint/rules]
# checklists: [dynalint/checklists]

# A whole area or service that is not looked at, and why. Its calls are not made.
# scope:
#   migration: { level: off, because: nothing is migrated }

# Files that each check writes beside what it prints.
# output: [dynalint-report.json]

# What a table is known by where its name changes when it is replaced: a tag, or { logical_id: true } of CloudFormation.
# identity: { tag: logical-name }

# How long a waiver may last, and how long before the end of waivers and signatures a notice is given.
# waivers: { longest: 180d, lapsing: 14d }
# attestations: { lapsing: 14d }
";

/// The file.
pub(super) fn text(answers: &Answers) -> String {
    let blocks = [
        HEAD.to_owned(),
        targets(answers),
        environments(answers),
        TIERS.to_owned(),
        TRUSTED.to_owned(),
        monitoring(answers),
        gate(answers),
        MORE.to_owned(),
    ];
    blocks.join("\n")
}

fn targets(answers: &Answers) -> String {
    let prose = "# Where to look: `dynalint check --target NAME`. Without any, the profile and region of your AWS configuration.\n";
    let list = |key: &str, values: &[String]| {
        (!values.is_empty()).then(|| format!("    {key}: {}\n", quoted_list(values)))
    };
    // A pipeline has no profiles: its check must not fall into a target that names one.
    let profile = answers.profile.as_deref().filter(|_| answers.ci.is_none());
    let said = [
        profile.map(|profile| format!("    profile: {}\n", quoted(profile))),
        list("regions", &answers.regions),
        list("tables", &answers.tables),
    ];
    let said: String = said.into_iter().flatten().collect();
    if said.is_empty() {
        let example = "targets:\n  main:\n    profile: main\n    regions: [eu-west-1]\n    tables: [\"shop-*\"]\ndefault_target: main\n";
        return format!("{prose}{}", commented(example));
    }
    format!("{prose}targets:\n  main:\n{said}default_target: main\n")
}

fn environments(answers: &Answers) -> String {
    let prose = "# Which environment a table belongs to; the first that matches counts. Without any, its tag environment, env or\n# stage; else prod.\n";
    if answers.environments.is_empty() {
        let example = "environments:\n  - { name: dev, tables: [\"dev-*\"] }\n";
        return format!("{prose}{}", commented(example));
    }
    let line = |(name, glob): &(String, String)| {
        let (name, glob) = (quoted(name), quoted(glob));
        format!("  - {{ name: {name}, tables: [{glob}] }}\n")
    };
    let lines: String = answers.environments.iter().map(line).collect();
    format!("{prose}environments:\n{lines}")
}

fn monitoring(answers: &Answers) -> String {
    let prose =
        "# Monitoring that no API of AWS shows: it counts as declared, and reports say so.\n";
    let others = "  trusted_topics: [\"arn:*:sns:*:444455556666:pager\"]\n  eventbridge: false\n";
    match &answers.monitoring {
        None => {
            let example = format!("monitoring:\n  external: Name of the product\n{others}");
            format!("{prose}{}", commented(&example))
        }
        Some(name) => {
            let name = quoted(name);
            format!(
                "{prose}monitoring:\n  external: {name}\n{}",
                commented(others)
            )
        }
    }
}

fn gate(answers: &Answers) -> String {
    let prose = "# What decides the exit code: failures of this severity and worse, or never; whether what is\n# unknown or that nothing matched is accepted; how old a saved snapshot may be.\n";
    let others =
        "  allow_unknown: false\n  allow_empty: false\n  max_age: 24h\n  strict_waivers: false\n";
    match answers.fail_on {
        None => {
            let example = format!("gate:\n  fail_on: high\n{others}");
            format!("{prose}{}", commented(&example))
        }
        Some(fail_on) => {
            let word = fail_on.0.map_or("never", |severity| severity.word());
            format!("{prose}gate:\n  fail_on: {word}\n{}", commented(others))
        }
    }
}

fn commented(lines: &str) -> String {
    let line = |line: &str| match line.starts_with('#') {
        true => format!("{line}\n"),
        false => format!("# {line}\n"),
    };
    lines.lines().map(line).collect()
}

/// Text in quotes: no name is taken for a number, a truth or a key.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

pub(super) fn quoted_list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

#[cfg(test)]
mod tests;
