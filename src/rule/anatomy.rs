//! The keys of a rule file in words: what the page of the language tells of them. A test holds that none is left out.

/// A key of a rule file.
#[derive(Clone, Copy, Debug)]
pub struct KeyRow {
    /// The key; with a dot, inside another.
    pub key: &'static str,
    /// Whether each file must have it.
    pub needed: bool,
    /// What it holds.
    pub about: &'static str,
}

const fn needed(key: &'static str, about: &'static str) -> KeyRow {
    KeyRow {
        key,
        needed: true,
        about,
    }
}

const fn may_be(key: &'static str, about: &'static str) -> KeyRow {
    KeyRow {
        key,
        needed: false,
        about,
    }
}

/// Every key, in the order in which our own files have them.
pub const KEYS: &[KeyRow] = &[
    needed(
        "id",
        "The name of the rule and of its file: kebab-case, and says what must hold. It never changes its meaning.",
    ),
    needed(
        "area",
        "`design`, `cost`, `security`, `observability`, `recovery`, `migration` or `release`.",
    ),
    needed("title", "What must hold, as a heading."),
    needed("severity", "`critical`, `high`, `medium`, `low` or `info`."),
    needed("since", "The version that brought it: `0.1.0`."),
    needed(
        "for_each",
        "What one result is given for: `table`, `account`, `iam`, or each element of a list: `index in table.indexes`.",
    ),
    may_be(
        "applies_when",
        "A condition. Where it is false, the rule does not apply; where it is unknown, the result is unknown.",
    ),
    may_be("params", "What users can set, by name in snake_case."),
    needed(
        "params.NAME.type",
        "`number`, `duration`, `bool`, `string`, `list<string>` or `list<number>`.",
    ),
    needed("params.NAME.default", "The value where nobody sets it."),
    may_be(
        "params.NAME.min",
        "The least value of a number or duration.",
    ),
    may_be(
        "params.NAME.max",
        "The greatest value of a number or duration.",
    ),
    may_be("params.NAME.min_items", "The fewest elements of a list."),
    may_be("params.NAME.one_of", "The only values that are taken."),
    needed("params.NAME.about", "What it means, for people."),
    may_be(
        "let",
        "Names for values, each of which may use those before it. See \"Names with let\".",
    ),
    needed("assert", "The condition that must hold."),
    needed(
        "message",
        "The sentence of a failure, with values between braces: `{table.name}: …`. Braces as such are written twice.",
    ),
    needed("why", "What goes wrong where it does not hold, and when."),
    needed(
        "fix",
        "What to do. Values stand between double braces: `{{ table.name }}`.",
    ),
    may_be(
        "fix.cli",
        "With the AWS CLI. Values are quoted for a shell when they are filled in, so none stands in quotes.",
    ),
    may_be(
        "fix.terraform",
        "With Terraform: what goes into the resource, or a resource of its own. See \"Repairs\".",
    ),
    may_be(
        "fix.cloudformation",
        "With CloudFormation, in YAML: what goes under the properties of the resource. See \"Repairs\".",
    ),
    may_be("fix.text", "By a person, where no tool does it."),
    may_be(
        "fix.costs",
        "What the repair costs, where it costs anything.",
    ),
    may_be(
        "fix.irreversible",
        "What cannot be taken back. A command of such a repair is printed behind `#`.",
    ),
    needed("refs", "Pages to read: links with `https://`."),
    may_be(
        "aliases",
        "Ids that the rule had before; waivers and lists that name one still find it.",
    ),
    may_be("waivable", "`false` where no waiver may cover it."),
    may_be("tests", "Cases with their verdict."),
    needed("tests.name", "What the case shows."),
    needed("tests.given", "The facts, as a snapshot has them."),
    may_be("tests.params", "Values for params."),
    needed(
        "tests.expect",
        "`pass`, `fail`, `unknown` or `not-applicable`.",
    ),
    may_be("tests.subject", "Which subject, where there are several."),
    may_be(
        "tests.evidence_mentions",
        "Words that the evidence must hold.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Case;
    use crate::rule::file::{FixFile, RuleFile};
    use crate::rule::param::ParamFile;

    /// The fields that serde knows of a type.
    fn fields<T: serde::de::DeserializeOwned>() -> Vec<String> {
        let Err(error) = serde_yaml::from_str::<T>("no_such_key: 1") else {
            panic!("an unknown key is refused");
        };
        let text = error.to_string();
        let known = text.split_once("expected").expect("what it knows").1;
        let known = known.split('`').skip(1).step_by(2);
        known.map(str::to_owned).collect()
    }

    #[test]
    fn no_key_is_left_out() {
        for (prefix, fields) in [
            ("", fields::<RuleFile>()),
            ("params.NAME.", fields::<ParamFile>()),
            ("fix.", fields::<FixFile>()),
            ("tests.", fields::<Case>()),
        ] {
            let told = KEYS.iter().filter_map(|row| row.key.strip_prefix(prefix));
            let mut told: Vec<&str> = told.filter(|key| !key.contains('.')).collect();
            let mut fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            told.sort_unstable();
            fields.sort_unstable();
            assert_eq!(told, fields, "{prefix}");
        }
    }
}
