//! Numbers, texts, lengths of time and times.

use dynalint::snapshot::record::{FactType, Type};

use super::super::world::{Part, TEXTS};
use super::{Language, Level, Writer, Written, atom, write};

const NUMBERS: [&str; 9] = ["1", "0", "2", "3", "0.5", "10", "1e1", "2.25", "4"];
/// What may stand after `/` without a guard.
const DIVISORS: [&str; 4] = ["2", "4", "0.5", "1e1"];
const SIZES: [&str; 3] = ["1KB", "4B", "0.5MB"];
const DURATIONS: [&str; 6] = ["1h", "0s", "2h", "30m", "1.5h", "1d"];

impl Writer<'_> {
    pub(super) fn number(&mut self, fuel: usize) -> Written {
        let way = self.way(fuel, 10, 18);
        let fuel = self.less(fuel);
        match way {
            0 | 1 => self.path_or_literal(&Type::Number),
            2..=4 => {
                let (sign, level) =
                    self.dice
                        .pick(&[("+", Level::Sum), ("-", Level::Sum), ("*", Level::Product)]);
                self.arithmetic(sign, level, (&Type::Number, &Type::Number), fuel)
            }
            5 => self.division(fuel),
            6 => self.negative(&Type::Number, fuel),
            7 | 8 => self.size(fuel),
            9 => self.choice(&Type::Number, fuel),
            10 | 11 => self.fold_values(&Type::Number, fuel),
            12 | 13 => self.fold_list(&Type::Number, fuel),
            14 => {
                let value = self.or_value(&Type::Number, fuel);
                value.unwrap_or_else(|| self.path(&Type::Number))
            }
            15 => self.arithmetic(
                "/",
                Level::Product,
                (&Type::Duration, &Type::Duration),
                fuel,
            ),
            16 => self.param("limit"),
            _ => {
                let size = self.dice.pick(&SIZES);
                atom(Level::Member, size, false)
            }
        }
    }

    pub(super) fn text(&mut self, fuel: usize) -> Written {
        let way = self.way(fuel, 6, 9);
        let fuel = self.less(fuel);
        match way {
            0..=4 => self.path_or_literal(&Type::Text),
            5 => self.choice(&Type::Text, fuel),
            6 => {
                let value = self.or_value(&Type::Text, fuel);
                value.unwrap_or_else(|| self.path(&Type::Text))
            }
            7 => self.param("word"),
            _ => {
                let entry = self.entry();
                self.or_default(entry, &Type::Text, fuel)
            }
        }
    }

    pub(super) fn duration(&mut self, fuel: usize) -> Written {
        let way = self.way(fuel, 1, 13);
        let fuel = self.less(fuel);
        let (number, duration) = (&Type::Number, &Type::Duration);
        match way {
            0 | 1 => self.path_or_literal(duration),
            2 => self.arithmetic("+", Level::Sum, (duration, duration), fuel),
            3 => self.arithmetic("-", Level::Sum, (duration, duration), fuel),
            4 => self.arithmetic("*", Level::Product, (duration, number), fuel),
            5 => self.arithmetic("*", Level::Product, (number, duration), fuel),
            6 => self.arithmetic("/", Level::Product, (duration, number), fuel),
            7 => self.arithmetic("-", Level::Sum, (&Type::Time, &Type::Time), fuel),
            8 => {
                self.count("age");
                let time = self.time(fuel);
                let template = self.dice.pick(&["age({})", "{}.age()"]);
                write(Level::Member, template, [(&time, Level::Member)])
            }
            9 => self.negative(duration, fuel),
            10 => self.fold_values(duration, fuel),
            11 => self
                .or_value(duration, fuel)
                .unwrap_or_else(|| self.param("wait")),
            _ => self.fold_list(duration, fuel),
        }
    }

    pub(super) fn time(&mut self, fuel: usize) -> Written {
        let way = self.way(fuel, 1, 7);
        let fuel = self.less(fuel);
        let (time, duration) = (&Type::Time, &Type::Duration);
        match way {
            0 => self.path(time),
            1 => atom(Level::Member, "now", true),
            2 => self.arithmetic("+", Level::Sum, (time, duration), fuel),
            3 => self.arithmetic("-", Level::Sum, (time, duration), fuel),
            4 => self.arithmetic("+", Level::Sum, (duration, time), fuel),
            5 => self.fold_values(time, fuel),
            _ => self.or_value(time, fuel).unwrap_or_else(|| self.path(time)),
        }
    }

    fn path_or_literal(&mut self, ty: &Type) -> Written {
        if self.dice.below(3) == 1 {
            return self.literal(ty);
        }
        self.path(ty)
    }

    pub(super) fn literal(&mut self, ty: &Type) -> Written {
        match ty {
            Type::Bool => self.bool_literal(),
            Type::Number => {
                let number = self.dice.pick(&NUMBERS);
                self.number_literal(number)
            }
            Type::Text => {
                let text = self.dice.pick(&TEXTS);
                self.quoted(text)
            }
            Type::Duration => atom(Level::Member, self.dice.pick(&DURATIONS), false),
            Type::Time | Type::Choice(_) | Type::Record(_) | Type::List(_) | Type::Map => {
                self.path(ty)
            }
        }
    }

    pub(super) fn bool_literal(&mut self) -> Written {
        self.count("true, false");
        atom(Level::Member, self.dice.pick(&["true", "false"]), false)
    }

    /// CEL has other numbers without a point.
    pub(super) fn number_literal(&mut self, number: &str) -> Written {
        self.count("number");
        let value: f64 = number.parse().expect("a number");
        Written {
            cel: if number.contains('e') {
                number.to_owned()
            } else {
                format!("{value:?}")
            },
            ..atom(Level::Member, number, false)
        }
    }

    pub(super) fn quoted(&mut self, text: &str) -> Written {
        self.count("text");
        let quote = self.dice.pick(&['"', '\'']);
        let mut quoted = quote.to_string();
        for c in text.chars() {
            match c {
                '\n' => quoted += "\\n",
                '\t' => quoted += "\\t",
                '\\' => quoted += "\\\\",
                c if c == quote => quoted.extend(['\\', c]),
                c => quoted.push(c),
            }
        }
        quoted.push(quote);
        atom(Level::Member, &quoted, false)
    }

    fn arithmetic(
        &mut self,
        sign: &'static str,
        level: Level,
        (left, right): (&Type, &Type),
        fuel: usize,
    ) -> Written {
        self.count(sign);
        let (left, right) = (self.value(left, fuel), self.value(right, fuel));
        let next = if level == Level::Sum {
            Level::Product
        } else {
            Level::Sign
        };
        let template = format!("{{}} {sign} {{}}");
        write(level, &template, [(&left, level), (&right, next)])
    }

    /// CEL divides by zero where we know nothing, so only what cannot be zero divides there.
    fn division(&mut self, fuel: usize) -> Written {
        if self.language == Language::Whole && self.dice.flip() {
            return self.arithmetic("/", Level::Product, (&Type::Number, &Type::Number), fuel);
        }
        self.count("/");
        let divisor = self.dice.pick(&DIVISORS);
        let (over, by) = (self.number(fuel), self.number_literal(divisor));
        write(
            Level::Product,
            "{} / {}",
            [(&over, Level::Product), (&by, Level::Sign)],
        )
    }

    fn negative(&mut self, ty: &Type, fuel: usize) -> Written {
        self.count("negative");
        let inner = self.value(ty, fuel);
        write(Level::Sign, "-{}", [(&inner, Level::Sign)])
    }

    /// CEL counts in other numbers.
    fn size(&mut self, fuel: usize) -> Written {
        self.count("size");
        let of = match self.dice.below(4) {
            0 => self.text(fuel),
            1 => self.path(&Type::Map),
            _ => {
                let element = self.element();
                self.list(&element, fuel)
            }
        };
        self.size_of(&of)
    }

    pub(super) fn size_of_parts(&mut self, fuel: usize) -> Written {
        self.count("size");
        let element = Part::ty();
        let all = self.path(&Type::List(Box::new(element.clone())));
        let of = if self.dice.flip() {
            all
        } else {
            self.filtered(&all, &element, fuel)
        };
        self.size_of(&of)
    }

    fn size_of(&mut self, of: &Written) -> Written {
        let (template, level) = self
            .dice
            .pick(&[("size({})", Level::Choice), ("{}.size()", Level::Member)]);
        let mut size = write(Level::Member, template, [(of, level)]);
        size.cel = format!("double({})", size.cel);
        size
    }

    fn fold_values(&mut self, ty: &Type, fuel: usize) -> Written {
        let folds: &[&str] = if *ty == Type::Time {
            &["min", "max"]
        } else {
            &["min", "max", "sum"]
        };
        let fold = self.dice.pick(folds);
        self.count(if fold == "sum" { "sum" } else { "min, max" });
        let count = 2 + self.dice.below(2);
        let parts: Vec<Written> = (0..count).map(|_| self.value(ty, fuel)).collect();
        let template = format!("{fold}({})", vec!["{}"; count].join(", "));
        write(
            Level::Member,
            &template,
            parts.iter().map(|part| (part, Level::Choice)),
        )
    }

    pub(super) fn fold_list(&mut self, ty: &Type, fuel: usize) -> Written {
        let fold = self.dice.pick(&["sum", "min", "max"]);
        self.count(if fold == "sum" { "sum" } else { "min, max" });
        let list = self.list(ty, fuel);
        let (template, level) = if self.dice.flip() {
            (format!("{fold}({{}})"), Level::Choice)
        } else {
            (format!("{{}}.{fold}()"), Level::Member)
        };
        write(Level::Member, &template, [(&list, level)])
    }

    /// An optional value of this type with a default, where one is within reach.
    pub(super) fn or_value(&mut self, ty: &Type, fuel: usize) -> Option<Written> {
        let optional = self.scope.find_optional(&mut self.dice, Some(ty))?;
        let path = atom(Level::Member, &optional.path, true);
        Some(self.or_default(path, ty, fuel))
    }

    fn or_default(&mut self, value: Written, ty: &Type, fuel: usize) -> Written {
        if self.is_named(&value.ours) {
            return value;
        }
        self.count("orValue");
        let default = self.value(ty, fuel);
        write(
            Level::Member,
            "{}.orValue({})",
            [(&value, Level::Member), (&default, Level::Choice)],
        )
    }

    pub(super) fn param(&mut self, name: &'static str) -> Written {
        self.count("param");
        atom(Level::Member, &format!("params.{name}"), false)
    }
}
