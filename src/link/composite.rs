//! Composite alarms: whether an alarm that goes off makes others go off.
//!
//! The rule is evaluated with that one alarm in ALARM and every other OK: `ALARM(a) OR ALARM(b)` then goes off with `a`,
//! `ALARM(a) AND ALARM(b)` doesn't, `ALARM(a) AND NOT ALARM(maintenance)` does. Grammar: PutCompositeAlarm, AlarmRule.

use std::collections::BTreeSet;

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

    /// Whether it holds when just the alarms of these names and ARNs are in ALARM, and every other is OK.
    pub(super) fn holds(&self, firing: &BTreeSet<&str>) -> bool {
        match self {
            Rule::Always(holds) => *holds,
            Rule::InAlarm(alarm) => firing.contains(alarm.as_str()),
            Rule::IsOk(alarm) => !firing.contains(alarm.as_str()),
            Rule::LacksData(_) => false,
            Rule::Not(rule) => !rule.holds(firing),
            Rule::And(left, right) => left.holds(firing) && right.holds(firing),
            Rule::Or(left, right) => left.holds(firing) || right.holds(firing),
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
            '"' => tokens.push(Token::Quoted(
                chars.by_ref().take_while(|c| *c != '"').collect(),
            )),
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
        let firing = BTreeSet::from(["a", "arn:aws:cloudwatch:eu-west-1:1:alarm:a"]);
        Rule::parse(rule).map(|rule| rule.holds(&firing))
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
