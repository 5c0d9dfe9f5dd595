//! Words and signs of a condition, with their places. Durations (`24h`) and sizes (`4KB`) are numbers with a unit.

use super::fault::Fault;
use super::reference::{SIZES, TIMES};

/// What stands at a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `12`, `0.5`, `1e3`, and sizes in bytes: `4KB`.
    Number(f64),
    /// `24h` in seconds.
    Duration(f64),
    /// `"text"` or `'text'`.
    Text(String),
    /// A name, or one of the words `true false null in`.
    Name(String),
    /// A sign: `==`, `&&`, `(`.
    Sign(&'static str),
    /// Nothing is left.
    End,
}

/// A token and the bytes it takes.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Longer signs first.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", "+", "-", "*", "/", "(", ")", "[",
    "]", ",", ".",
];

pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, Fault> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space();
        let start = lexer.at;
        let token = lexer.token()?;
        if token == Token::End {
            let end = text.trim_end().len();
            tokens.push(Spanned {
                token,
                start: end,
                end,
            });
            return Ok(tokens);
        }
        tokens.push(Spanned {
            token,
            start,
            end: lexer.at,
        });
    }
}

/// The seconds of a duration as conditions write it: `24h`, `7d`, `1.5h`.
pub(crate) fn duration(text: &str) -> Option<f64> {
    let digits = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = TIMES.iter().find(|(name, _)| *name == unit)?.1;
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = number.parse().ok().filter(|_| plain)?;
    Some(number * seconds)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn token(&mut self) -> Result<Token, Fault> {
        let Some(first) = self.peek() else {
            return Ok(Token::End);
        };
        if first.is_ascii_digit() {
            return self.number();
        }
        if first == '"' || first == '\'' {
            return self.quoted(first);
        }
        if let Some(quote) = self.raw_quote() {
            self.at += 1;
            return self.raw(quote);
        }
        if is_name(first) {
            return Ok(Token::Name(self.take(is_name).to_owned()));
        }
        self.sign(first)
    }

    fn sign(&mut self, first: char) -> Result<Token, Fault> {
        let sign = SIGNS.iter().find(|sign| self.rest().starts_with(**sign));
        if let Some(sign) = sign {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        let hint = match first {
            '=' => Some("equality is \"==\""),
            '&' => Some("and is \"&&\""),
            '|' => Some("or is \"||\""),
            _ => None,
        };
        let end = self.at + first.len_utf8();
        let shown = first.escape_debug();
        Err(Fault::new(self.at, end, format!("unexpected \"{shown}\"")).hinted(hint))
    }

    fn take(&mut self, belongs: fn(char) -> bool) -> &str {
        let start = self.at;
        let rest = self.rest();
        let len = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += len;
        &self.text[start..self.at]
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let start = self.at;
        self.take(|c| c.is_ascii_digit());
        let mut after = self.rest().chars();
        let is_fraction =
            after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
        if is_fraction {
            self.at += 1;
            self.take(|c| c.is_ascii_digit());
        }
        self.exponent();
        let number = self.text[start..self.at].parse().unwrap_or(f64::NAN);
        let unit = self.take(is_name).to_owned();
        self.with_unit(start, number, &unit)
    }

    fn exponent(&mut self) {
        let Some(rest) = self.rest().strip_prefix(['e', 'E']) else {
            return;
        };
        let digits = rest.strip_prefix(['+', '-']).unwrap_or(rest);
        if digits.starts_with(|c: char| c.is_ascii_digit()) {
            self.at += 1 + rest.len() - digits.len();
            self.take(|c| c.is_ascii_digit());
        }
    }

    fn with_unit(&self, start: usize, number: f64, unit: &str) -> Result<Token, Fault> {
        let find = |units: &[(&str, f64)]| {
            let found = units.iter().find(|(name, _)| *name == unit);
            found.map(|(_, factor)| number * factor)
        };
        let token = match (unit, find(TIMES), find(SIZES)) {
            ("", _, _) => Token::Number(number),
            (_, Some(seconds), _) => Token::Duration(seconds),
            (_, None, Some(bytes)) => Token::Number(bytes),
            (_, None, None) => {
                let message = format!("unknown unit \"{unit}\"");
                let hint = "times are s, m, h, d, w; sizes B, KB, MB, GB, TB";
                return Err(Fault::new(start, self.at, message).hinted(Some(hint)));
            }
        };
        match token {
            Token::Number(value) | Token::Duration(value) if !value.is_finite() => {
                Err(Fault::new(start, self.at, "number is too large"))
            }
            token => Ok(token),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Token, Fault> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek().filter(|c| *c != '\n') else {
                return Err(Fault::new(start, start + 1, "text without closing quote"));
            };
            self.at += c.len_utf8();
            match c {
                '\\' => text.push(self.escape()?),
                c if c == quote => return Ok(Token::Text(text)),
                c => text.push(c),
            }
        }
    }

    /// The quote of `r"text"`, in which a backslash is one.
    fn raw_quote(&self) -> Option<char> {
        let rest = self.rest().strip_prefix(['r', 'R'])?;
        rest.chars().next().filter(|c| matches!(c, '"' | '\''))
    }

    fn raw(&mut self, quote: char) -> Result<Token, Fault> {
        let start = self.at;
        let text = &self.text[start + 1..];
        let len = text.find([quote, '\n']);
        match len.filter(|len| text[*len..].starts_with(quote)) {
            Some(len) => {
                self.at += len + 2;
                Ok(Token::Text(text[..len].to_owned()))
            }
            None => Err(Fault::new(
                start - 1,
                start + 1,
                "text without closing quote",
            )),
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at - 1;
        let escaped = self.peek();
        self.at += escaped.map_or(0, char::len_utf8);
        match escaped {
            Some(c @ ('"' | '\'' | '\\')) => Ok(c),
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            _ => Err(Fault::new(start, self.at, "unknown escape")
                .hinted(Some(r#"known: \" \' \\ \n \t"#))),
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
