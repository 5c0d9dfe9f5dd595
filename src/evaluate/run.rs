//! The evaluator: a checked condition and a frame of values give a value.

use jiff::Timestamp;

use super::logic::{False, NO_ANSWER, True, Truth, Unknown, calculate, compare, equal, join};
use super::value::{Item, Listing, Seq, Val};
use crate::rule::condition::pattern::{PatternKind, Patterns};
use crate::rule::condition::{Each, Expr, Fold, Kind, Lambda, Local, Operator, TextTest};
use crate::rule::param::Params;
use crate::snapshot::fact::{UNDEFINED, Why};
use crate::snapshot::record::Value;

/// The values of names: roots first, then the variables of lambdas, by slot.
pub(super) struct Frame<'a> {
    slots: Vec<Val<'a>>,
    params: &'a Params,
    now: Timestamp,
    /// How many slots belong to the subject; those above are variables of lambdas.
    of_subject: usize,
    /// What names of `let` stand for, by their place; nothing where it has not been needed yet.
    locals: Vec<Option<Val<'a>>>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(params: &'a Params, now: Timestamp) -> Frame<'a> {
        Frame {
            slots: Vec::with_capacity(4),
            params,
            now,
            of_subject: 0,
            locals: Vec::new(),
        }
    }

    /// Names one more thing of the subject.
    pub(super) fn push_subject(&mut self, value: Val<'a>) {
        self.slots.truncate(self.of_subject);
        self.slots.push(value);
        self.of_subject = self.slots.len();
        self.locals.clear();
    }

    /// Works with one more thing of the subject, which names of `let` may look at.
    pub(super) fn with_subject<T>(
        &mut self,
        value: Val<'a>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.push_subject(value);
        let done = work(self);
        self.slots.pop();
        self.of_subject = self.slots.len();
        self.locals.clear();
        done
    }

    /// How many slots belong to the subject.
    pub(super) fn of_subject(&self) -> usize {
        self.of_subject
    }

    /// Takes the variables of lambdas away for a while.
    pub(super) fn take_lambdas(&mut self) -> Vec<Val<'a>> {
        self.slots.split_off(self.of_subject.min(self.slots.len()))
    }

    /// Puts the variables of lambdas back.
    pub(super) fn put_lambdas(&mut self, slots: Vec<Val<'a>>) {
        self.slots.extend(slots);
    }

    /// What a name of `let` stands for, worked out at most once for a subject.
    fn local(&mut self, place: usize, local: &'a Local) -> Val<'a> {
        if let Some(Some(value)) = self.locals.get(place) {
            return value.clone();
        }
        let lambdas = self.take_lambdas();
        let value = self.value(local.condition.expr());
        self.put_lambdas(lambdas);
        if self.locals.len() <= place {
            self.locals.resize(place + 1, None);
        }
        self.locals[place] = Some(value.clone());
        value
    }

    pub(super) fn push(&mut self, value: Val<'a>) {
        self.slots.push(value);
    }

    pub(super) fn pop(&mut self) {
        self.slots.pop();
    }

    /// Works with one more name.
    pub(super) fn with<T>(&mut self, value: Val<'a>, work: impl FnOnce(&mut Self) -> T) -> T {
        self.slots.push(value);
        let done = work(self);
        self.slots.pop();
        done
    }

    pub(super) fn truth(&mut self, expr: &'a Expr) -> Truth<'a> {
        match &expr.kind {
            Kind::Not(inner) => self.truth(inner).not(),
            Kind::And(parts) => join(parts.iter().map(|part| self.truth(part)), False),
            Kind::Or(parts) => join(parts.iter().map(|part| self.truth(part)), True),
            Kind::Compare(operator, left, right) => {
                compare(*operator, &self.value(left), &self.value(right))
            }
            Kind::Present(value) => match self.value(value) {
                Val::Plain(Value::Absent) => False,
                Val::Plain(Value::Unknown(why)) => Unknown(why),
                Val::Plain(_) | Val::Seq(_) | Val::Between(..) => True,
            },
            Kind::Within(item, list) => self.within(item, list),
            Kind::HasEntry(key, map) => match self.entry(map, key) {
                Value::Absent => False,
                Value::Unknown(why) => Unknown(why),
                _ => True,
            },
            Kind::Each(Each::All, list, lambda) => self.each(list, lambda, False),
            Kind::Each(Each::Exists, list, lambda) => self.each(list, lambda, True),
            Kind::Each(Each::ExistsOne, list, lambda) => self.exists_one(list, lambda),
            Kind::TextTest(test, text, part) => self.text_test(*test, text, part),
            Kind::Match(kind, text, pattern, patterns) => {
                self.matches(*kind, text, pattern, patterns)
            }
            Kind::Ask(record, method, _, args) => self.ask(record, *method, args),
            Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Duration(_)
            | Kind::Text(_)
            | Kind::List(_)
            | Kind::Variable(..)
            | Kind::Local(..)
            | Kind::Now
            | Kind::Param(_)
            | Kind::Field(..)
            | Kind::Entry(..)
            | Kind::Negative(_)
            | Kind::Choose(..)
            | Kind::Arithmetic(..)
            | Kind::Each(Each::Filter | Each::Map, ..)
            | Kind::Size(_)
            | Kind::Fold(..)
            | Kind::OrValue(..)
            | Kind::Age(_) => Truth::from(&self.value(expr)),
        }
    }

    pub(super) fn value(&mut self, expr: &'a Expr) -> Val<'a> {
        Val::Plain(match &expr.kind {
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(*number),
            Kind::Duration(seconds) => Value::Duration(*seconds),
            Kind::Text(text) => Value::Text(text),
            Kind::Now => Value::Time(self.now),
            Kind::Variable(slot, _) => return self.slot(*slot),
            Kind::Local(place, local) => return self.local(*place, local),
            Kind::Param(index) => self.param(*index),
            Kind::Field(record, slot, _) => self.field(record, *slot),
            Kind::Entry(map, key) => self.entry(map, key),
            Kind::List(items) => return self.literal(items),
            Kind::Choose(test, yes, no) => return self.choose(test, yes, no),
            Kind::Negative(inner) => {
                let value = self.value(inner);
                let zero = match value.plain() {
                    Value::Duration(_) => Value::Duration(0.0),
                    _ => Value::Number(0.0),
                };
                return calculate(Operator::Minus, &Val::Plain(zero), &value);
            }
            Kind::Arithmetic(operator, left, right) => {
                return calculate(*operator, &self.value(left), &self.value(right));
            }
            Kind::Each(Each::Filter, list, lambda) => return self.filter(list, lambda),
            Kind::Each(Each::Map, list, lambda) => return self.map(list, lambda),
            Kind::Size(inner) => return self.size(inner),
            Kind::Fold(fold, parts) => return self.fold(*fold, parts),
            Kind::OrValue(inner, default) => match self.value(inner) {
                Val::Plain(Value::Absent) => return self.value(default),
                value => return value,
            },
            Kind::Age(time) => {
                let now = Val::Plain(Value::Time(self.now));
                return calculate(Operator::Minus, &now, &self.value(time));
            }
            Kind::Not(_)
            | Kind::And(_)
            | Kind::Or(_)
            | Kind::Compare(..)
            | Kind::Present(_)
            | Kind::Within(..)
            | Kind::HasEntry(..)
            | Kind::Each(Each::All | Each::Exists | Each::ExistsOne, ..)
            | Kind::TextTest(..)
            | Kind::Match(..)
            | Kind::Ask(..) => return self.truth(expr).value(),
        })
    }

    pub(super) fn listing(&mut self, expr: &'a Expr) -> Result<Listing<'a>, &'a Why> {
        Listing::of(self.value(expr))
    }

    fn slot(&self, slot: usize) -> Val<'a> {
        let value = self.slots.get(slot);
        value.cloned().unwrap_or(NO_ANSWER.value())
    }

    fn param(&self, index: usize) -> Value<'a> {
        let params: &'a Params = self.params;
        let value = params.get(index);
        value.map_or(Value::Unknown(&UNDEFINED), |value| value.value())
    }

    /// A field of what is absent is absent too.
    fn field(&mut self, record: &'a Expr, slot: usize) -> Value<'a> {
        match self.value(record).plain() {
            Value::Record(record) => record.get(slot),
            value @ (Value::Absent | Value::Unknown(_)) => value,
            _ => Value::Unknown(&UNDEFINED),
        }
    }

    fn entry(&mut self, map: &'a Expr, key: &'a Expr) -> Value<'a> {
        match (self.value(map).plain(), self.value(key).plain()) {
            (Value::Map(map), Value::Text(key)) => map
                .get(key)
                .map_or(Value::Absent, |value| Value::Text(value)),
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Value::Unknown(why),
            (Value::Absent, _) => Value::Absent,
            _ => Value::Unknown(&UNDEFINED),
        }
    }

    fn literal(&mut self, items: &'a [Expr]) -> Val<'a> {
        let item = |value| Item { value, maybe: None };
        Val::Seq(std::sync::Arc::new(Seq {
            items: items.iter().map(|part| item(self.value(part))).collect(),
            missing: None,
        }))
    }

    fn choose(&mut self, test: &'a Expr, yes: &'a Expr, no: &'a Expr) -> Val<'a> {
        match self.truth(test) {
            True => self.value(yes),
            False => self.value(no),
            Unknown(why) => {
                let (yes, no) = (self.value(yes), self.value(no));
                match equal(&yes, &no) {
                    True => yes,
                    False | Unknown(_) => Val::Plain(Value::Unknown(why)),
                }
            }
        }
    }

    fn within(&mut self, item: &'a Expr, list: &'a Expr) -> Truth<'a> {
        let item = self.value(item);
        if let Kind::List(items) = &list.kind {
            return join(
                items.iter().map(|other| equal(&item, &self.value(other))),
                True,
            );
        }
        let listing = match self.listing(list) {
            Ok(listing) => listing,
            Err(why) => return Unknown(why),
        };
        let answers = listing
            .items()
            .map(|other| sure(equal(&item, &other.value), True, other.maybe));
        let missing = listing.missing().map(Unknown);
        join(answers.chain(missing), True)
    }

    /// `all` stops at a violation, `exists` at a hit.
    fn each(&mut self, list: &'a Expr, lambda: &'a Lambda, stop: Truth<'a>) -> Truth<'a> {
        let listing = match self.listing(list) {
            Ok(listing) => listing,
            Err(why) => return Unknown(why),
        };
        let answers = listing.items().map(|item| {
            let answer = self.with(item.value, |frame| frame.truth(&lambda.body));
            sure(answer, stop, item.maybe)
        });
        let missing = listing.missing().map(Unknown);
        join(answers.chain(missing), stop)
    }

    fn exists_one(&mut self, list: &'a Expr, lambda: &'a Lambda) -> Truth<'a> {
        match self.filter(list, lambda) {
            Val::Plain(Value::Unknown(why)) => Unknown(why),
            filtered => match Listing::of(filtered) {
                Ok(listing) => equal(&listing.size(), &Val::Plain(Value::Number(1.0))),
                Err(why) => Unknown(why),
            },
        }
    }

    fn filter(&mut self, list: &'a Expr, lambda: &'a Lambda) -> Val<'a> {
        let listing = match self.listing(list) {
            Ok(listing) => listing,
            Err(why) => return Val::Plain(Value::Unknown(why)),
        };
        let mut items = Vec::new();
        for item in listing.items() {
            match self.with(item.value.clone(), |frame| frame.truth(&lambda.body)) {
                True => items.push(item),
                False => {}
                Unknown(why) => items.push(Item {
                    maybe: item.maybe.or(Some(why)),
                    ..item
                }),
            }
        }
        let missing = listing.missing();
        Val::Seq(std::sync::Arc::new(Seq { items, missing }))
    }

    fn map(&mut self, list: &'a Expr, lambda: &'a Lambda) -> Val<'a> {
        let listing = match self.listing(list) {
            Ok(listing) => listing,
            Err(why) => return Val::Plain(Value::Unknown(why)),
        };
        let mut items = Vec::with_capacity(listing.len());
        for Item { value, maybe } in listing.items() {
            let value = self.with(value, |frame| frame.value(&lambda.body));
            items.push(Item { value, maybe });
        }
        let missing = listing.missing();
        Val::Seq(std::sync::Arc::new(Seq { items, missing }))
    }

    fn size(&mut self, of: &'a Expr) -> Val<'a> {
        let number = |size: usize| Val::Plain(Value::Number(size as f64));
        match self.value(of) {
            Val::Plain(Value::Text(text)) => number(text.chars().count()),
            Val::Plain(Value::Map(map)) => number(map.len()),
            value => match Listing::of(value) {
                Ok(listing) => listing.size(),
                Err(why) => Val::Plain(Value::Unknown(why)),
            },
        }
    }

    fn fold(&mut self, fold: Fold, parts: &'a [Expr]) -> Val<'a> {
        let values = match parts {
            [list] => self.sure_elements(list),
            parts => Ok(parts.iter().map(|part| self.value(part)).collect()),
        };
        match values {
            Ok(values) => fold_values(fold, values),
            Err(why) => Val::Plain(Value::Unknown(why)),
        }
    }

    /// The elements of a list of which nothing is uncertain.
    fn sure_elements(&mut self, list: &'a Expr) -> Result<Vec<Val<'a>>, &'a Why> {
        let listing = self.listing(list)?;
        let uncertain = listing.items().find_map(|item| item.maybe);
        match listing.missing().or(uncertain) {
            Some(why) => Err(why),
            None => Ok(listing.items().map(|item| item.value).collect()),
        }
    }

    fn text_test(&mut self, test: TextTest, text: &'a Expr, part: &'a Expr) -> Truth<'a> {
        match (self.value(text).plain(), self.value(part).plain()) {
            (Value::Text(text), Value::Text(part)) => Truth::from(match test {
                TextTest::StartsWith => text.starts_with(part),
                TextTest::EndsWith => text.ends_with(part),
                TextTest::Contains => text.contains(part),
            }),
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Unknown(why),
            _ => NO_ANSWER,
        }
    }

    /// A pattern is one of the condition's own or of a param's: all were compiled when the rule was loaded.
    fn matches(
        &mut self,
        kind: PatternKind,
        text: &'a Expr,
        pattern: &'a Expr,
        patterns: &Patterns,
    ) -> Truth<'a> {
        let (text, pattern) = match (self.value(text).plain(), self.value(pattern).plain()) {
            (Value::Text(text), Value::Text(pattern)) => (text, pattern),
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => return Unknown(why),
            _ => return NO_ANSWER,
        };
        let of_params = || self.params.pattern(kind, pattern);
        match patterns.get(kind, pattern).or_else(of_params) {
            Some(pattern) => Truth::from(pattern.is_match(text)),
            None => NO_ANSWER,
        }
    }

    fn ask(&mut self, record: &'a Expr, method: usize, args: &'a [Expr]) -> Truth<'a> {
        let args = match self.args(args) {
            Ok(args) => args,
            Err(why) => return Unknown(why),
        };
        match self.value(record).plain() {
            Value::Record(record) => Truth::from(&Val::Plain(record.call(method, &args))),
            Value::Unknown(why) => Unknown(why),
            _ => NO_ANSWER,
        }
    }

    pub(super) fn args(&mut self, args: &'a [Expr]) -> Result<Vec<Value<'a>>, &'a Why> {
        let value = |arg| match self.value(arg).plain() {
            Value::Unknown(why) => Err(why),
            value => Ok(value),
        };
        args.iter().map(value).collect()
    }
}

