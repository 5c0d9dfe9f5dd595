//! What goes into a template of CloudFormation: logical ids that are each resource's own, and what refers to them.
//!
//! Knows the templates that rules write: resources whose ids stand at the line's start. Properties of a resource that is
//! there already have no id.

use std::collections::{BTreeMap, BTreeSet};

/// Old ids to new ones.
type Ids<'t> = BTreeMap<&'t str, String>;

/// The text with ids for its resources that nothing else in this run has: `Latency`, then `Latency2`.
pub(super) fn named(text: &str, taken: &mut BTreeSet<String>) -> String {
    let own: BTreeSet<&str> = ids(text).into_iter().collect();
    let mut names = Ids::new();
    for id in &own {
        let nth = |at: usize| match at {
            1 => (*id).to_owned(),
            at => format!("{id}{at}"),
        };
        // The id of another resource of this text is no way out.
        let is_free = |it: &String| !taken.contains(it) && (it == id || !own.contains(&**it));
        if let Some(new) = (1..).map(nth).find(is_free) {
            taken.insert(new.clone());
            names.insert(id, new);
        }
    }
    let has_substitution = text.contains("!Sub") || text.contains("Fn::Sub");
    let mut depends = false;
    let lines = text.lines().map(|line| {
        let new = head(line, &names).or_else(|| item(line, &names).filter(|_| depends));
        depends = match line.trim_start().starts_with('-') {
            true => depends,
            false => line.trim().ends_with("DependsOn:") || line.trim().ends_with("Fn::GetAtt:"),
        };
        let line = new.unwrap_or_else(|| referring(line, &names));
        match has_substitution {
            true => substituted(&line, &names),
            false => line,
        }
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// The ids of the resources: what stands at a line's start, and has a type beneath it.
fn ids(text: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    let mut last = None;
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            last = line.split_once(':').map(|(id, _)| id);
        }
        if line.trim_start().starts_with("Type: AWS::") {
            ids.extend(last.take());
        }
    }
    ids
}

/// `Latency:`, where its resource begins.
fn head(line: &str, names: &Ids<'_>) -> Option<String> {
    let (id, rest) = line.split_once(':')?;
    Some(format!("{}:{rest}", names.get(id)?))
}

/// `!Ref Topic`, `!GetAtt Topic.Arn`, `Ref: Topic`, `Fn::GetAtt: [Topic, Arn]`, `DependsOn: [Topic, Queue]`; none in quotes.
fn referring(line: &str, names: &Ids<'_>) -> String {
    const BEFORE: [&str; 4] = ["!Ref", "!GetAtt", "Ref:", "Fn::GetAtt:"];
    let of_id = |c: char| c.is_ascii_alphanumeric();
    let depends = line.trim_start().starts_with("DependsOn:");
    let mut text = String::with_capacity(line.len() + 8);
    let mut rest = line;
    while let Some(start) = rest.find(of_id) {
        let end = rest[start..].find(|c| !of_id(c));
        let end = end.map_or(rest.len(), |end| start + end);
        let at = line.len() - rest.len() + start;
        let said = line[..at].trim_end_matches([' ', '[']);
        let is_value = said.len() < at && !said.contains(['"', '\'', '#']);
        let asks = |before: &&str| {
            let key = said.strip_suffix(*before);
            key.is_some_and(|key| !key.ends_with(of_id))
        };
        let refers = depends || BEFORE.iter().any(asks);
        let new = names.get(&rest[start..end]).filter(|_| is_value && refers);
        text += &rest[..start];
        text += new.map_or(&rest[start..end], String::as_str);
        rest = &rest[end..];
    }
    text + rest
}

/// `- Topic`, in a list of `DependsOn`.
fn item(line: &str, names: &Ids<'_>) -> Option<String> {
    let (indent, id) = line.split_once("- ")?;
    let new = names
        .get(id.trim_end())
        .filter(|_| indent.trim().is_empty())?;
    Some(format!("{indent}- {new}"))
}

/// `${Topic}` and `${Topic.Arn}`, in `!Sub`.
fn substituted(line: &str, names: &Ids<'_>) -> String {
    let mut parts = line.split("${");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(['}', '.']).unwrap_or(part.len());
        let new = names.get(&part[..end]);
        text += "${";
        text += new.map_or(&part[..end], String::as_str);
        text += &part[end..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_resources_have_two_ids_and_what_refers_follows() {
        let text = "Topic:\n  Type: AWS::SNS::Topic\nTopicPolicy:\n  DependsOn: Topic\n  Type: AWS::SNS::TopicPolicy\n  \
                    Properties:\n    Topics: [!Ref Topic, !Ref Topic]\n    Name: !GetAtt Topic.Name\n    Other: !Ref Elsewhere\n    \
                    Said: \"see !Ref Topic\"\n    Arn: !Sub \"${Topic.Arn}-${AWS::Region}\"\n    List:\n      - Ref: Topic";
        let mut taken = BTreeSet::new();
        assert_eq!(named(text, &mut taken), text);
        let second = "Topic2:\n  Type: AWS::SNS::Topic\nTopicPolicy2:\n  DependsOn: Topic2\n  Type: AWS::SNS::TopicPolicy\n  \
                      Properties:\n    Topics: [!Ref Topic2, !Ref Topic2]\n    Name: !GetAtt Topic2.Name\n    Other: !Ref Elsewhere\n    \
                      Said: \"see !Ref Topic\"\n    Arn: !Sub \"${Topic2.Arn}-${AWS::Region}\"\n    List:\n      - Ref: Topic2";
        assert_eq!(named(text, &mut taken), second);
        assert!(named(text, &mut taken).starts_with("Topic3:"));
    }

    #[test]
    fn an_id_that_a_text_has_itself_is_not_given_twice() {
        let one = "A:\n  Type: AWS::X::Y";
        let both = "A:\n  Type: AWS::X::Y\nA2:\n  Type: AWS::X::Y\n  DependsOn:\n    - A\n    - B";
        let mut taken = BTreeSet::new();
        assert_eq!(named(one, &mut taken), one);
        assert_eq!(
            named(both, &mut taken),
            "A3:\n  Type: AWS::X::Y\nA2:\n  Type: AWS::X::Y\n  DependsOn:\n    - A3\n    - B"
        );
    }

    #[test]
    fn properties_have_no_id() {
        let text = "Tags:\n  - Key: Type\n    Value: x";
        let mut taken = BTreeSet::from(["Tags".to_owned()]);
        assert_eq!(named(text, &mut taken), text);
    }
}
