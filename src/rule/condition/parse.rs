//! The parser of conditions.
//!
//! Spelling and precedence are those of CEL: `?:`, `||`, `&&`, comparisons and `in`, `+ -`, `* /`, `! -`, members.

use super::fault::Fault;
use super::reference::{COMPARISONS, PRODUCTS, SUMS};
use super::syntax::{Ast, Name, Operator, Syntax};
use super::token::{Spanned, Token, tokens};

/// The longest condition.
const MAX_BYTES: usize = 4096;
/// The deepest nesting.
pub(super) const MAX_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Ast, Fault> {
    if text.len() > MAX_BYTES {
        let message = format!("condition is longer than {} KB", MAX_BYTES / 1024);
        return Err(Fault::new(0, 0, message));
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let ast = parser.condition()?;
    match parser.peek().token {
        Token::End => Ok(ast),
        _ => Err(parser.unexpected("the end")),
    }
}

struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Spanned {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn start(&self) -> usize {
        self.peek().start
    }

    fn last_end(&self) -> usize {
        self.at
            .checked_sub(1)
            .map_or(0, |before| self.tokens[before].end)
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek().token, Token::Sign(found) if found == sign)
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.accept(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("\"{sign}\"")))
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let found = self.peek();
        let what = match &found.token {
            Token::End => "the end".to_owned(),
            Token::Number(_) => "a number".to_owned(),
            Token::Duration(_) => "a duration".to_owned(),
            Token::Text(_) => "a text".to_owned(),
            Token::Name(name) => format!("\"{name}\""),
            Token::Sign(sign) => format!("\"{sign}\""),
        };
        let message = format!("expected {expected}, found {what}");
        let hint = match &found.token {
            Token::Name(name) if name == "and" => Some("and is \"&&\""),
            Token::Name(name) if name == "or" => Some("or is \"||\""),
            Token::Name(name) if name == "not" => Some("not is \"!\""),
            Token::Name(name) if name == "is" => Some("equality is \"==\""),
            Token::Sign("/") => Some("a remark has its place in the file: # …"),
            _ => None,
        };
        Fault::new(found.start, found.end.max(found.start + 1), message).hinted(hint)
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep(self.start()));
        }
        self.depth += 1;
        let parsed = parse(self)?;
        self.depth -= 1;
        Ok(parsed)
    }

    fn node(&self, kind: Syntax, start: usize) -> Result<Ast, Fault> {
        let depth = 1 + kind.children_depth();
        if depth > MAX_DEPTH {
            return Err(too_deep(start));
        }
        Ok(Ast {
            kind,
            start,
            end: self.last_end(),
            depth,
        })
    }

    fn condition(&mut self) -> Result<Ast, Fault> {
        self.nested(Parser::choice)
    }

    fn choice(&mut self) -> Result<Ast, Fault> {
        let start = self.start();
        let test = self.chain("||", Syntax::Or, |parser| {
            parser.chain("&&", Syntax::And, Parser::comparison)
        })?;
        if !self.accept("?") {
            return Ok(test);
        }
        let yes = self.condition()?;
        self.expect(":")?;
        let no = self.condition()?;
        let kind = Syntax::Choose(Box::new(test), Box::new(yes), Box::new(no));
        self.node(kind, start)
    }

    /// One operand, or several between the same sign as one node.
    fn chain(
        &mut self,
        sign: &str,
        join: fn(Vec<Ast>) -> Syntax,
        operand: fn(&mut Parser) -> Result<Ast, Fault>,
    ) -> Result<Ast, Fault> {
        let start = self.start();
        let first = operand(self)?;
        if !self.is(sign) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.accept(sign) {
            parts.push(operand(self)?);
        }
        self.node(join(parts), start)
    }

    fn comparison(&mut self) -> Result<Ast, Fault> {
        let start = self.start();
        let left = self.sum()?;
        let Some(operator) = self.operator(COMPARISONS) else {
            return Ok(left);
        };
        let right = self.sum()?;
        let kind = Syntax::Binary(operator, Box::new(left), Box::new(right));
        if COMPARISONS.iter().any(|next| self.is_operator(*next)) {
            return Err(self
                .unexpected("the end of the comparison")
                .hinted(Some("join comparisons with \"&&\"")));
        }
        self.node(kind, start)
    }

    fn sum(&mut self) -> Result<Ast, Fault> {
        self.left_to_right(SUMS, |parser| parser.left_to_right(PRODUCTS, Parser::unary))
    }

    fn left_to_right(
        &mut self,
        operators: &[Operator],
        operand: fn(&mut Parser) -> Result<Ast, Fault>,
    ) -> Result<Ast, Fault> {
        let start = self.start();
        let mut left = operand(self)?;
        while let Some(operator) = self.operator(operators) {
            let right = operand(self)?;
            let kind = Syntax::Binary(operator, Box::new(left), Box::new(right));
            left = self.node(kind, start)?;
        }
        Ok(left)
    }

    fn is_operator(&self, operator: Operator) -> bool {
        match &self.peek().token {
            Token::Sign(sign) => *sign == operator.sign(),
            Token::Name(name) => operator == Operator::In && name == "in",
            _ => false,
        }
    }

    fn operator(&mut self, operators: &[Operator]) -> Option<Operator> {
        let found = operators.iter().copied().find(|op| self.is_operator(*op))?;
        self.at += 1;
        Some(found)
    }

    fn unary(&mut self) -> Result<Ast, Fault> {
        let start = self.start();
        let kind = if self.accept("!") {
            Syntax::Not(Box::new(self.nested(Parser::unary)?))
        } else if self.accept("-") {
            Syntax::Negative(Box::new(self.nested(Parser::unary)?))
        } else {
            return self.member();
        };
        self.node(kind, start)
    }

    fn member(&mut self) -> Result<Ast, Fault> {
        let start = self.start();
        let mut ast = self.primary()?;
        loop {
            let kind = if self.accept(".") {
                self.after_dot(ast)?
            } else if self.accept("[") {
                let key = self.condition()?;
                self.expect("]")?;
                Syntax::Key(Box::new(ast), Box::new(key))
            } else {
                return Ok(ast);
            };
            ast = self.node(kind, start)?;
        }
    }

    fn after_dot(&mut self, receiver: Ast) -> Result<Syntax, Fault> {
        let name = self.name("a field or method")?;
        if self.accept("(") {
            let args = self.list_until(")")?;
            return Ok(Syntax::Call(Some(Box::new(receiver)), name, args));
        }
        Ok(Syntax::Field(Box::new(receiver), name))
    }

    fn name(&mut self, expected: &str) -> Result<Name, Fault> {
        let Spanned { token, start, end } = self.peek().clone();
        let Token::Name(text) = token else {
            return Err(self.unexpected(expected));
        };
        self.at += 1;
        Ok(Name { text, start, end })
    }

    fn list_until(&mut self, closing: &str) -> Result<Vec<Ast>, Fault> {
        let mut items = Vec::new();
        while !self.accept(closing) {
            items.push(self.condition()?);
            if !self.is(closing) {
                self.expect(",")?;
            }
        }
        Ok(items)
    }

    fn primary(&mut self) -> Result<Ast, Fault> {
        let Spanned { token, start, end } = self.peek().clone();
        if matches!(token, Token::End) {
            return Err(self.unexpected("a value"));
        }
        if self.accept("(") {
            let inner = self.condition()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.accept("[") {
            let items = self.list_until("]")?;
            return self.node(Syntax::List(items), start);
        }
        let kind = match token {
            Token::Number(number) => Syntax::Number(number),
            Token::Duration(seconds) => Syntax::Duration(seconds),
            Token::Text(text) => Syntax::Text(text),
            Token::Name(text) => return self.word(Name { text, start, end }),
            Token::Sign(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.at += 1;
        self.node(kind, start)
    }

    fn word(&mut self, name: Name) -> Result<Ast, Fault> {
        let start = name.start;
        let kind = match name.text.as_str() {
            "true" => Syntax::Bool(true),
            "false" => Syntax::Bool(false),
            "null" => Syntax::Null,
            "in" => return Err(self.unexpected("a value")),
            _ => {
                self.at += 1;
                let kind = self.after_name(name)?;
                return self.node(kind, start);
            }
        };
        self.at += 1;
        self.node(kind, start)
    }

    fn after_name(&mut self, name: Name) -> Result<Syntax, Fault> {
        if self.accept("(") {
            let args = self.list_until(")")?;
            return Ok(Syntax::Call(None, name, args));
        }
        Ok(Syntax::Name(name.text))
    }
}

fn too_deep(start: usize) -> Fault {
    let message = format!("nested deeper than {MAX_DEPTH} levels");
    Fault::new(start, start + 1, message)
}
