//! Composite alarms: whether an alarm that goes off makes others go off.
//!
//! The rule is evaluated with that one alarm in ALARM and every other OK: `ALARM(a) OR ALARM(b)` then goes off with `a`,
//! `ALARM(a) AND ALARM(b)` doesn't, `ALARM(a) AND NOT ALARM(maintenance)` does. One that holds without `a` too, such as
//! `ALARM(a) OR OK(b)`, was in ALARM before, and actions run only when the state changes. Grammar: PutCompositeAlarm,
//! AlarmRule.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::alarm::{CompositeAlarm, MetricAlarm};
use crate::snapshot::fact::{Fact, Listed, Why};

/// The composite alarms of a region, by the alarms that their rules mention.
pub(super) struct Composites<'a> {
    /// With their rules; `None` is one that can't be understood.
    all: Vec<(&'a CompositeAlarm, Option<Rule>)>,
    /// Places in `all`, by name and by ARN.
    places: BTreeMap<&'a str, usize>,
    /// Places in `all`, by the names and ARNs that their rules mention.
    mentioning: BTreeMap<String, Vec<usize>>,
    /// Places in `all` of those whose rules can't be understood.
    unread: Vec<usize>,
    /// Why others may be missing.
    pub(super) missing: Option<&'a Why>,
}

/// What a composite alarm does when another one goes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    /// It goes off too.
    Off,
    /// It goes off too, but its actions are held back.
    Suppressed,
    /// That can't be told.
    Unclear,
}

impl<'a> Composites<'a> {
    pub(super) fn new(composites: &'a Fact<Listed<CompositeAlarm>>) -> Composites<'a> {
        let (items, missing) = match composites.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        let all: Vec<_> = items.iter().map(|it| (it, Rule::parse(&it.rule))).collect();
        let mut places = BTreeMap::new();
        let mut mentioning: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, (composite, rule)) in all.iter().enumerate() {
            places.extend([
                (composite.name.as_str(), place),
                (composite.arn.as_str(), place),
            ]);
            for name in rule.iter().flat_map(Rule::mentions) {
                mentioning.entry(name.to_owned()).or_default().push(place);
            }
        }
        let unread = (0..all.len()).filter(|place| all[*place].1.is_none());
        Composites {
            unread: unread.collect(),
            all,
            places,
            mentioning,
            missing,
        }
    }

    /// What the composite alarms do that go off with the alarm, alone or through one another, by name.
    pub(super) fn going_off_with(&self, alarm: &MetricAlarm) -> Vec<(&'a CompositeAlarm, Going)> {
        let mut about_it = self.about(alarm);
        about_it.sort_by_key(|place| &self.all[*place].0.name);
        let (mut before, mut after) = (States::new(self, None), States::new(self, Some(alarm)));
        let going = |place: usize| {
            let composite = self.all[place].0;
            let going = match (before.of(place), after.of(place)) {
                (Some(true), _) | (_, Some(false)) => return None,
                (Some(false), Some(true)) => after.suppression(composite),
                (None, _) | (_, None) => Going::Unclear,
            };
            Some((composite, going))
        };
        about_it.into_iter().filter_map(going).collect()
    }

    /// Places of those whose rules speak of the alarm, or of one that does.
    fn about(&self, alarm: &MetricAlarm) -> Vec<usize> {
        let mut found = BTreeSet::new();
        let mut names = vec![alarm.name.as_str(), alarm.arn.as_str()];
        while let Some(name) = names.pop() {
            let speaks = |place: &usize| self.all[*place].0.rule.contains(name);
            let unread = self.unread.iter().copied().filter(speaks);
            let mentioning = self.mentioning.get(name).into_iter().flatten().copied();
            for place in mentioning.chain(unread) {
                if found.insert(place) {
                    let composite = self.all[place].0;
                    names.extend([composite.name.as_str(), composite.arn.as_str()]);
                }
            }
        }
        found.into_iter().collect()
    }
}

/// The states of all composite alarms while one metric alarm is in ALARM, or none is.
struct States<'c, 'a> {
    composites: &'c Composites<'a>,
    firing: Option<&'c MetricAlarm>,
    known: BTreeMap<usize, Option<bool>>,
    /// Places that are being asked: a cycle has no answer.
    asked: Vec<usize>,
}

impl<'c, 'a> States<'c, 'a> {
    fn new(composites: &'c Composites<'a>, firing: Option<&'c MetricAlarm>) -> States<'c, 'a> {
        States {
            composites,
            firing,
            known: BTreeMap::new(),
            asked: Vec::new(),
        }
    }