/// An answer that decides counts only if the element surely belongs to the list.
fn sure<'a>(answer: Truth<'a>, deciding: Truth<'a>, maybe: Option<&'a Why>) -> Truth<'a> {
    match maybe {
        Some(why) if answer == deciding => Unknown(why),
        Some(_) | None => answer,
    }
}

fn fold_values<'a>(fold: Fold, values: Vec<Val<'a>>) -> Val<'a> {
    let mut values = values.into_iter();
    let Some(mut folded) = values.next() else {
        return match fold {
            Fold::Sum => Val::Plain(Value::Number(0.0)),
            Fold::SumOfDurations => Val::Plain(Value::Duration(0.0)),
            Fold::Min | Fold::Max => NO_ANSWER.value(),
        };
    };
    for value in values {
        folded = match fold {
            Fold::Sum | Fold::SumOfDurations => calculate(Operator::Plus, &folded, &value),
            Fold::Min => better(Operator::Less, folded, value),
            Fold::Max => better(Operator::More, folded, value),
        };
    }
    folded
}

fn better<'a>(operator: Operator, a: Val<'a>, b: Val<'a>) -> Val<'a> {
    match compare(operator, &b, &a) {
        True => b,
        False => a,
        Unknown(why) => Val::Plain(Value::Unknown(why)),
    }
}
