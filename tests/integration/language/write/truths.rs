//! What is true or false.

use dynalint::snapshot::record::{FactType, Type};

use super::super::world::{Colour, KEYS};
use super::scope::Optional;
use super::{Language, Level, Writer, Written, atom, write};

const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl Writer<'_> {
    /// A condition that has not always the same value.
    pub(super) fn truth(&mut self, fuel: usize) -> Written {
        let way = self.way(fuel, 25, 36);
        let fuel = self.less(fuel);
        let written = match way {
            0 => self.leaf(),
            1 | 2 => self.chain("&&", Level::And, fuel),
            3 | 4 => self.chain("||", Level::Or, fuel),
            5 | 6 => self.not(fuel),
            7 => self.choice(&Type::Bool, fuel),
            8 | 9 => self.compared(&Type::Number, &COMPARISONS, fuel),
            10 => self.compared(&Type::Text, &COMPARISONS[..2], fuel),
            11 => self.compared(&Type::Bool, &COMPARISONS[..2], fuel),
            12 => self.word(),
            13 | 14 => self.within(fuel),
            15 => self.in_map(fuel),
            16 | 17 => self.text_test(fuel),
            18 => self.each("all", fuel),
            19 => self.each("exists", fuel),
            20 => self.each("exists_one", fuel),
            21 | 22 => self.guarded(fuel),
            23 => self.guarded_division(fuel),
            24 => self.counted(fuel),
            25 | 34 => self.compared(&Type::Duration, &COMPARISONS, fuel),
            26 | 27 => self.compared(&Type::Time, &COMPARISONS, fuel),
            28 => self.glob(fuel),
            29 => self.question(fuel),
            30 => self.entry_is_there(),
            31 => self
                .or_value(&Type::Bool, fuel)
                .unwrap_or_else(|| self.leaf()),
            32 => self.folded_compare(fuel),
            33 => self.counted(fuel),
            _ => self.guarded(fuel),
        };
        self.brackets(written)
    }

    /// The end of a condition: a truth value, or a comparison with a literal.
    fn leaf(&mut self) -> Written {
        if self.dice.flip() {
            return self.path(&Type::Bool);
        }
        let (operators, ty) = match self.dice.below(2) {
            0 => (&COMPARISONS[..], Type::Number),
            _ => (&COMPARISONS[..2], Type::Text),
        };
        let (left, right) = (self.path(&ty), self.literal(&ty));
        self.comparison(operators, left, right)
    }

    fn chain(&mut self, sign: &'static str, level: Level, fuel: usize) -> Written {
        let count = 2 + usize::from(self.dice.below(4) == 1);
        self.count(sign);
        let parts: Vec<Written> = (0..count).map(|_| self.truth(fuel)).collect();
        let template = vec!["{}"; count].join(&format!(" {sign} "));
        write(level, &template, parts.iter().map(|part| (part, level)))
    }

    fn not(&mut self, fuel: usize) -> Written {
        self.count("!");
        let inner = self.truth(fuel);
        write(Level::Sign, "!{}", [(&inner, Level::Sign)])
    }

    fn comparison(&mut self, operators: &[&'static str], left: Written, right: Written) -> Written {
        let operator = self.dice.pick(operators);
        self.count(operator);
        let parts = if self.dice.flip() {
            [&right, &left]
        } else {
            [&left, &right]
        };
        let template = format!("{{}} {operator} {{}}");
        write(
            Level::Comparison,
            &template,
            parts.map(|part| (part, Level::Sum)),
        )
    }

    fn compared(&mut self, ty: &Type, operators: &[&'static str], fuel: usize) -> Written {
        let left = self.value(ty, fuel);
        let left = if left.is_rooted { left } else { self.path(ty) };
        let right = match ty {
            Type::Bool if self.dice.flip() => self.bool_literal(),
            _ => self.value(ty, fuel),
        };
        self.comparison(operators, left, right)
    }

    /// How many there are, which is known within bounds where elements may be missing, or may not belong.
    fn counted(&mut self, fuel: usize) -> Written {
        let left = self.counts(fuel);
        let right = match self.dice.below(3) {
            0 => self.counts(fuel),
            _ => self.literal(&Type::Number),
        };
        self.comparison(&COMPARISONS, left, right)
    }

    fn counts(&mut self, fuel: usize) -> Written {
        let size = self.size_of_parts(fuel);
        let (sign, next) = match self.dice.below(5) {
            0 => ("+", self.size_of_parts(fuel)),
            1 => ("-", self.size_of_parts(fuel)),
            2 => ("-", self.literal(&Type::Number)),
            _ => return size,
        };
        self.count(sign);
        let template = format!("{{}} {sign} {{}}");
        write(
            Level::Sum,
            &template,
            [(&size, Level::Sum), (&next, Level::Product)],
        )
    }

    fn word(&mut self) -> Written {
        let ty = Colour::ty();
        let word = self.path(&ty);
        let literal = |writer: &mut Self| {
            let known = writer.dice.pick(Colour::CHOICES.known);
            writer.quoted(known)
        };
        match self.dice.below(4) {
            0 => {
                let other = literal(self);
                self.comparison(&["==", "!="], word, other)
            }
            1 => {
                self.count("in list");
                let (a, b) = (literal(self), literal(self));
                let parts = [
                    (&word, Level::Sum),
                    (&a, Level::Choice),
                    (&b, Level::Choice),
                ];
                write(Level::Comparison, "{} in [{}, {}]", parts)
            }
            2 => {
                let other = self.path(&ty);
                self.comparison(&["==", "!="], word, other)
            }
            _ => {
                self.count("in list");
                let texts = self.list(&Type::Text, 0);
                let texts = if texts.is_rooted {
                    texts
                } else {
                    literal(self).in_list()
                };
                write(
                    Level::Comparison,
                    "{} in {}",
                    [(&word, Level::Sum), (&texts, Level::Sum)],
                )
            }
        }
    }

    fn within(&mut self, fuel: usize) -> Written {
        self.count("in list");
        let ty = self.dice.pick(&[0, 1, 2]);
        let ty = [Type::Text, Type::Number, Type::Bool][ty].clone();
        let item = self.value(&ty, fuel);
        let list = self.list(&ty, fuel);
        let item = if item.is_rooted || list.is_rooted {
            item
        } else {
            self.path(&ty)
        };
        write(
            Level::Comparison,
            "{} in {}",
            [(&item, Level::Sum), (&list, Level::Sum)],
        )
    }

    fn in_map(&mut self, fuel: usize) -> Written {
        self.count("in map");
        let key = self.key(fuel);
        let map = self.path(&Type::Map);
        write(
            Level::Comparison,
            "{} in {}",
            [(&key, Level::Sum), (&map, Level::Sum)],
        )
    }

    fn key(&mut self, fuel: usize) -> Written {
        if self.dice.below(3) == 1 {
            return self.text(fuel);
        }
        let key = self.dice.pick(&KEYS);
        self.quoted(key)
    }

    fn text_test(&mut self, fuel: usize) -> Written {
        let test = self.dice.pick(&["startsWith", "endsWith", "contains"]);
        self.count(test);
        let (text, part) = (self.text(fuel), self.text(fuel));
        let text = if text.is_rooted || part.is_rooted {
            text
        } else {
            self.path(&Type::Text)
        };
        let template = format!("{{}}.{test}({{}})");
        write(
            Level::Member,
            &template,
            [(&text, Level::Member), (&part, Level::Choice)],
        )
    }

    pub(super) fn each(&mut self, each: &'static str, fuel: usize) -> Written {
        self.count(each);
        let element = self.element();
        let list = self.list(&element, fuel);
        let (name, body) = self.lambda(&element, &Type::Bool, fuel);
        let template = format!("{{}}.{each}({name}, {{}})");
        write(
            Level::Member,
            &template,
            [(&list, Level::Member), (&body, Level::Choice)],
        )
    }

    /// A part with a name for each element, of which it says something.
    pub(super) fn lambda(&mut self, element: &Type, ty: &Type, fuel: usize) -> (String, Written) {
        let name = self.fresh_name();
        if name != "x0" {
            self.count("lambda in a lambda");
        }
        let body = self.with(name.clone(), element.clone(), |writer| {
            let body = writer.value(ty, fuel);
            let body = if body.is_rooted || *ty != Type::Bool {
                body
            } else {
                writer.path(ty)
            };
            if body.ours.contains(&writer.innermost()) {
                return body;
            }
            let said = writer.said_of_innermost(element);
            writer.beside(said, body, ty)
        });
        (name, body)
    }

    /// Something that is true or false of the innermost name.
    fn said_of_innermost(&mut self, ty: &Type) -> Written {
        let name = atom(Level::Member, &self.innermost(), true);
        match ty {
            Type::Bool => name,
            Type::Number | Type::Duration => {
                let bound = self.literal(ty);
                self.comparison(&COMPARISONS, name, bound)
            }
            Type::List(inner) if **inner == Type::Number => {
                self.count("in list");
                let item = self.literal(inner);
                write(
                    Level::Comparison,
                    "{} in {}",
                    [(&item, Level::Sum), (&name, Level::Sum)],
                )
            }
            Type::Record(_) => {
                let weight = write(Level::Member, "{}.weight", [(&name, Level::Member)]);
                let bound = self.literal(&Type::Number);
                self.comparison(&COMPARISONS, weight, bound)
            }
            _ => {
                let other = self.literal(&Type::Text);
                self.comparison(&COMPARISONS[..2], name, other)
            }
        }
    }

    /// A value that also hangs on whether something holds.
    fn beside(&mut self, said: Written, body: Written, ty: &Type) -> Written {
        let (sign, level) = self.dice.pick(&[("&&", Level::And), ("||", Level::Or)]);
        if *ty == Type::Bool {
            self.count(sign);
            let template = format!("{{}} {sign} {{}}");
            return write(level, &template, [(&said, level), (&body, level)]);
        }
        self.count("?:");
        let other = self.value(ty, 0);
        let parts = [
            (&said, Level::Or),
            (&body, Level::Or),
            (&other, Level::Choice),
        ];
        write(Level::Choice, "{} ? {} : {}", parts)
    }

    /// A value that may be absent: whether it is, and what it is where it isn't.
    fn guarded(&mut self, fuel: usize) -> Written {
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
    fn guarded_division(&mut self, fuel: usize) -> Written {
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

    fn glob(&mut self, fuel: usize) -> Written {
        self.count("glob");
        let text = self.text(fuel);
        let text = if text.is_rooted {
            text
        } else {
            self.path(&Type::Text)
        };
        let pattern = match self.dice.flip() {
            true => atom(Level::Member, "'a*'", false),
            false => self.param("pattern"),
        };
        write(
            Level::Member,
            "{}.glob({})",
            [(&text, Level::Member), (&pattern, Level::Choice)],
        )
    }

    fn question(&mut self, fuel: usize) -> Written {
        self.count("method of a record");
        let text = self.text(fuel);
        let mut written = write(Level::Member, "table.holds({})", [(&text, Level::Choice)]);
        written.is_rooted = true;
        written
    }

    /// Whether a map has an entry, asked as of a field.
    fn entry_is_there(&mut self) -> Written {
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

    /// What folds a list, at the top, where a defect would show.
    fn folded_compare(&mut self, fuel: usize) -> Written {
        let ty = [Type::Number, Type::Duration][self.dice.below(2)].clone();
        let left = self.fold_list(&ty, fuel);
        let left = if left.is_rooted { left } else { self.path(&ty) };
        let right = self.value(&ty, fuel);
        self.comparison(&COMPARISONS, left, right)
    }
}

/// Of an entry that is surely there.
fn entry_again(entry: &Written) -> Written {
    write(Level::Comparison, "{} == 'a'", [(entry, Level::Sum)])
}

impl Written {
    fn in_list(self) -> Written {
        write(Level::Member, "[{}]", [(&self, Level::Choice)])
    }
}
