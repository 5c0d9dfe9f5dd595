//! What a verdict rests on: the operands to blame, near misses first, and what could not be read.
//!
//! Walks the condition once more and looks only at the parts that decided. Made for reported results alone.

mod distance;
mod elements;
mod local;
mod path;
mod repair;
mod unread;

use self::local::Told;
pub use self::repair::forms;
use super::logic::{False, True, Truth};
use super::run::Frame;
use super::value::Val;
use super::{Outcome, Scope, Subject, Verdict, frame};
use crate::finding::Repair;
use crate::rule::condition::{Condition, Expr, Kind, Operator, TextTest};
use crate::rule::message::Part;
use crate::rule::param::Params;
use crate::rule::text::spelled;
use crate::rule::{ForEach, Rule};
use crate::snapshot::fact::Why;
use crate::snapshot::record::{Evidence, Value};

/// What a reported result shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The rule's sentence.
    pub message: String,
    /// What was seen, near misses first; of a pass, the witness.
    pub evidence: Vec<Evidence>,
    /// What could not be read: each reason once, in the order of the condition.
    pub unknown: Vec<Unread>,
    /// What to do, of a failure.
    pub fix: Option<Repair>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What was looked for, as the condition spells it.
    pub path: String,
    /// Why it could not be read.
    pub why: Why,
}

/// Explains an outcome of [`outcomes`](super::outcomes) with the same rule, parameters and scope.
pub fn explain<'a>(
    rule: &'a Rule,
    params: &'a Params,
    scope: &Scope<'a>,
    outcome: &Outcome<'a>,
) -> Explanation {
    let Some(mut explainer) = explainer(rule, params, scope, outcome) else {
        return Explanation::default();
    };
    match (&outcome.subject, &rule.for_each) {
        (Subject::List(why), ForEach::Element { list, .. }) => explainer.list(rule, list, why),
        (Subject::Element(element), ForEach::Element { list, variable, .. }) => {
            explainer.condition = list;
            let path = explainer.element_path(list.expr(), &Val::Plain(*element), None);
            let path = path.unwrap_or_else(|| variable.clone());
            explainer.names.push(path);
            explainer.frame.push_subject(Val::Plain(*element));
            explainer.outcome(rule, outcome.verdict);
        }
        (Subject::Root, _) | (_, ForEach::Root(_)) => explainer.outcome(rule, outcome.verdict),
    }
    explainer.made
}

fn explainer<'a>(
    rule: &'a Rule,
    params: &'a Params,
    scope: &Scope<'a>,
    outcome: &Outcome<'a>,
) -> Option<Explainer<'a>> {
    let frame = frame(rule, params, scope)?;
    let names = rule.for_each.root().slots().iter();
    Some(Explainer {
        frame,
        condition: &rule.assert,
        names: names.map(|root| root.name().to_owned()).collect(),
        wants_same: matches!(outcome.verdict, Verdict::Pass | Verdict::NotApplicable),
        told: Told::default(),
        made: Explanation::default(),
    })
}

struct Explainer<'a> {
    frame: Frame<'a>,
    /// The condition whose parts are looked at.
    condition: &'a Condition,
    /// How evidence names the slots of the frame.
    names: Vec<String>,
    /// Whether the outcome is the wanted one: a witness is shown rather than someone to blame.
    wants_same: bool,
    /// Names of `let` of which all has been said.
    told: Told,
    made: Explanation,
}

impl<'a> Explainer<'a> {
    fn list(&mut self, rule: &'a Rule, list: &'a Condition, why: &Why) {
        let missing = self.frame.listing(list.expr()).is_ok();
        let how = if missing { " in full" } else { "" };
        let owner = match &list.expr().kind {
            Kind::Field(owner, ..) => self.frame.value(owner).shown(),
            _ => String::new(),
        };
        let path = list.text().trim().to_owned();
        self.made.message = format!("{owner}: {path} could not be read{how}");
        self.made.unknown.push(Unread {
            path,
            why: why.clone(),
        });
        if let Some(applies) = &rule.applies_when {
            self.condition = applies;
            let element = Val::Plain(Value::Unknown(&crate::snapshot::fact::UNDEFINED));
            self.names.push(String::new());
            self.frame.push_subject(element);
            if let Truth::False = self.frame.truth(applies.expr()) {
                self.made.unknown.clear();
                self.blame(applies.expr(), false);
            }
        }
    }

