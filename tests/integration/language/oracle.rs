//! Ten thousand conditions over known facts: our verdict is the one that CEL gives.
//!
//! The shared part of the language is written by `write` with [`Language::Shared`]. Where the two languages differ on
//! purpose is listed in [`DIFFERENCES`]; the generator stays clear of it, or spells it as CEL does.

use ::cel::objects::{Key, Map};
use ::cel::{Context, Program, Value as Cel};
use dynalint::finding::Verdict;
use dynalint::snapshot::record::{Record, Value};

use super::dice;
use super::judge::{self, SHARED};
use super::world::{self, STAGES};
use super::write::{Language, Tally, Writer};

/// Every way in which a condition may mean something else in CEL, why it does, and what the generator does about it.
const DIFFERENCES: [(&str, &str); 5] = [
    (
        "numbers: one type, and division keeps its fraction",
        "facts have one too; CEL gets every literal, and size(), as a double",
    ),
    (
        "null: only where presence is asked",
        "an absent value is guarded before it is used; absent fields are null or left out of CEL's map, as they are asked",
    ),
    (
        "unknown instead of errors",
        "all facts are known and nothing divides by what may be zero without a guard",
    ),
    (
        "durations and sizes are literals",
        "not written: CEL has duration(\"24h\") and no sizes",
    ),
    (
        "let, and nothing that builds text",
        "not written: CEL has text + text, and no let",
    ),
];

const CONDITIONS: usize = 10_000;
/// They are compared side by side in so many parts.
const PARTS: u64 = 4;
/// Each is asked about so many sets of facts.
const WORLDS: u64 = 3;
/// Every construct of the shared language, and that it is written often enough to count.
pub(crate) const CONSTRUCTS: [&str; 33] = [
    "&&",
    "||",
    "!",
    "?:",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "in list",
    "in map",
    "+",
    "-",
    "*",
    "/",
    "negative",
    "path",
    "map[key]",
    "has",
    "!= null",
    "== null",
    "all",
    "exists",
    "exists_one",
    "filter",
    "map",
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "list",
    "lambda in a lambda",
];
/// The literals that both languages have.
pub(crate) const LITERALS: [&str; 3] = ["number", "text", "true, false"];
const OFTEN: usize = 300;

#[derive(Default)]
struct Seen {
    tally: Tally,
    conditions: usize,
    refused: usize,
    verdicts: [usize; 2],
    /// Conditions that were true of one set of facts and false of another.
    turned: usize,
}

#[test]
fn ten_thousand_conditions_mean_what_they_mean_in_cel() {
    let mut seen = Seen::default();
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..PARTS)
            .map(|part| scope.spawn(move || compared(part)))
            .collect();
        for part in parts {
            seen.add(part.join().expect("this part agrees"));
        }
    });
    let Seen {
        tally, verdicts, ..
    } = &seen;
    for construct in CONSTRUCTS.iter().chain(&LITERALS) {
        let count = tally.get(construct).copied().unwrap_or_default();
        assert!(count >= OFTEN, "{construct} was written {count} times");
    }
    assert_eq!(seen.conditions, CONDITIONS);
    let asked = verdicts[0] + verdicts[1];
    assert!(
        verdicts.iter().all(|count| 4 * count > asked),
        "true and false: {verdicts:?}"
    );
    assert!(
        10 * seen.turned > seen.conditions,
        "only {} conditions depend on the facts",
        seen.turned
    );
    assert!(
        20 * seen.refused < seen.conditions,
        "{} conditions were refused",
        seen.refused
    );
    let page = include_str!("../../../src/report/explain/language.md");
    let listed = page.split_once("## Where it differs from CEL\n");
    let (_, listed) = listed.expect("the section");
    let listed = listed.matches("\n- **").count();
    assert_eq!(listed, DIFFERENCES.len(), "the page lists as many");
}

/// A part of the conditions: each has seeds of its own.
fn compared(part: u64) -> Seen {
    let mut seen = Seen::default();
    let worlds: Vec<_> = (0..64).map(known_facts).collect();
    let mut seed = part << 20;
    while seen.conditions < CONDITIONS / PARTS as usize {
        seed += 1;
        compare(seed, &worlds, &mut seen);
    }
    seen
}

