//! The facts that generated conditions look at: every type a field can have, optional and not, in lists and in records.
//!
//! The same bytes give the same facts at every stage of reading; an earlier stage only hides more of them.

use std::collections::BTreeMap;

use dynalint::snapshot::fact::{Fact, Listed, Reason, Why};
use dynalint::snapshot::operation::Operation;
use dynalint::snapshot::record::{Evidence, FactType, Grounds, Type, Value};
use dynalint::{choice, record, view};
use jiff::Timestamp;

use super::dice::Dice;

/// The time of the facts.
pub(crate) const NOW: &str = "2026-01-31T00:00:00Z";
/// From the stage where most is hidden to the one where all is read.
pub(crate) const STAGES: usize = 3;
/// The texts that facts and conditions share: quotes, a backslash, a line end, letters of more than one byte.
pub(crate) const TEXTS: [&str; 10] = [
    "a", "ab", "", "b", "aba", "é", "日本é", "it's", "b\"\\c", "a\nb\t",
];
/// The keys of maps.
pub(crate) const KEYS: [&str; 4] = ["k", "team", "é", "it's"];
const NUMBERS: [f64; 10] = [1.0, 0.0, 2.0, 3.0, -1.0, 0.5, 4.0, 10.0, 2.25, -3.0];
/// The last one is a word that this version does not know.
const COLOURS: [&str; 4] = [Colour::RED, Colour::GREEN, Colour::BLUE, "PUCE"];

choice! {
    /// An open set of words.
    Colour = "colour" [RED, GREEN, BLUE];
}

/// A length of time.
#[derive(
    Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub(crate) struct Wait(f64);

impl FactType for Wait {
    fn ty() -> Type {
        Type::Duration
    }
    fn value(&self) -> Value<'_> {
        Value::Duration(self.0)
    }
}

record! {
    /// A thing in a thing.
    pub struct Part = "part" labelled name {
        /// Always read.
        name: String, Config [DescribeTable];
        /// Truth value.
        flag: Fact<bool>, Config [DescribeTable];
        /// Number.
        weight: Fact<f64>, Config [DescribeTable];
        /// Text.
        label: Fact<String>, Config [DescribeTable];
        /// Word.
        colour: Fact<Colour>, Config [DescribeTable];
        /// Length of time.
        wait: Fact<Wait>, Config [DescribeTable];
        /// Numbers.
        numbers: Fact<Vec<f64>>, Config [DescribeTable];
        /// Texts, perhaps not all.
        texts: Fact<Listed<String>>, Config [DescribeTable];
        /// Map.
        tags: Fact<BTreeMap<String, String>>, Config [DescribeTable];
        /// Things in it.
        parts: Fact<Listed<Part>>, Config [DescribeTable];
        /// Optional number; absent is null.
        null_number: Fact<Option<f64>>, Config [DescribeTable];
        /// Optional text; absent is a key that is not there.
        left_out_text: Fact<Option<String>>, Config [DescribeTable];
    }
}

record! {
    /// What `table` names in generated conditions.
    pub struct Place = "place" labelled name {
        /// Always read.
        name: String, Config [DescribeTable];
        /// Truth value.
        flag: Fact<bool>, Config [DescribeTable];
        /// Truth value.
        sign: Fact<bool>, Config [DescribeTable];
        /// Number.
        count: Fact<f64>, Config [DescribeTable];
        /// Number.
        level: Fact<f64>, Config [DescribeTable];
        /// Text.
        text: Fact<String>, Config [DescribeTable];
        /// Word.
        colour: Fact<Colour>, Config [DescribeTable];
        /// Length of time.
        wait: Fact<Wait>, Config [DescribeTable];
        /// Time.
        made_at: Fact<Timestamp>, Config [DescribeTable];
        /// Numbers.
        numbers: Fact<Vec<f64>>, Config [DescribeTable];
        /// Numbers of which each may be unread.
        readings: Fact<Vec<Fact<f64>>>, Config [DescribeTable];
        /// Lengths of time.
        waits: Fact<Vec<Wait>>, Config [DescribeTable];
        /// Texts.
        texts: Fact<Vec<String>>, Config [DescribeTable];
        /// Map.
        tags: Fact<BTreeMap<String, String>>, Config [DescribeTable];
        /// A thing in it.
        part: Fact<Part>, Config [DescribeTable];
        /// Things in it.
        parts: Fact<Vec<Part>>, Config [DescribeTable];
        /// Things in it, perhaps not all.
        listed: Fact<Listed<Part>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_flag: Fact<Option<bool>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_number: Fact<Option<f64>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_text: Fact<Option<String>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_colour: Fact<Option<Colour>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_wait: Fact<Option<Wait>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_time: Fact<Option<Timestamp>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_numbers: Fact<Option<Vec<f64>>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_tags: Fact<Option<BTreeMap<String, String>>>, Config [DescribeTable];
        /// Optional; absent is null.
        null_part: Fact<Option<Part>>, Config [DescribeTable];
        /// Optional; absent is a key that is not there.
        left_out_number: Fact<Option<f64>>, Config [DescribeTable];
        /// Optional; absent is a key that is not there.
        left_out_text: Fact<Option<String>>, Config [DescribeTable];
        /// Optional; absent is a key that is not there.
        left_out_parts: Fact<Option<Vec<Part>>>, Config [DescribeTable];
    }
}

