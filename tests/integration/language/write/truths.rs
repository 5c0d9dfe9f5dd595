//! What is true or false.

use dynalint::snapshot::record::{FactType, Type};

use super::super::world::{Colour, KEYS};
use super::{Level, Writer, Written, atom, write};

pub(super) const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl Writer<'_> {
    /// A condition that has not always the same value.
    pub(super) fn truth(&mut self, fuel: usize) -> Written {
        let way = self.way(fuel, 25, 38);
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
            35 | 36 => self.matches(fuel),
            _ => self.guarded(fuel),
        };
        self.brackets(written)
    }

    /// The end of a condition: a truth value, or a comparison with a literal.
    pub(super) fn leaf(&mut self) -> Written {
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

    pub(super) fn comparison(
        &mut self,
        operators: &[&'static str],
        left: Written,
        right: Written,
    ) -> Written {
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

    pub(super) fn compared(
        &mut self,
        ty: &Type,
        operators: &[&'static str],
        fuel: usize,
    ) -> Written {
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

    pub(super) fn key(&mut self, fuel: usize) -> Written {
        if self.dice.below(3) == 1 {
            return self.text(fuel);
        }
        let key = self.dice.pick(&KEYS);
        self.quoted(key)
    }

    pub(super) fn text_test(&mut self, fuel: usize) -> Written {
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

    fn matches(&mut self, fuel: usize) -> Written {
        self.count("matches");
        let text = self.text(fuel);
        let text = if text.is_rooted {
            text
        } else {
            self.path(&Type::Text)
        };
        let pattern = self
            .dice
            .pick(&["^a", "b$", "[aé]+b?", r"\\", "^$", r"it's|\n"]);
        let pattern = self.quoted(pattern);
        let parts = [(&text, Level::Member), (&pattern, Level::Choice)];
        write(Level::Member, "{}.matches({})", parts)
    }

    fn question(&mut self, fuel: usize) -> Written {
        self.count("method of a record");
        let text = self.text(fuel);
        let mut written = write(Level::Member, "table.holds({})", [(&text, Level::Choice)]);
        written.is_rooted = true;
        written
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

impl Written {
    fn in_list(self) -> Written {
        write(Level::Member, "[{}]", [(&self, Level::Choice)])
    }
}
