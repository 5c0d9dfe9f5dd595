//! What goes into Terraform and CloudFormation: names for blocks that are their own, and what would stand twice.

use std::collections::BTreeSet;

use crate::rule::template::identifier;

/// The blocks that stand for themselves.
const OWN: [&str; 9] = [
    "resource", "data", "module", "variable", "locals", "output", "import", "moved", "check",
];
/// The name that rules give a block that needs none of its own.
const ANY: &str = "this";

/// Whether it is a block of its own, and goes into no other.
pub(super) fn is_own(text: &str) -> bool {
    let typed = |line: &str| line.trim_start().starts_with("Type: AWS::");
    heads(text).any(|head| OWN.contains(&head)) || text.lines().any(typed)
}

/// The first words of what is not within anything: the arguments and blocks of Terraform, the keys of YAML.
pub(super) fn heads(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines();
    let heads =
        lines.filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
    heads.filter_map(|line| line.split([' ', ':', '=', '{']).next())
}

/// The text with names for its blocks that nothing else in this run has. `this` becomes the name of what it is about.
pub(super) fn named(text: &str, subject: &str, taken: &mut BTreeSet<(String, String)>) -> String {
    let mut named = text.to_owned();
    for (kind, name) in labels(text) {
        let wanted = match name == ANY {
            true => identifier(subject),
            false => name.to_owned(),
        };
        let nth = |at: usize| match at {
            1 => wanted.clone(),
            at => format!("{wanted}_{at}"),
        };
        let mut free = (1..).map(nth).map(|name| (kind.to_owned(), name));
        let Some(new) = free.find(|it| !taken.contains(it)) else {
            continue;
        };
        named = named.replace(
            &format!("\"{kind}\" \"{name}\""),
            &format!("\"{kind}\" \"{}\"", new.1),
        );
        named = named.replace(&format!("{kind}.{name}."), &format!("{kind}.{}.", new.1));
        taken.insert(new);
    }
    named
}

/// Type and name of the blocks that are not within anything.
fn labels(text: &str) -> Vec<(&str, &str)> {
    let label =
        |line: &'_ str| -> bool { line.starts_with("resource \"") || line.starts_with("data \"") };
    let lines = text.lines().filter(|line| label(line));
    let pairs = lines.filter_map(|line| {
        let mut quoted = line.split('"').skip(1).step_by(2);
        Some((quoted.next()?, quoted.next()?))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_blocks_have_two_names() {
        let text = "resource \"aws_x\" \"this\" {\n  a = aws_x.this.id\n  b = aws_y.this.id\n}";
        let mut taken = BTreeSet::new();
        assert!(
            named(text, "orders.v1", &mut taken).starts_with("resource \"aws_x\" \"orders_v1\"")
        );
        let second = named(text, "orders/v1", &mut taken);
        assert_eq!(
            second,
            "resource \"aws_x\" \"orders_v1_2\" {\n  a = aws_x.orders_v1_2.id\n  b = aws_y.this.id\n}"
        );
        assert!(is_own(&second) && !is_own("tags = {\n  resource = 1\n}"));
    }

    #[test]
    fn heads_are_what_would_stand_twice() {
        let found: Vec<&str> = heads("# a\nb {\n  c = 1\n}\nd = 2\nE:\n  F: 1").collect();
        assert_eq!(found, ["b", "d", "E"]);
    }
}
