//! Lists: those of the facts, written ones, and those that `filter`, `map` and `?:` make.

use dynalint::snapshot::record::{FactType, Type};

use super::super::world::Part;
use super::truths::COMPARISONS;
use super::{Language, Level, Writer, Written, atom, write};

impl Writer<'_> {
    /// What the elements of a list are.
    pub(super) fn element(&mut self) -> Type {
        let of_lists = Type::List(Box::new(Type::Number));
        let elements = [
            Part::ty(),
            Part::ty(),
            Type::Number,
            Type::Text,
            Type::Bool,
            of_lists,
            Type::Duration,
        ];
        let count = match self.language {
            Language::Shared => elements.len() - 1,
            Language::Whole => elements.len(),
        };
        elements[self.dice.below(count)].clone()
    }

    pub(super) fn list(&mut self, element: &Type, fuel: usize) -> Written {
        let way = self.way(fuel, 9, 10);
        let fuel = self.less(fuel);
        match way {
            0..=2 => self.plain_list(element),
            3 => self.written_list(element, fuel),
            4 | 5 => self.filter(element, fuel),
            6 | 7 => self.map(element, fuel),
            8 => self.choice(&Type::List(Box::new(element.clone())), fuel),
            _ if *element == Type::Text => self.param("several"),
            _ => {
                let list = self.or_value(&Type::List(Box::new(element.clone())), fuel);
                list.unwrap_or_else(|| self.plain_list(element))
            }
        }
    }

    fn plain_list(&mut self, element: &Type) -> Written {
        let list = self.find_path(&Type::List(Box::new(element.clone())));
        list.unwrap_or_else(|| self.written_list(element, 0))
    }

    fn written_list(&mut self, element: &Type, fuel: usize) -> Written {
        self.count("list");
        let count = 1 + self.dice.below(3);
        let mut parts = Vec::new();
        for _ in 0..count {
            parts.push(match (fuel, self.dice.flip()) {
                (0, _) | (_, false) => self.literal_element(element),
                (_, true) => self.value(element, fuel),
            });
        }
        let template = format!("[{}]", vec!["{}"; count].join(", "));
        write(
            Level::Member,
            &template,
            parts.iter().map(|part| (part, Level::Choice)),
        )
    }

    fn literal_element(&mut self, element: &Type) -> Written {
        match element {
            Type::List(inner) => self.plain_list(inner),
            other => self.literal(other),
        }
    }

    fn filter(&mut self, element: &Type, fuel: usize) -> Written {
        let list = self.list(element, fuel);
        self.filtered(&list, element, fuel)
    }

    pub(super) fn filtered(&mut self, list: &Written, element: &Type, fuel: usize) -> Written {
        self.count("filter");
        let (name, body) = self.lambda(element, &Type::Bool, fuel);
        let template = format!("{{}}.filter({name}, {{}})");
        write(
            Level::Member,
            &template,
            [(list, Level::Member), (&body, Level::Choice)],
        )
    }

    fn map(&mut self, element: &Type, fuel: usize) -> Written {
        self.count("map");
        let from = self.element();
        let list = self.list(&from, fuel);
        let (name, body) = self.lambda(&from, element, fuel);
        let template = format!("{{}}.map({name}, {{}})");
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
}