record! {
    /// What `account` names in generated conditions.
    pub struct Shelf = "shelf" labelled flag {
        /// Always read.
        flag: bool, Config [ListTables];
        /// Things on it, perhaps not all.
        places: Fact<Listed<Part>>, Config [ListTables];
    }
}

/// A view, as `link` makes them: fields of a record, one more, and a question.
pub(crate) struct Seen<'a> {
    pub(crate) place: &'a Place,
}

view! {
    /// A place and what is derived of it.
    impl Seen = "seen" over Place = |v| v.place, labelled |v| v.place.name.clone();
    fields {
        /// The first number of a list that may be unread or empty.
        first: Fact<Option<f64>>, [DescribeTable] = |v| match v.place.numbers.as_ref() {
            Ok(numbers) => numbers.first().map_or(Value::Absent, FactType::value),
            Err(why) => Value::Unknown(why),
        };
    }
    methods {
        /// Whether one of its texts is this one.
        holds(text: String) checked |_| Ok(()), [DescribeTable] = |v, args| v.holds(args), explained |v, args| v.grounds(args);
    }
}

impl Seen<'_> {
    fn holds(&self, args: &[Value<'_>]) -> Value<'_> {
        match (self.place.texts.as_ref(), args) {
            (Ok(texts), [Value::Text(text)]) => Value::Bool(texts.iter().any(|held| held == text)),
            (Err(why), _) => Value::Unknown(why),
            (Ok(_), _) => unreachable!("a call is checked when the rule is loaded"),
        }
    }

    fn grounds(&self, args: &[Value<'_>]) -> Grounds {
        match self.holds(args) {
            Value::Unknown(why) => Grounds {
                unknown: vec![why.clone()],
                ..Grounds::default()
            },
            _ => Grounds {
                evidence: vec![Evidence {
                    path: "table.texts".to_owned(),
                    observed: format!("{:?}", self.place.texts),
                    expected: "another".to_owned(),
                    from: None,
                }],
                ..Grounds::default()
            },
        }
    }
}

/// The facts of these bytes at a stage of reading. Where words are known, none is one that this version doesn't know.
pub(crate) fn facts(bytes: &[u8], stage: usize, words_known: bool) -> (Shelf, Place) {
    let mut draw = Draw {
        dice: Dice::new(bytes),
        stage,
        colours: if words_known { &COLOURS[..3] } else { &COLOURS },
        depth: 0,
    };
    let place = draw.place();
    (draw.shelf(), place)
}

fn denied() -> Why {
    Why::from_call(Reason::Denied, Operation::DescribeTable)
}

struct Draw<'b> {
    dice: Dice<'b>,
    stage: usize,
    colours: &'static [&'static str],
    /// How many parts are around the one that is drawn.
    depth: usize,
}