    fn outcome(&mut self, rule: &'a Rule, verdict: Verdict) {
        // The sentence of a rule says what is wrong; of what holds, or is not spoken of, its title does.
        self.made.message = match verdict {
            Verdict::Pass | Verdict::NotApplicable => rule.title.clone(),
            Verdict::Fail | Verdict::Unknown => self.message(rule),
        };
        let decided = match (verdict, &rule.applies_when) {
            (Verdict::NotApplicable, Some(applies)) => applies,
            (Verdict::Unknown, Some(applies))
                if matches!(self.frame.truth(applies.expr()), Truth::Unknown(_)) =>
            {
                applies
            }
            _ => &rule.assert,
        };
        self.condition = decided;
        if verdict == Verdict::Fail {
            self.made.fix = self.fix(rule);
        }
        match verdict {
            Verdict::Pass => self.blame(decided.expr(), true),
            Verdict::Fail | Verdict::NotApplicable => self.blame(decided.expr(), false),
            Verdict::Unknown => self.unread(decided.expr()),
        }
    }

    fn message(&mut self, rule: &'a Rule) -> String {
        let mut message = String::new();
        for part in rule.message.parts() {
            match part {
                Part::Text(text) => message.push_str(text),
                Part::Value(value) => {
                    message.push_str(&self.frame.value(value.expr()).for_people());
                }
            }
        }
        message
    }

    /// Shows why the condition has this outcome.
    fn blame(&mut self, expr: &'a Expr, outcome: bool) {
        match &expr.kind {
            Kind::Not(inner) => self.blame(inner, !outcome),
            Kind::And(parts) | Kind::Or(parts) => self.blame_parts(expr, parts, outcome),
            Kind::Choose(test, yes, no) => self.blame_choice(test, yes, no, outcome),
            Kind::Compare(operator, left, right) => {
                let operator = if self.wanted(outcome) {
                    *operator
                } else {
                    operator.negated()
                };
                self.compared(operator, left, right);
            }
            Kind::Each(each, list, lambda) => self.blame_each(*each, expr, list, lambda, outcome),
            Kind::Ask(record, method, _, args) => {
                let before = self.made.evidence.len();
                self.grounds(record, *method, args);
                if self.made.evidence.len() == before {
                    self.seen_bool(expr, outcome);
                }
            }
            Kind::Present(value) => {
                let sign = if self.wanted(outcome) { "!=" } else { "==" };
                self.seen(value, format!("{sign} null"));
            }
            Kind::HasEntry(key, map) => self.blame_entry(key, map, outcome),
            Kind::Within(item, list) => {
                let list = self.right_side(list);
                self.seen(item, self.said(outcome, format!("in {list}")));
            }
            Kind::TextTest(test, text, part) => {
                let name = match test {
                    TextTest::StartsWith => "startsWith",
                    TextTest::EndsWith => "endsWith",
                    TextTest::Contains => "contains",
                };
                let part = self.right_side(part);
                self.seen(text, self.said(outcome, format!("{name}({part})")));
            }
            Kind::Match(kind, text, pattern, _) => {
                let pattern = self.right_side(pattern);
                let expected = format!("{}({pattern})", kind.method());
                self.seen(text, self.said(outcome, expected));
            }
            Kind::Local(place, local) => self.blame_local(*place, local, outcome),
            Kind::Bool(_) => {}
            Kind::Variable(..)
            | Kind::Param(_)
            | Kind::Field(..)
            | Kind::Entry(..)
            | Kind::OrValue(..)
            | Kind::Number(_)
            | Kind::Duration(_)
            | Kind::Text(_)
            | Kind::List(_)
            | Kind::Now
            | Kind::Negative(_)
            | Kind::Arithmetic(..)
            | Kind::Size(_)
            | Kind::Fold(..)
            | Kind::Age(_) => self.seen_bool(expr, outcome),
        }
    }

    /// What the outcome should have been.
    fn wanted(&self, outcome: bool) -> bool {
        outcome == self.wants_same
    }

    fn said(&self, outcome: bool, expected: String) -> String {
        if self.wanted(outcome) {
            expected
        } else {
            format!("not {expected}")
        }
    }

    fn seen_bool(&mut self, expr: &'a Expr, outcome: bool) {
        let expected = format!("== {}", self.wanted(outcome));
        let evidence = Evidence {
            path: self.path(expr),
            observed: outcome.to_string(),
            expected,
            from: expr.source(),
        };
        self.add(evidence);
    }

    fn seen(&mut self, expr: &'a Expr, expected: String) {
        let observed = match self.frame.value(expr) {
            Val::Plain(Value::Absent) => "null".to_owned(),
            value => value.shown(),
        };
        // What people declared was seen where they did, not by a call.
        let (observed, from) = match self.declared(expr) {
            Some(origin) => (format!("{observed} ({origin})"), None),
            None => (observed, expr.source()),
        };
        let evidence = Evidence {
            path: self.path(expr),
            observed,
            expected,
            from,
        };
        self.add(evidence);
    }

