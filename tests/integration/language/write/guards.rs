//! What may be absent, or zero: asked for first, and used where it is there.

use dynalint::snapshot::record::Type;

use super::super::world::KEYS;
use super::scope::Optional;
use super::truths::COMPARISONS;
use super::{Language, Level, Writer, Written, atom, write};

impl Writer<'_> {
    /// A value that may be absent: whether it is, and what it is where it isn't.
    pub(super) fn guarded(&mut self, fuel: usize) -> Written {
        if self.dice.below(3) == 1 {
            return self.guarded_entry(fuel);
        }
        let Some(Optional { path, ty }) = self.scope.find_optional(&mut self.dice, None) else {
            return self.leaf();
        };
        let there = self.is_there(&path);
        self.around(there, path, ty, fuel)
    }

    fn guarded_entry(&mut self, fuel: usize) -> Written {
        let map = self.path(&Type::Map);
        let key = self.dice.pick(&KEYS);
        let key = self.quoted(key);
        self.count("in map");
        let there = write(
            Level::Comparison,
            "{} in {}",
            [(&key, Level::Sum), (&map, Level::Sum)],
        );
        let entry = write(
            Level::Member,
            "{}[{}]",
            [(&map, Level::Member), (&key, Level::Choice)],
        );
        self.around(there, entry.ours, Type::Text, fuel)
    }

    /// A question that is true where a value is there.
    fn is_there(&mut self, path: &str) -> Written {
        let mut forms = Vec::new();
        if self.language == Language::Whole || !path.contains("left_out") {
            forms.extend([
                ("!= null", "{} != null"),
                ("== null", "!({} == null)"),
                ("!= null", "null != {}"),
            ]);
        }
        if self.language == Language::Whole || path.contains("left_out") {
            forms.extend([("has", "has({})"), ("has", "!!has({})")]);
        }
        let (name, template) = self.dice.pick(&forms);
        self.count(name);
        let level = match template.as_bytes() {
            [b'!', ..] => Level::Sign,
            [b'h', ..] => Level::Member,
            _ => Level::Comparison,
        };
        write(
            level,
            template,
            [(&atom(Level::Member, path, true), Level::Sum)],
        )
    }

    /// The ways in which a guard makes a value usable.
    fn around(&mut self, there: Written, path: String, ty: Type, fuel: usize) -> Written {
        if self.is_named(&path) {
            return there;
        }
        let absent = write(Level::Sign, "!{}", [(&there, Level::Sign)]);
        let way = self.dice.below(6);
        if way == 0 {
            return if self.dice.flip() { there } else { absent };
        }
        let about = ty.clone();
        let body = self.with(path, ty, |writer| writer.about(&about, fuel.max(1)));
        match way {
            1 | 2 => write(
                Level::And,
                "{} && {}",
                [(&there, Level::And), (&body, Level::And)],
            ),
            3 => write(
                Level::Or,
                "{} || {}",
                [(&absent, Level::Or), (&body, Level::Or)],
            ),
            _ => {
                self.count("?:");
                let other = self.truth(fuel);
                let (test, yes, no) = match way {
                    4 => (there, body, other),
                    _ => (absent, other, body),
                };
                let parts = [(&test, Level::Or), (&yes, Level::Or), (&no, Level::Choice)];
                write(Level::Choice, "{} ? {} : {}", parts)
            }
        }
    }

    /// A condition that is likely to look at the innermost value of this type.
    fn about(&mut self, ty: &Type, fuel: usize) -> Written {
        match (ty, self.dice.below(3)) {
            (Type::Text, 1) => self.text_test(fuel),
            (Type::Text, 2) => self.compared(ty, &COMPARISONS[..2], fuel),
            (Type::Number, 1 | 2) => self.compared(ty, &COMPARISONS, fuel),
            (Type::Map, 1 | 2) => self.guarded_entry(fuel),
            _ => self.truth(fuel),
        }
    }

    /// `b != 0 && a / b > 1`: where the divisor is 0, nothing asks for the quotient.
    pub(super) fn guarded_division(&mut self, fuel: usize) -> Written {
        self.count("/");
        let by = self.path(&Type::Number);
        let zero = self.number_literal("0");
        let (over, bound) = (self.number(fuel), self.number(0));
        let quotient = write(
            Level::Product,
            "{} / {}",
            [(&over, Level::Product), (&by, Level::Sign)],
        );
        let asked = self.comparison(&COMPARISONS, quotient, bound);
        let not_zero = write(
            Level::Comparison,
            "{} != {}",
            [(&by, Level::Sum), (&zero, Level::Sum)],
        );
        write(
            Level::And,
            "{} && {}",
            [(&not_zero, Level::And), (&asked, Level::And)],
        )
    }

    /// Whether a map has an entry, asked as of a field.
    pub(super) fn entry_is_there(&mut self) -> Written {
        let entry = self.entry();
        if self.is_named(&entry.ours) {
            return entry_again(&entry);
        }
        self.is_there(&entry.ours)
    }

    pub(super) fn entry(&mut self) -> Written {
        let map = self.path(&Type::Map);
        let key = self.key(0);
        write(
            Level::Member,
            "{}[{}]",
            [(&map, Level::Member), (&key, Level::Choice)],
        )
    }
}

/// Of an entry that is surely there.
fn entry_again(entry: &Written) -> Written {
    write(Level::Comparison, "{} == 'a'", [(entry, Level::Sum)])
}