impl Seen {
    fn add(&mut self, part: Seen) {
        for (construct, count) in part.tally {
            *self.tally.entry(construct).or_default() += count;
        }
        for (all, count) in self.verdicts.iter_mut().zip(part.verdicts) {
            *all += count;
        }
        self.conditions += part.conditions;
        self.refused += part.refused;
        self.turned += part.turned;
    }
}

struct World {
    account: world::Shelf,
    table: world::Place,
    cel: Context<'static, 'static>,
}

fn known_facts(seed: u64) -> World {
    let bytes = dice::bytes(1 << 31 | seed, 2000);
    let (account, table) = world::facts(&bytes, STAGES - 1, true);
    let mut cel = Context::default();
    cel.add_variable_from_value("account", record(&account));
    cel.add_variable_from_value("table", record(&table));
    World {
        account,
        table,
        cel,
    }
}

fn compare(seed: u64, worlds: &[World], seen: &mut Seen) {
    let bytes = dice::bytes(seed, 300);
    let mut writer = Writer::new(&bytes, Language::Shared);
    let written = writer.condition();
    let catalog = match judge::load(judge::rule_text(&[], None, &written.ours), &SHARED) {
        Ok(catalog) => catalog,
        Err(errors) => {
            let unexpected = errors.iter().find(|error| !judge::is_expected(error));
            assert!(
                unexpected.is_none(),
                "{seed}: {}",
                unexpected.expect("there").render()
            );
            seen.refused += 1;
            return;
        }
    };
    let rule = &catalog.rules()[0];
    let program = Program::compile(&written.cel);
    let program =
        program.unwrap_or_else(|error| panic!("{seed}: CEL refuses {}: {error}", written.cel));
    let mut answers = [false; 2];
    for turn in 0..WORLDS {
        let world = &worlds[(seed.wrapping_mul(7) + turn) as usize % worlds.len()];
        let ours = judge::verdict(rule, &world.account, &world.table);
        let theirs = program.execute(&world.cel);
        let agree = match &theirs {
            Ok(Cel::Bool(true)) => ours == Verdict::Pass,
            Ok(Cel::Bool(false)) => ours == Verdict::Fail,
            _ => false,
        };
        assert!(
            agree,
            "{seed}: {ours:?} here, {theirs:?} in CEL\nours: {}\nCEL:  {}\nfacts: {:#?}",
            written.ours, written.cel, world.table
        );
        let verdict = usize::from(ours == Verdict::Pass);
        seen.verdicts[verdict] += 1;
        answers[verdict] = true;
    }
    for (construct, count) in writer.tally {
        *seen.tally.entry(construct).or_default() += count;
    }
    seen.conditions += 1;
    seen.turned += usize::from(answers == [true; 2]);
}

fn record(record: &dyn Record) -> Cel {
    let fields = record.record_type().fields.iter().enumerate();
    let present = fields.filter_map(|(slot, field)| {
        let value = value(record.get(slot))?;
        let is_left_out = value == Cel::Null && field.name.starts_with("left_out");
        (!is_left_out).then(|| (Key::from(field.name), value))
    });
    Cel::Map(Map {
        map: std::sync::Arc::new(present.collect()),
    })
}

/// A fact as CEL has it; nothing where it has none.
fn value(value: Value<'_>) -> Option<Cel> {
    Some(match value {
        Value::Absent => Cel::Null,
        Value::Bool(value) => Cel::Bool(value),
        Value::Number(number) => Cel::Float(number),
        Value::Text(text) | Value::Choice(text, _) => Cel::from(text),
        Value::Record(inner) => record(inner),
        Value::List(list) => {
            let items = (0..list.len()).map(|index| self::value(list.get(index)));
            Cel::List(std::sync::Arc::new(items.collect::<Option<Vec<Cel>>>()?))
        }
        Value::Map(map) => {
            let entries = map
                .iter()
                .map(|(key, text)| (Key::from(key.as_str()), Cel::from(text.as_str())));
            Cel::Map(Map {
                map: std::sync::Arc::new(entries.collect()),
            })
        }
        Value::Duration(_) | Value::Time(_) => return None,
        Value::Unknown(why) => panic!("all is known, but {why}"),
    })
}