    /// Where a field comes from that people declared.
    fn declared(&mut self, expr: &'a Expr) -> Option<&'a str> {
        match &expr.kind {
            Kind::Field(record, slot, _) => match self.frame.value(record).plain() {
                Value::Record(record) => record.origin(*slot),
                _ => None,
            },
            Kind::OrValue(value, _) => self.declared(value),
            Kind::Local(_, local) => self.behind(local, |it| it.declared(local.condition.expr())),
            _ => None,
        }
    }

    fn add(&mut self, evidence: Evidence) {
        if !self.made.evidence.contains(&evidence) {
            self.made.evidence.push(evidence);
        }
    }

    /// Of a failed `&&` the false parts, of a failed `||` all; of a true `||` the first that holds.
    fn blame_parts(&mut self, expr: &'a Expr, parts: &'a [Expr], outcome: bool) {
        let witness_will_do = self.wants_same && outcome && matches!(expr.kind, Kind::Or(_));
        for part in parts {
            if !self.frame.truth(part).is(outcome) {
                continue;
            }
            self.blame(part, outcome);
            if witness_will_do {
                return;
            }
        }
    }

    fn blame_choice(&mut self, test: &'a Expr, yes: &'a Expr, no: &'a Expr, outcome: bool) {
        let (branch, tested) = match self.frame.truth(test) {
            True => (yes, true),
            False => (no, false),
            Truth::Unknown(_) => return self.blame(yes, outcome),
        };
        if branch.is_constant() {
            self.blame(test, tested);
        } else {
            self.blame(branch, outcome);
        }
    }

    fn blame_entry(&mut self, key: &'a Expr, map: &'a Expr, outcome: bool) {
        let sign = if self.wanted(outcome) { "!=" } else { "==" };
        let (map_value, key_value) = (self.frame.value(map), self.frame.value(key));
        let observed = match (map_value.plain(), key_value.plain()) {
            (Value::Map(map), Value::Text(key)) => map.get(key).cloned(),
            _ => None,
        };
        let evidence = Evidence {
            path: format!("{}[{}]", self.path(map), spelled(key_value.plain())),
            observed: observed.unwrap_or_else(|| "null".to_owned()),
            expected: format!("{sign} null"),
            from: map.source(),
        };
        self.add(evidence);
    }

    /// The side that looks at the subject was seen; the other is what it was compared with.
    fn compared(&mut self, operator: Operator, left: &'a Expr, right: &'a Expr) {
        let (seen, operator, other) = if left.is_detached() {
            (right, operator.flipped(), left)
        } else {
            (left, operator, right)
        };
        let said = self.right_side(other);
        self.seen(seen, format!("{} {said}", operator.sign()));
        if let Kind::Size(of) = &seen.kind {
            self.counted(of, operator, other);
        }
    }

    /// A value with the params filled in; what comes from the snapshot with its path too.
    fn right_side(&mut self, expr: &'a Expr) -> String {
        let value = match self.frame.value(expr) {
            Val::Plain(value) => spelled(value),
            made => made.shown(),
        };
        let origin = self.declared(expr);
        match &expr.kind {
            Kind::List(_) => format!("[{}]", self.items(expr)),
            // The default holds, and it alone was compared with.
            Kind::OrValue(declared, default) if self.is_absent(declared) => {
                self.right_side(default)
            }
            Kind::Local(_, local)
                if matches!(
                    local.condition.expr().kind,
                    Kind::OrValue(..) | Kind::Local(..)
                ) =>
            {
                self.behind(local, |it| it.right_side(local.condition.expr()))
            }
            _ if origin.is_some() => {
                let origin = origin.unwrap_or_default();
                format!("{} ({value}, {origin})", self.path(expr))
            }
            _ if expr.is_detached() => value,
            _ => format!("{} ({value})", self.path(expr)),
        }
    }

    fn is_absent(&mut self, expr: &'a Expr) -> bool {
        matches!(self.frame.value(expr), Val::Plain(Value::Absent))
    }

    fn items(&mut self, list: &'a Expr) -> String {
        let parts = list.parts();
        let items: Vec<String> = parts
            .into_iter()
            .map(|part| self.right_side(part))
            .collect();
        items.join(", ")
    }

    fn grounds(&mut self, record: &'a Expr, method: usize, args: &'a [Expr]) {
        let Ok(args) = self.frame.args(args) else {
            return;
        };
        let Value::Record(owner) = self.frame.value(record).plain() else {
            return;
        };
        let grounds = owner.explain(method, &args);
        let path = self.path(record);
        for evidence in grounds.evidence {
            self.add(evidence);
        }
        for why in grounds.unknown {
            self.add_unread(path.clone(), &why);
        }
    }
}
