//! Typed values from the tree, through serde.
//!
//! A struct's unknown keys are noted and passed over, and what is wrong or missing gets a stand-in, so that one reading
//! shows them all. Structs with `flatten`, and untagged or internally tagged enums, lose places: serde copies the tree
//! first.

use std::cell::RefCell;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::error::{SourceError, nearest};
use super::filler::Filler;
use super::mistake::{Found, Mistake, Needs, Spot};
use super::node::{Key, Kind, Node, Source, Style};

/// The most mistakes of one file that are told.
const MOST: usize = 64;

/// What was read, and everything that is wrong.
pub(super) struct Outcome<T> {
    /// The value; `None` where a part of it is missing or wrong.
    pub(super) value: Option<T>,
    /// The mistakes, in the order of the file.
    pub(super) errors: Vec<SourceError>,
}

/// Reads until nothing new is wrong: what is wrong in one round has a stand-in in the next.
pub(super) fn read<T: DeserializeOwned>(source: &Source, root: &Node) -> Outcome<T> {
    let found = RefCell::new(Found::default());
    let mut value = None;
    for _ in 0..MOST {
        let reader = Reader {
            node: root,
            found: &found,
        };
        match T::deserialize(reader) {
            Ok(read) => {
                value = found.borrow().stood_in.is_empty().then_some(read);
                break;
            }
            Err(mistake) => {
                if !found.borrow_mut().note(mistake) {
                    break;
                }
            }
        }
    }
    let mistakes = found.into_inner().mistakes.into_iter();
    let mut errors: Vec<SourceError> = mistakes.map(|mistake| mistake.placed(source)).collect();
    errors.sort_by(|a, b| (a.line, a.column, &a.message).cmp(&(b.line, b.column, &b.message)));
    errors.dedup();
    Outcome { value, errors }
}

#[derive(Clone, Copy)]
struct Reader<'t> {
    node: &'t Node,
    found: &'t RefCell<Found>,
}

impl<'t> Reader<'t> {
    fn to(self, node: &'t Node) -> Reader<'t> {
        Reader { node, ..self }
    }

    fn placed<T>(self, result: Result<T, Mistake>) -> Result<T, Mistake> {
        result.map_err(|mistake| mistake.at(self.node.place))
    }

    fn is_null(self) -> bool {
        self.node.is_null()
    }

    /// What is there when a text is not: for the message.
    fn unexpected(&self) -> Unexpected<'_> {
        match &self.node.kind {
            Kind::Scalar(..) if self.is_null() => Unexpected::Unit,
            Kind::Scalar(text, _) => Unexpected::Str(text),
            Kind::List(_) => Unexpected::Seq,
            Kind::Map(_) => Unexpected::Map,
        }
    }

    fn text(self, expected: &dyn Expected) -> Result<&'t str, Mistake> {
        match &self.node.kind {
            Kind::Scalar(text, _) if !self.is_null() => Ok(text),
            Kind::Scalar(..) | Kind::List(_) | Kind::Map(_) => {
                Err(Mistake::invalid_type(self.unexpected(), expected))
            }
        }
    }

    fn any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.kind {
            Kind::List(items) => self.list(items, visitor),
            Kind::Map(entries) => self.map(entries, None, visitor),
            Kind::Scalar(..) if self.is_null() => visitor.visit_unit(),
            Kind::Scalar(text, Style::Plain) => plain(text, visitor),
            Kind::Scalar(text, _) => visitor.visit_borrowed_str(text),
        }
    }

    fn list<V: Visitor<'t>>(self, items: &'t [Node], visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_seq(Items {
            reader: self,
            items: items.iter(),
        })
    }

    /// Notes the keys that the struct does not have and hides them from it.
    fn fields<V: Visitor<'t>>(
        self,
        entries: &'t [(Key, Node)],
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        for (key, _) in entries {
            if !fields.contains(&key.text.as_str()) {
                let mistake = Mistake::unknown_field(&key.text, fields).at(key.place);
                self.found.borrow_mut().mistakes.push(mistake);
            }
        }
        self.map(entries, Some(fields), visitor)
    }

    fn map<V: Visitor<'t>>(
        self,
        entries: &'t [(Key, Node)],
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let read = visitor.visit_map(Entries::new(self, entries, fields));
        read.map_err(|mistake| match mistake.needs {
            Needs::Field(field) => {
                // The key is there, misspelt, and that was told.
                let was_told = fields.is_some_and(|fields| is_misspelt(field, entries, fields));
                mistake.needing(Spot::missing(self.node, field), was_told)
            }
            Needs::Innermost | Needs::Spot(_) => mistake,
        })
    }

    /// Reads a value, or its stand-in.
    fn read<S: DeserializeSeed<'t>>(self, node: &'t Node, seed: S) -> Result<S::Value, Mistake> {
        let spot = Spot::value(node);
        if self.found.borrow().stood_in.contains(&spot) {
            return self.stand_in(seed);
        }
        let read = seed.deserialize(self.to(node));
        if read.is_err() {
            self.found.borrow_mut().failed.get_or_insert(spot);
        }
        read
    }

    /// A value for what is wrong or missing here; where its type has none, all of this gets a stand-in.
    fn stand_in<S: DeserializeSeed<'t>>(self, seed: S) -> Result<S::Value, Mistake> {
        let read = seed.deserialize(Filler::default());
        read.map_err(|mistake| mistake.needing(Spot::value(self.node), true))
    }
}

fn is_misspelt(field: &str, entries: &[(Key, Node)], fields: &'static [&'static str]) -> bool {
    let unknown = entries
        .iter()
        .filter(|(key, _)| !fields.contains(&key.text.as_str()));
    let mut meant = unknown.map(|(key, _)| nearest(&key.text, fields.iter().copied()));
    meant.any(|meant| meant == Some(field))
}