    /// Whether the composite alarm is in ALARM; `None` where that can't be told.
    fn of(&mut self, place: usize) -> Option<bool> {
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        if self.asked.contains(&place) || self.asked.len() >= MAX_DEPTH {
            return None;
        }
        let composites = self.composites;
        self.asked.push(place);
        let rule = composites.all[place].1.as_ref();
        let holds = rule.and_then(|rule| rule.holds(&mut |name| self.named(name)));
        self.asked.pop();
        self.known.insert(place, holds);
        holds
    }

    fn named(&mut self, name: &str) -> Option<bool> {
        let firing = |alarm: &MetricAlarm| alarm.name == name || alarm.arn == name;
        match self.composites.places.get(name) {
            Some(place) => self.of(*place),
            None => Some(self.firing.is_some_and(firing)),
        }
    }

    /// What becomes of the actions of one that goes off: none runs while its suppressor is in ALARM.
    fn suppression(&mut self, composite: &CompositeAlarm) -> Going {
        let suppressor = composite.suppressor.as_deref();
        match suppressor.map_or(Some(false), |name| self.named(name)) {
            Some(false) => Going::Off,
            Some(true) => Going::Suppressed,
            None => Going::Unclear,
        }
    }
}

/// The deepest nesting that is followed; a rule has at most 10,240 characters.
const MAX_DEPTH: usize = 64;

/// The rule of a composite alarm, over names and ARNs of others.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    Always(bool),
    InAlarm(String),
    IsOk(String),
    LacksData(String),
    Not(Box<Rule>),
    And(Box<Rule>, Box<Rule>),
    Or(Box<Rule>, Box<Rule>),
}

impl Rule {
    /// Reads a rule; `None` where it can't be understood.
    pub(super) fn parse(text: &str) -> Option<Rule> {
        let mut parser = Parser {
            tokens: tokens(text),
            at: 0,
        };
        let rule = parser.or(0)?;
        (parser.at == parser.tokens.len()).then_some(rule)
    }

    /// Whether it holds, given which alarms are in ALARM; the others are OK. `None` where that can't be told.
    pub(super) fn holds(&self, in_alarm: &mut dyn FnMut(&str) -> Option<bool>) -> Option<bool> {
        match self {
            Rule::Always(holds) => Some(*holds),
            Rule::InAlarm(alarm) => in_alarm(alarm),
            Rule::IsOk(alarm) => in_alarm(alarm).map(|it| !it),
            Rule::LacksData(alarm) => in_alarm(alarm).map(|_| false),
            Rule::Not(rule) => rule.holds(in_alarm).map(|it| !it),
            Rule::And(left, right) => join(left, right, in_alarm, false),
            Rule::Or(left, right) => join(left, right, in_alarm, true),
        }
    }

    /// The names and ARNs it speaks of.
    pub(super) fn mentions(&self) -> Vec<&str> {
        match self {
            Rule::Always(_) => Vec::new(),
            Rule::InAlarm(alarm) | Rule::IsOk(alarm) | Rule::LacksData(alarm) => vec![alarm],
            Rule::Not(rule) => rule.mentions(),
            Rule::And(left, right) | Rule::Or(left, right) => {
                let mut all = left.mentions();
                all.extend(right.mentions());
                all
            }
        }
    }
}

