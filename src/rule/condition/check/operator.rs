//! Operators between two operands: which types go together, and what comes out.

use super::{Checked, Checker, Typed, typed};
use crate::rule::condition::expr::Kind;
use crate::rule::condition::guard;
use crate::rule::condition::reference;
use crate::rule::condition::syntax::{Ast, Operator};
use crate::snapshot::record::Type;

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        ast: &Ast,
        operator: Operator,
        left: &Ast,
        right: &Ast,
    ) -> Checked<Typed> {
        match operator {
            Operator::Equal | Operator::NotEqual => match guard::beside_null(left, right) {
                Some(value) => self.compare_null(ast, operator, value),
                None => self.equal(ast, operator, left, right),
            },
            Operator::Less | Operator::AtMost | Operator::More | Operator::AtLeast => {
                self.order(ast, operator, left, right)
            }
            Operator::In => self.within(ast, left, right),
            Operator::Plus | Operator::Minus | Operator::Times | Operator::Over => {
                self.arithmetic(ast, operator, left, right)
            }
        }
    }

    pub(super) fn negative(&mut self, ast: &Ast, inner: &Ast) -> Checked<Typed> {
        let checked = self.present(inner)?;
        match checked.ty {
            Type::Number | Type::Duration => {
                let kind = Kind::Negative(Box::new(checked.expr));
                Ok(typed(ast, kind, checked.ty))
            }
            other => self.wrong(inner, format!("cannot negate {other}")),
        }
    }

    fn compare_null(&mut self, ast: &Ast, operator: Operator, value: &Ast) -> Checked<Typed> {
        let present = self.presence(ast, value)?;
        if operator == Operator::NotEqual {
            return Ok(present);
        }
        let kind = Kind::Not(Box::new(present.expr));
        Ok(typed(ast, kind, Type::Bool))
    }

    /// `has(x)` and `x != null`: only of what may be absent.
    pub(super) fn presence(&mut self, ast: &Ast, value: &Ast) -> Checked<Typed> {
        let checked = self.value(value)?;
        if !checked.optional && !self.lenient {
            let message = format!("{} is never absent here", super::spelled(value));
            return self.wrong_hinted(ast, message, "leave the question out");
        }
        let kind = Kind::Present(Box::new(checked.expr));
        Ok(typed(ast, kind, Type::Bool))
    }

    fn both(&mut self, left: &Ast, right: &Ast) -> Checked<(Typed, Typed)> {
        let (left, right) = (self.present(left), self.present(right));
        Ok((left?, right?))
    }

    fn equal(&mut self, ast: &Ast, operator: Operator, left: &Ast, right: &Ast) -> Checked<Typed> {
        let (a, b) = self.both(left, right)?;
        self.comparable(ast, (left, &a), (right, &b))?;
        let kind = Kind::Compare(operator, Box::new(a.expr), Box::new(b.expr));
        Ok(typed(ast, kind, Type::Bool))
    }

    /// Whether two values can be equal.
    fn comparable(
        &mut self,
        ast: &Ast,
        (left, a): (&Ast, &Typed),
        (right, b): (&Ast, &Typed),
    ) -> Checked<()> {
        match (&a.ty, &b.ty) {
            (Type::Choice(choices), Type::Text) => self.words(choices, right, &b.expr),
            (Type::Text, Type::Choice(choices)) => self.words(choices, left, &a.expr),
            (Type::Record(_) | Type::List(_) | Type::Map, _) => {
                let message = format!("a {} has no equality", a.ty);
                self.wrong_hinted(ast, message, "compare one of its fields or its size")
            }
            (one, other) if one == other => Ok(()),
            _ => self.mismatch(ast, "compare", a, b),
        }
    }

    fn mismatch<T>(&mut self, ast: &Ast, verb: &str, a: &Typed, b: &Typed) -> Checked<T> {
        let message = format!("cannot {verb} {} with {}", a.ty, b.ty);
        match (&a.ty, &b.ty) {
            (Type::Duration, Type::Number) | (Type::Number, Type::Duration) => {
                self.wrong_hinted(ast, message, "write a duration with its unit, as in 24h")
            }
            (Type::Time, Type::Duration) | (Type::Duration, Type::Time) => {
                self.wrong_hinted(ast, message, "age(…) is how long ago a time is")
            }
            _ => self.wrong(ast, message),
        }
    }

    fn order(&mut self, ast: &Ast, operator: Operator, left: &Ast, right: &Ast) -> Checked<Typed> {
        let (a, b) = self.both(left, right)?;
        let ordered = matches!(a.ty, Type::Number | Type::Duration | Type::Time);
        if a.ty != b.ty {
            return self.mismatch(ast, "compare", &a, &b);
        }
        if !ordered {
            return self.wrong(ast, format!("{} has no order", a.ty));
        }
        let kind = Kind::Compare(operator, Box::new(a.expr), Box::new(b.expr));
        Ok(typed(ast, kind, Type::Bool))
    }

    fn within(&mut self, ast: &Ast, item: &Ast, list: &Ast) -> Checked<Typed> {
        let (a, b) = self.both(item, list)?;
        let kind = match &b.ty {
            Type::Map if a.ty == Type::Text => Kind::HasEntry(Box::new(a.expr), Box::new(b.expr)),
            Type::List(element) => {
                let element = Typed {
                    expr: b.expr.clone(),
                    ty: (**element).clone(),
                    optional: false,
                };
                self.comparable(ast, (item, &a), (list, &element))?;
                Kind::Within(Box::new(a.expr), Box::new(b.expr))
            }
            Type::Text if a.ty == Type::Text => {
                let message = format!("cannot look for {} in {}", a.ty, b.ty);
                return self.wrong_hinted(list, message, "write text.contains(part)");
            }
            _ => return self.wrong(list, format!("cannot look for {} in {}", a.ty, b.ty)),
        };
        Ok(typed(ast, kind, Type::Bool))
    }

    fn arithmetic(
        &mut self,
        ast: &Ast,
        operator: Operator,
        left: &Ast,
        right: &Ast,
    ) -> Checked<Typed> {
        let (a, b) = self.both(left, right)?;
        let Some(ty) = reference::arithmetic(operator, &a.ty, &b.ty) else {
            let sign = operator.sign();
            let message = format!("no \"{sign}\" between {} and {}", a.ty, b.ty);
            let is_text = [&a.ty, &b.ty].contains(&&Type::Text);
            return match is_text && operator == Operator::Plus {
                true => {
                    let hint =
                        "texts are not joined here: compare the parts, or say it in the message";
                    self.wrong_hinted(ast, message, hint)
                }
                false => self.wrong(ast, message),
            };
        };
        let kind = Kind::Arithmetic(operator, Box::new(a.expr), Box::new(b.expr));
        Ok(typed(ast, kind, ty))
    }
}