/// A plain scalar where the type is left open.
fn plain<'t, V: Visitor<'t>>(text: &'t str, visitor: V) -> Result<V::Value, Mistake> {
    match text {
        "true" => return visitor.visit_bool(true),
        "false" => return visitor.visit_bool(false),
        _ => {}
    }
    let Ok(number) = serde_json::from_str::<serde_json::Number>(text) else {
        return visitor.visit_borrowed_str(text);
    };
    // JSON's reader is satisfied with a neighbour of the nearest float.
    let float = text.parse().ok().filter(|float: &f64| float.is_finite());
    match (number.as_u64(), number.as_i64(), float) {
        (Some(number), _, _) => visitor.visit_u64(number),
        (_, Some(number), _) => visitor.visit_i64(number),
        (_, _, Some(number)) => visitor.visit_f64(number),
        (None, None, None) => visitor.visit_borrowed_str(text),
    }
}

impl<'t> Deserializer<'t> for Reader<'t> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.placed(self.any(visitor))
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let result = self
            .text(&visitor)
            .and_then(|text| visitor.visit_borrowed_str(text));
        self.placed(result)
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.is_null() {
            return self.placed(visitor.visit_none());
        }
        self.placed(visitor.visit_some(self))
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.placed(visitor.visit_newtype_struct(self))
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let result = match &self.node.kind {
            Kind::Map(entries) => self.fields(entries, fields, visitor),
            Kind::Scalar(..) | Kind::List(_) => {
                Err(Mistake::invalid_type(self.unexpected(), &"a map of fields"))
            }
        };
        self.placed(result)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let result = match &self.node.kind {
            Kind::Map(entries) if entries.len() == 1 => visitor.visit_enum(Variant {
                name: &entries[0].0.text,
                value: Some(self.to(&entries[0].1)),
            }),
            Kind::Scalar(text, _) if !self.is_null() => visitor.visit_enum(Variant {
                name: text,
                value: None,
            }),
            Kind::Scalar(..) | Kind::List(_) | Kind::Map(_) => {
                Err(Mistake::invalid_type(self.unexpected(), &"a word"))
            }
        };
        self.placed(result)
    }

    serde::forward_to_deserialize_any! {
        <W: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct
        map identifier ignored_any
    }
}

struct Items<'t> {
    reader: Reader<'t>,
    items: std::slice::Iter<'t, Node>,
}

impl<'t> SeqAccess<'t> for Items<'t> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mistake> {
        let item = self.items.next();
        item.map(|node| self.reader.read(node, seed)).transpose()
    }
}

struct Entries<'t> {
    reader: Reader<'t>,
    entries: std::slice::Iter<'t, (Key, Node)>,
    /// The keys that are shown; all if `None`.
    fields: Option<&'static [&'static str]>,
    /// Fields that are missing and have a stand-in.
    missing: Vec<&'static str>,
    value: Option<Value<'t>>,
}

/// The value that belongs to the key in hand.
enum Value<'t> {
    Node(&'t Node),
    StandIn,
}

impl<'t> Entries<'t> {
    fn new(
        reader: Reader<'t>,
        entries: &'t [(Key, Node)],
        fields: Option<&'static [&'static str]>,
    ) -> Entries<'t> {
        let found = reader.found.borrow();
        let missing = found.stood_in.iter().filter_map(|spot| match spot {
            Spot::Missing(_, field) if *spot == Spot::missing(reader.node, field) => Some(*field),
            Spot::Missing(..) | Spot::Value(_) => None,
        });
        Entries {
            reader,
            entries: entries.iter(),
            fields,
            missing: missing.collect(),
            value: None,
        }
    }

    fn is_shown(&self, key: &Key) -> bool {
        self.fields
            .is_none_or(|fields| fields.contains(&key.text.as_str()))
    }
}

impl<'t> MapAccess<'t> for Entries<'t> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mistake> {
        while let Some((key, node)) = self.entries.next() {
            if self.is_shown(key) {
                self.value = Some(Value::Node(node));
                let name = StrDeserializer::<Mistake>::new(&key.text);
                let read = seed.deserialize(name);
                return read.map(Some).map_err(|mistake| mistake.at(key.place));
            }
        }
        let Some(field) = self.missing.pop() else {
            return Ok(None);
        };
        self.value = Some(Value::StandIn);
        seed.deserialize(StrDeserializer::<Mistake>::new(field))
            .map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        match self.value.take() {
            Some(Value::Node(node)) => self.reader.read(node, seed),
            Some(Value::StandIn) => self.reader.stand_in(seed),
            None => Err(Mistake::custom("a value without a key")),
        }
    }
}

struct Variant<'t> {
    name: &'t str,
    value: Option<Reader<'t>>,
}

impl<'t> EnumAccess<'t> for Variant<'t> {
    type Error = Mistake;
    type Variant = Variant<'t>;

    fn variant_seed<V: DeserializeSeed<'t>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Variant<'t>), Mistake> {
        let name = seed.deserialize(StrDeserializer::<Mistake>::new(self.name))?;
        Ok((name, self))
    }
}

impl<'t> Variant<'t> {
    fn content(self) -> Result<Reader<'t>, Mistake> {
        let missing = || Mistake::custom(format!("\"{}\" needs a value", self.name));
        self.value.ok_or_else(missing)
    }
}

impl<'t> VariantAccess<'t> for Variant<'t> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(Mistake::custom(format!("\"{}\" takes no value", self.name))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, Mistake> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'t>>(self, _len: usize, visitor: V) -> Result<V::Value, Mistake> {
        self.content()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.content()?.deserialize_struct("", fields, visitor)
    }
}