/// Both sides, of which one that is `deciding` decides.
fn join(
    left: &Rule,
    right: &Rule,
    in_alarm: &mut dyn FnMut(&str) -> Option<bool>,
    deciding: bool,
) -> Option<bool> {
    let left = left.holds(in_alarm);
    if left == Some(deciding) {
        return left;
    }
    match right.holds(in_alarm) {
        Some(right) if right == deciding => Some(deciding),
        right => left.and(right),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Word(String),
    Quoted(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(next) = chars.next() {
        match next {
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '"' => tokens.push(Token::Quoted(quoted(&mut chars))),
            c if c.is_whitespace() || c == ',' => {}
            c => {
                let mut word = String::from(c);
                while let Some(c) =
                    chars.next_if(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"' | ','))
                {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    tokens
}

/// A name up to its closing quotation mark; one within it stands behind a backslash.
fn quoted(chars: &mut impl Iterator<Item = char>) -> String {
    let mut name = String::new();
    while let Some(next) = chars.next().filter(|next| *next != '"') {
        let escaped = (next == '\\').then(|| chars.next()).flatten();
        name.push(escaped.unwrap_or(next));
    }
    name
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn or(&mut self, depth: usize) -> Option<Rule> {
        let mut rule = self.and(depth)?;
        while self.eat_word("OR") {
            rule = Rule::Or(Box::new(rule), Box::new(self.and(depth)?));
        }
        Some(rule)
    }

    fn and(&mut self, depth: usize) -> Option<Rule> {
        let mut rule = self.not(depth)?;
        while self.eat_word("AND") {
            rule = Rule::And(Box::new(rule), Box::new(self.not(depth)?));
        }
        Some(rule)
    }

    fn not(&mut self, depth: usize) -> Option<Rule> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.eat_word("NOT") {
            return Some(Rule::Not(Box::new(self.not(depth + 1)?)));
        }
        self.operand(depth)
    }

    fn operand(&mut self, depth: usize) -> Option<Rule> {
        if self.eat(&Token::Open) {
            let rule = self.or(depth + 1)?;
            return self.eat(&Token::Close).then_some(rule);
        }
        let Some(Token::Word(word)) = self.tokens.get(self.at).cloned() else {
            return None;
        };
        self.at += 1;
        match word.to_ascii_uppercase().as_str() {
            "TRUE" => Some(Rule::Always(true)),
            "FALSE" => Some(Rule::Always(false)),
            "ALARM" => self.alarm().map(Rule::InAlarm),
            "OK" => self.alarm().map(Rule::IsOk),
            "INSUFFICIENT_DATA" => self.alarm().map(Rule::LacksData),
            _ => None,
        }
    }

    /// `("name")`, `(name)` or `(arn)`.
    fn alarm(&mut self) -> Option<String> {
        if !self.eat(&Token::Open) {
            return None;
        }
        let name = match self.tokens.get(self.at)? {
            Token::Quoted(name) | Token::Word(name) => name.clone(),
            Token::Open | Token::Close => return None,
        };
        self.at += 1;
        self.eat(&Token::Close).then_some(name)
    }

    fn eat(&mut self, token: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(found);
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_a(rule: &str) -> Option<bool> {
        let firing = ["a", "arn:aws:cloudwatch:eu-west-1:1:alarm:a", "a \"b\""];
        let mut in_alarm = |name: &str| match name {
            "unread" => None,
            name => Some(firing.contains(&name)),
        };
        Rule::parse(rule)?.holds(&mut in_alarm)
    }

    #[test]
    fn one_child_alone_decides() {
        assert_eq!(with_a(r#"ALARM("a") OR ALARM("b")"#), Some(true));
        assert_eq!(with_a(r#"ALARM("a") AND ALARM("b")"#), Some(false));
        assert_eq!(
            with_a(r#"ALARM(a) AND NOT ALARM("maintenance")"#),
            Some(true)
        );
        assert_eq!(with_a(r#"NOT (OK("a") OR ALARM("b"))"#), Some(true));
        assert_eq!(
            with_a("ALARM(arn:aws:cloudwatch:eu-west-1:1:alarm:a)"),
            Some(true)
        );
        assert_eq!(with_a(r#"ALARM("b") OR FALSE"#), Some(false));
        assert_eq!(with_a(r#"ALARM("a \"b\"")"#), Some(true));
        assert_eq!(
            with_a("ALARM(arn:aws:cloudwatch:us-east-1:1:alarm:a)"),
            Some(false)
        );
    }

    #[test]
    fn what_cannot_be_told_counts_only_where_it_matters() {
        for (rule, expected) in [
            ("ALARM(unread)", None),
            ("NOT INSUFFICIENT_DATA(unread)", None),
            ("ALARM(a) OR ALARM(unread)", Some(true)),
            ("ALARM(unread) OR ALARM(a)", Some(true)),
            ("ALARM(a) AND ALARM(unread)", None),
            ("ALARM(b) AND OK(unread)", Some(false)),
        ] {
            assert_eq!(with_a(rule), expected, "{rule}");
        }
    }

    #[test]
    fn a_rule_that_cannot_be_read_is_not_guessed() {
        for rule in [
            "",
            "ALARM",
            "ALARM(",
            "ALARM(\"a\"",
            "AT_LEAST(1, ALARM, (a, b))",
            "ALARM(\"a\") ALARM(\"b\")",
        ] {
            assert_eq!(with_a(rule), None, "{rule}");
        }
        assert_eq!(with_a(&"(".repeat(20_000)), None);
        assert_eq!(with_a(&"NOT ".repeat(20_000)), None);
    }
}
