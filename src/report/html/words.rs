//! Texts of the page's data, each once.

use std::collections::HashMap;

use super::part::Part;
use super::text;

/// Stands for the name of the table; of the private letters of Unicode, which no name of AWS has.
pub(super) const TABLE: char = '\u{e000}';

/// Texts, each once.
pub(super) struct Words {
    /// The texts, in the order of their places.
    pub(super) texts: Vec<String>,
    places: HashMap<String, usize>,
    /// Bytes of all of them.
    pub(super) bytes: usize,
}

impl Words {
    /// None but the empty one, whose place is 0.
    pub(super) fn new() -> Words {
        let mut words = Words {
            texts: Vec::new(),
            places: HashMap::new(),
            bytes: 0,
        };
        // The first is none.
        words.place("");
        words
    }

    /// The place of a text, which is made where it is new.
    pub(super) fn place(&mut self, text: &str) -> usize {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.texts.len();
        self.bytes += text.len() + 4;
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    /// As [`Words::place`], of foreign text; of none 0.
    pub(super) fn optional(&mut self, text: Option<&str>) -> usize {
        text.map_or(0, |text| self.place(&text::clean(text)))
    }

    /// A text in which the name of its table may stand.
    pub(super) fn open(&mut self, text: &str, part: &Part<'_>) -> usize {
        let clean = text::clean(text).replace(TABLE, "\u{fffd}");
        let name = part.name();
        match part.is_table() && name.len() > 2 {
            true => self.place(&clean.replace(&name, &TABLE.to_string())),
            false => self.place(&clean),
        }
    }
}
