//! Typed values from the tree, through serde.
//!
//! A struct's unknown keys are noted and passed over, so that one reading shows them all. Structs with `flatten`, and
//! untagged or internally tagged enums, lose places: serde copies the tree first.

use std::cell::RefCell;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::error::{SourceError, did_you_mean};
use super::node::{Key, Kind, Node, Place, Source, Style};

pub(super) fn read<T: DeserializeOwned>(
    source: &Source,
    root: &Node,
) -> Result<T, Vec<SourceError>> {
    let unknown_fields = RefCell::new(Vec::new());
    let reader = Reader {
        node: root,
        unknown_fields: &unknown_fields,
    };
    let result = T::deserialize(reader);
    let mut errors = unknown_fields.into_inner();
    let value = result.map_err(|error| errors.push(error));
    if let (Ok(value), true) = (value, errors.is_empty()) {
        return Ok(value);
    }
    let mut errors: Vec<SourceError> = errors.into_iter().map(|e| e.placed(source)).collect();
    errors.sort_by_key(|error| (error.line, error.column));
    Err(errors)
}

/// A mistake, perhaps not placed yet: the innermost node gives the place.
#[derive(Debug)]
struct Mistake {
    place: Option<Place>,
    message: String,
    hint: Option<String>,
}

impl Mistake {
    fn new(message: String, hint: Option<String>) -> Mistake {
        Mistake {
            place: None,
            message,
            hint,
        }
    }

    fn at(mut self, place: Place) -> Mistake {
        self.place.get_or_insert(place);
        self
    }

    fn placed(self, source: &Source) -> SourceError {
        source
            .error(self.place.unwrap_or(Place::START), self.message)
            .hinted(self.hint)
    }
}

impl std::error::Error for Mistake {}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl serde::de::Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Mistake {
        Mistake::new(message.to_string(), None)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Mistake {
        let found = match unexpected {
            Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a map".to_owned(),
            other => other.to_string(),
        };
        Mistake::new(format!("expected {expected}, found {found}"), None)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Mistake {
        Mistake::invalid_type(unexpected, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Mistake {
        let hint = did_you_mean(variant, expected.iter().copied());
        Mistake::new(format!("unknown word \"{variant}\""), hint)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Mistake {
        let hint = did_you_mean(field, expected.iter().copied());
        Mistake::new(format!("unknown field \"{field}\""), hint)
    }

    fn missing_field(field: &'static str) -> Mistake {
        Mistake::new(format!("missing field \"{field}\""), None)
    }
}

#[derive(Clone, Copy)]
struct Reader<'t> {
    node: &'t Node,
    unknown_fields: &'t RefCell<Vec<Mistake>>,
}

impl<'t> Reader<'t> {
    fn to(self, node: &'t Node) -> Reader<'t> {
        Reader { node, ..self }
    }

    fn placed<T>(self, result: Result<T, Mistake>) -> Result<T, Mistake> {
        result.map_err(|mistake| mistake.at(self.node.place))
    }

    fn is_null(self) -> bool {
        matches!(&self.node.kind, Kind::Scalar(text, Style::Plain) if matches!(text.as_str(), "" | "~" | "null"))
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
            Kind::Map(entries) => visitor.visit_map(Entries::new(self, entries, None)),
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
                self.unknown_fields.borrow_mut().push(mistake);
            }
        }
        visitor.visit_map(Entries::new(self, entries, Some(fields)))
    }
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
        item.map(|node| seed.deserialize(self.reader.to(node)))
            .transpose()
    }
}

struct Entries<'t> {
    reader: Reader<'t>,
    entries: std::slice::Iter<'t, (Key, Node)>,
    /// The keys that are shown; all if `None`.
    fields: Option<&'static [&'static str]>,
    value: Option<&'t Node>,
}

impl<'t> Entries<'t> {
    fn new(
        reader: Reader<'t>,
        entries: &'t [(Key, Node)],
        fields: Option<&'static [&'static str]>,
    ) -> Entries<'t> {
        Entries {
            reader,
            entries: entries.iter(),
            fields,
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
                self.value = Some(node);
                let name = StrDeserializer::<Mistake>::new(&key.text);
                let read = seed.deserialize(name);
                return read.map(Some).map_err(|mistake| mistake.at(key.place));
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        let Some(node) = self.value.take() else {
            return Err(Mistake::custom("a value without a key"));
        };
        seed.deserialize(self.reader.to(node))
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