impl Draw<'_> {
    /// Whether something is not read yet: half of it is from the start.
    fn is_hidden(&mut self) -> bool {
        self.dice.below(2 * (STAGES - 1)) >= STAGES - 1 + self.stage
    }

    fn fact<T>(&mut self, draw: fn(&mut Self) -> T) -> Fact<T> {
        let value = draw(self);
        let hidden = self.is_hidden();
        if hidden {
            Fact::Unknown(denied())
        } else {
            Fact::Known(value)
        }
    }

    fn optional<T>(&mut self, draw: fn(&mut Self) -> T) -> Fact<Option<T>> {
        let is_there = self.dice.below(3) > 0;
        self.fact(draw).map(|value| is_there.then_some(value))
    }

    fn list<T>(&mut self, draw: fn(&mut Self) -> T) -> Vec<T> {
        let len = self.dice.below(4);
        (0..len).map(|_| draw(self)).collect()
    }

    fn listed<T>(&mut self, draw: fn(&mut Self) -> T) -> Listed<T> {
        let mut items = self.list(draw);
        let read = self.dice.below(items.len() + 1);
        if !self.is_hidden() {
            return Listed::complete(items);
        }
        items.truncate(read);
        let missing = Some(Why::from_call(Reason::Throttled, Operation::ListTables));
        Listed { items, missing }
    }

    fn number(&mut self) -> f64 {
        self.dice.pick(&NUMBERS)
    }

    fn text(&mut self) -> String {
        self.dice.pick(&TEXTS).to_owned()
    }

    /// Not read, or read as a word that this version doesn't know, and each of these another.
    fn word(&mut self) -> Fact<Colour> {
        let colour = Colour::from(self.dice.pick(self.colours));
        let (is_hidden, is_new) = (self.is_hidden(), self.dice.flip());
        match (is_hidden, is_new) {
            (true, true) => Fact::Known(Colour(format!("NEW{}", self.dice.left()))),
            (true, false) => Fact::Unknown(denied()),
            (false, _) => Fact::Known(colour),
        }
    }

    fn optional_word(&mut self) -> Fact<Option<Colour>> {
        let is_there = self.dice.below(3) > 0;
        self.word().map(|word| is_there.then_some(word))
    }

    fn wait(&mut self) -> Wait {
        Wait(3600.0 * self.number())
    }

    fn time(&mut self) -> Timestamp {
        let now: Timestamp = NOW.parse().expect("a time");
        now - jiff::SignedDuration::from_hours(self.number() as i64)
    }

    fn tags(&mut self) -> BTreeMap<String, String> {
        let tag = |draw: &mut Self| (draw.dice.pick(&KEYS).to_owned(), draw.text());
        self.list(tag).into_iter().collect()
    }

    fn parts(&mut self) -> Vec<Part> {
        if self.depth > 1 {
            return Vec::new();
        }
        self.list(Draw::part)
    }

    fn part(&mut self) -> Part {
        self.depth += 1;
        let part = Part {
            name: self.text(),
            flag: self.fact(|draw| draw.dice.flip()),
            weight: self.fact(Draw::number),
            label: self.fact(Draw::text),
            colour: self.word(),
            wait: self.fact(Draw::wait),
            numbers: self.fact(|draw| draw.list(Draw::number)),
            texts: self.fact(|draw| draw.listed(Draw::text)),
            tags: self.fact(Draw::tags),
            parts: match self.depth {
                1 => self.fact(|draw| draw.listed(Draw::part)),
                _ => Fact::Known(Listed::complete(Vec::new())),
            },
            null_number: self.optional(Draw::number),
            left_out_text: self.optional(Draw::text),
        };
        self.depth -= 1;
        part
    }

    fn place(&mut self) -> Place {
        Place {
            name: self.text(),
            flag: self.fact(|draw| draw.dice.flip()),
            sign: self.fact(|draw| draw.dice.flip()),
            count: self.fact(Draw::number),
            level: self.fact(Draw::number),
            text: self.fact(Draw::text),
            colour: self.word(),
            wait: self.fact(Draw::wait),
            made_at: self.fact(Draw::time),
            numbers: self.fact(|draw| draw.list(Draw::number)),
            readings: self.fact(|draw| draw.list(|draw| draw.fact(Draw::number))),
            waits: self.fact(|draw| draw.list(Draw::wait)),
            texts: self.fact(|draw| draw.list(Draw::text)),
            tags: self.fact(Draw::tags),
            part: self.fact(Draw::part),
            parts: self.fact(Draw::parts),
            listed: self.fact(|draw| draw.listed(Draw::part)),
            null_flag: self.optional(|draw| draw.dice.flip()),
            null_number: self.optional(Draw::number),
            null_text: self.optional(Draw::text),
            null_colour: self.optional_word(),
            null_wait: self.optional(Draw::wait),
            null_time: self.optional(Draw::time),
            null_numbers: self.optional(|draw| draw.list(Draw::number)),
            null_tags: self.optional(Draw::tags),
            null_part: self.optional(Draw::part),
            left_out_number: self.optional(Draw::number),
            left_out_text: self.optional(Draw::text),
            left_out_parts: self.optional(Draw::parts),
        }
    }

    fn shelf(&mut self) -> Shelf {
        Shelf {
            flag: self.dice.flip(),
            places: self.fact(|draw| draw.listed(Draw::part)),
        }
    }
}
