//! YAML documents, written from bytes: block and flow, every style of scalar, comments, odd numbers, many letters.

use crate::language::dice::Dice;

const PLAIN: [&str; 48] = [
    "a",
    "",
    "no",
    "012",
    "001234567890",
    "1_000",
    "1e3",
    "0x1F",
    "0o17",
    "0b11",
    "+1",
    ".5",
    "1.",
    "-0",
    "-1.5",
    "~",
    "null",
    "Null",
    "true",
    "True",
    "FALSE",
    "2020-01-01",
    "1:30",
    "a b",
    "é",
    "日本語",
    "a#b",
    "a:b",
    "-a",
    "?a",
    ".inf",
    "-.INF",
    ".nan",
    "1e400",
    "123456789012345678901234567890",
    "0.1",
    "1.0",
    "=",
    "yes",
    "12e03",
    "😀",
    "a'b",
    "a\"b",
    "a\\n",
    "--",
    "12:30:45",
    "0",
    "-",
];
const TEXT: [&str; 12] = [
    "", "a", "it", " ", "é", "#", ": ", "~", "012", "- b", "日本", "{x}",
];
const KEYS: [&str; 12] = [
    "a",
    "b",
    "c",
    "é",
    "no",
    "012",
    "a b",
    "1.5",
    "'q'",
    "\"d\\u00e9\"",
    "true",
    "x-y",
];

pub(crate) struct Document<'b> {
    dice: Dice<'b>,
    text: String,
}

/// A document of these bytes.
pub(crate) fn document(bytes: &[u8]) -> String {
    let mut document = Document {
        dice: Dice::new(bytes),
        text: String::new(),
    };
    document.comment(0);
    if document.dice.below(6) == 1 {
        document.text += "---\n";
    }
    match document.dice.below(4) {
        0..=2 => document.map(0, 0),
        _ => document.list(0, 0),
    }
    if document.dice.below(8) == 1 {
        document.text = document.text.replace('\n', "\r\n");
    }
    document.text
}

impl Document<'_> {
    fn comment(&mut self, indent: usize) {
        if self.dice.below(6) == 1 {
            let comment = self.dice.pick(&["# a: b", "#", "# é \" '", ""]);
            self.text += &format!("{}{comment}\n", " ".repeat(indent));
        }
    }

    fn end(&mut self) {
        self.text += self
            .dice
            .pick(&["\n", "\n", "\n", "\n", " # c: d\n", "   \n", "\n\n"]);
    }

    fn map(&mut self, indent: usize, depth: usize) {
        let count = 1 + self.dice.below(4);
        let first = self.dice.below(KEYS.len());
        for index in 0..count {
            self.comment(indent);
            let key = KEYS[(first + index) % KEYS.len()];
            let padding = if index == 0 && self.text.ends_with("- ") {
                0
            } else {
                indent
            };
            self.text += &format!("{}{key}:", " ".repeat(padding));
            self.value(indent, depth, true);
        }
    }

    fn list(&mut self, indent: usize, depth: usize) {
        let count = 1 + self.dice.below(3);
        for _ in 0..count {
            self.comment(indent);
            self.text += &format!("{}-", " ".repeat(indent));
            self.value(indent, depth, false);
        }
    }

    /// What comes after `key:` or `-`.
    fn value(&mut self, indent: usize, depth: usize, is_entry: bool) {
        let way = if depth > 3 { 0 } else { self.dice.below(9) };
        let step = 1 + self.dice.below(3);
        match way {
            0..=2 => {
                let scalar = self.scalar(true);
                self.text += if scalar.is_empty() { "" } else { " " };
                self.text += &scalar;
                self.end();
            }
            3 => self.block(indent + step),
            4 => {
                let flow = self.flow(depth + 1);
                self.text += &format!(" {flow}");
                self.end();
            }
            5 => {
                self.text += "\n";
                self.map(indent + step, depth + 1);
            }
            6 if !is_entry => {
                self.text += " ";
                self.map(indent + 2, depth + 1);
            }
            7 if is_entry => {
                self.text += "\n";
                self.list(indent, depth + 1);
            }
            _ => {
                self.text += "\n";
                self.list(indent + step, depth + 1);
            }
        }
    }

    /// A literal or folded text.
    fn block(&mut self, indent: usize) {
        let header = self.dice.pick(&["|", "|-", "|+", ">", ">-", ">+", "|2-"]);
        let indent = if header == "|2-" {
            indent.max(2)
        } else {
            indent
        };
        // An indication of depth counts from the parent, which is not always the depth that is written.
        let header = if header == "|2-" { "|-" } else { header };
        self.text += &format!(" {header}\n");
        for index in 0..1 + self.dice.below(4) {
            let line = self.line();
            let more = if index > 0 {
                self.dice.pick(&["", "", "  "])
            } else {
                ""
            };
            let line = if index == 0 { format!("w{line}") } else { line };
            let padding = if line.is_empty() { 0 } else { indent };
            self.text += &format!("{}{more}{line}\n", " ".repeat(padding));
        }
    }

    fn line(&mut self) -> String {
        let count = self.dice.below(4);
        (0..count).map(|_| self.dice.pick(&TEXT)).collect()
    }

    fn scalar(&mut self, in_block: bool) -> String {
        match self.dice.below(5) {
            0..=2 => {
                let plain = self.dice.pick(&PLAIN);
                let is_indicator = plain == "-" || !in_block && plain.starts_with('?');
                if is_indicator {
                    "a".to_owned()
                } else {
                    plain.to_owned()
                }
            }
            3 => format!("'{}'", self.line().replace('\'', "''")),
            _ => {
                let escape = self.dice.pick(&[
                    "",
                    "\\n",
                    "\\t",
                    "\\\"",
                    "\\\\",
                    "\\u00e9",
                    "\\x41",
                    "\\U0001F600",
                    "\\0",
                    "\\e",
                ]);
                format!("\"{}{escape}\"", self.line())
            }
        }
    }

    fn flow(&mut self, depth: usize) -> String {
        let count = self.dice.below(4);
        let gap = self.dice.pick(&[" ", "", "  "]);
        let is_list = self.dice.flip();
        let first = self.dice.below(KEYS.len());
        let mut parts = Vec::new();
        for index in 0..count {
            let value = if depth < 3 && self.dice.below(4) == 1 {
                self.flow(depth + 1)
            } else {
                self.scalar(false)
            };
            let value = if value.is_empty() {
                "~".to_owned()
            } else {
                value
            };
            parts.push(match is_list {
                true => value,
                false => format!("{}: {value}", KEYS[(first + index) % KEYS.len()]),
            });
        }
        let inner = parts.join(&format!(",{gap}"));
        if is_list {
            format!("[{gap}{inner}{gap}]")
        } else {
            format!("{{{gap}{inner}{gap}}}")
        }
    }
}
