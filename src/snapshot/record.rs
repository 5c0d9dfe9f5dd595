//! What conditions can see: values, their types, and records with named fields.
//!
//! The structs of the snapshot and the joined views of `link` are declared with [`record!`](crate::record) and
//! [`view!`](crate::view), which make the field table from the same lines as the struct. Rules are checked against that
//! table when they are loaded, and read fields by slot, not by name.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::fact::{Fact, Listed, UNDEFINED, Why};
use super::operation::Operation;

/// A value as conditions see it; borrows from the snapshot.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// AWS says: not configured. `null` in conditions and files.
    Absent,
    /// Could not be read.
    Unknown(&'a Why),
    /// A truth value.
    Bool(bool),
    /// Any number; sizes are in bytes.
    Number(f64),
    /// A length of time in seconds.
    Duration(f64),
    /// A point in time.
    Time(Timestamp),
    /// Free text.
    Text(&'a str),
    /// One of a set of words that AWS defines; AWS may have sent one that this version does not know.
    Choice(&'a str, &'static Choices),
    /// A thing with fields.
    Record(&'a dyn Record),
    /// A list, perhaps partial.
    List(&'a dyn Elements),
    /// Text by text: tags.
    Map(&'a BTreeMap<String, String>),
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A length of time.
    Duration,
    /// A point in time.
    Time,
    /// Free text.
    Text,
    /// One of a set of words.
    Choice(&'static Choices),
    /// A thing with fields.
    Record(&'static RecordType),
    /// A list of values of one type.
    List(Box<Type>),
    /// Text by text.
    Map,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Bool => f.write_str("bool"),
            Type::Number => f.write_str("number"),
            Type::Duration => f.write_str("duration"),
            Type::Time => f.write_str("time"),
            Type::Text => f.write_str("string"),
            Type::Choice(choices) => f.write_str(choices.name),
            Type::Record(record) => f.write_str(record.name),
            Type::List(element) => write!(f, "list<{element}>"),
            Type::Map => f.write_str("map<string>"),
        }
    }
}

/// A set of words that AWS defines for a property.
#[derive(Debug, PartialEq, Eq)]
pub struct Choices {
    /// The name of the set, in kebab-case.
    pub name: &'static str,
    /// The words this version knows.
    pub known: &'static [&'static str],
}

impl Choices {
    /// Whether this version knows the word.
    pub fn knows(&self, word: &str) -> bool {
        self.known.contains(&word)
    }

    /// The words as a JSON Schema: those that are known are offered, AWS may send others.
    pub fn json_schema(&self) -> schemars::Schema {
        schemars::json_schema!({ "anyOf": [{ "enum": self.known }, { "type": "string" }] })
    }
}

/// What a change of a field means: drift tells the first two, and takes the others for what they do to verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Someone configured it.
    Config,
    /// It says which thing this is.
    Identity,
    /// It moves by itself: sizes, counts, dates, alarm states, metrics.
    Volatile,
    /// It is derived by joining, stored nowhere.
    Derived,
}

/// A field of a record.
pub struct Field {
    /// The name in conditions and files.
    pub name: &'static str,
    /// What it means, with unit.
    pub doc: &'static str,
    /// What a change of it means.
    pub mark: Mark,
    /// The type of its value.
    pub ty: fn() -> FieldType,
    /// The calls that tell it.
    pub from: &'static [Operation],
}

/// The type of a field, and whether it may be absent.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldType {
    /// The type of the value when there is one.
    pub ty: Type,
    /// Whether AWS may leave it unconfigured: conditions must guard against `null`.
    pub optional: bool,
}

/// The name and type of an argument.
pub type Arg = (&'static str, fn() -> Type);

/// A question that a record answers: true, false or unknown, with evidence.
pub struct Method {
    /// The name in conditions.
    pub name: &'static str,
    /// What it asks.
    pub doc: &'static str,
    /// The names and types of its arguments.
    pub args: &'static [Arg],
    /// Whether it accepts these literal arguments; the error says what it would accept.
    pub check: fn(&[&str]) -> Result<(), String>,
    /// The calls that it needs.
    pub from: &'static [Operation],
}

/// A kind of thing: its fields and methods.
pub struct RecordType {
    /// The name in conditions.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// The record whose fields come first; a field of the same name in `fields` hides one of these.
    pub base: Option<&'static RecordType>,
    /// The fields, by slot after those of `base`.
    pub fields: &'static [Field],
    /// The methods, by slot.
    pub methods: &'static [Method],
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordType({})", self.name)
    }
}

impl PartialEq for RecordType {
    fn eq(&self, other: &RecordType) -> bool {
        std::ptr::eq(self, other)
    }
}

impl RecordType {
    /// The number of slots that `base` takes.
    pub fn base_len(&self) -> usize {
        self.base
            .map_or(0, |base| base.base_len() + base.fields.len())
    }

    /// Whether it is this kind, or has its fields first.
    pub fn is_a(&'static self, other: &'static RecordType) -> bool {
        self == other || self.base.is_some_and(|base| base.is_a(other))
    }

    /// The slot and field of a name.
    pub fn field(&'static self, name: &str) -> Option<(usize, &'static Field)> {
        let own = self.fields.iter().position(|field| field.name == name);
        match own {
            Some(index) => Some((self.base_len() + index, &self.fields[index])),
            None => self.base?.field(name),
        }
    }

    /// The record as a JSON Schema, from the schemas of its fields and whether each must be there.
    pub fn json_schema<'f>(
        &'static self,
        fields: impl Iterator<Item = &'f (&'f str, bool, schemars::Schema)>,
    ) -> schemars::Schema {
        let (mut properties, mut required) = (serde_json::Map::new(), Vec::new());
        for (name, is_required, schema) in fields {
            let mut schema = schema.clone();
            if let Some((_, field)) = self.field(name) {
                schema.insert("description".to_owned(), field.doc.trim().into());
            }
            properties.insert((*name).to_owned(), schema.to_value());
            required.extend(is_required.then_some(*name));
        }
        schemars::json_schema!({
            "description": self.doc.trim(),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    /// The slot and method of a name.
    pub fn method(&'static self, name: &str) -> Option<(usize, &'static Method)> {
        let index = self.methods.iter().position(|method| method.name == name)?;
        Some((index, &self.methods[index]))
    }

    /// All fields that a condition may name: those of `base` that are not hidden, then its own.
    pub fn visible_fields(&'static self) -> Vec<&'static Field> {
        let inherited = self
            .base
            .map(RecordType::visible_fields)
            .unwrap_or_default();
        let hidden = |field: &&Field| self.fields.iter().any(|own| own.name == field.name);
        inherited
            .into_iter()
            .filter(|field| !hidden(field))
            .chain(self.fields)
            .collect()
    }
}

/// A thing with fields, read by slot.
pub trait Record: Sync {
    /// Its kind.
    fn record_type(&self) -> &'static RecordType;
    /// The value in a slot of its kind's table.
    fn get(&self, slot: usize) -> Value<'_>;
    /// The answer of a method: `Value::Bool` or `Value::Unknown`.
    fn call(&self, _method: usize, _args: &[Value<'_>]) -> Value<'_> {
        Value::Unknown(&UNDEFINED)
    }
    /// What the answer of a method rests on. Only asked for results that are reported.
    fn explain(&self, _method: usize, _args: &[Value<'_>]) -> Grounds {
        Grounds::default()
    }
    /// Where the value in a slot comes from, where people declared it: a line of their file, a tag.
    fn origin(&self, _slot: usize) -> Option<&str> {
        None
    }
    /// How evidence names this one among its like: a name, an id.
    fn label(&self) -> String {
        String::new()
    }
}

/// One observation that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Evidence {
    /// What was looked at, as the condition spells it.
    pub path: String,
    /// What was seen.
    pub observed: String,
    /// What it was compared with.
    pub expected: String,
    /// The call that saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Operation>,
}

/// What the answer of a method rests on: near misses first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grounds {
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What could not be read.
    pub unknown: Vec<Why>,
}

/// A list as conditions see it.
pub trait Elements: Sync {
    /// How many elements were read.
    fn len(&self) -> usize;
    /// Whether none was read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// One element.
    fn get(&self, index: usize) -> Value<'_>;
    /// Why others may be missing.
    fn missing(&self) -> Option<&Why>;
}

/// A Rust type that a field may have.
pub trait FactType {
    /// The type in conditions.
    fn ty() -> Type;
    /// Whether it may be absent.
    const OPTIONAL: bool = false;
    /// The value in conditions.
    fn value(&self) -> Value<'_>;
    /// Type and optionality together, as the field table wants them.
    fn field_type() -> FieldType {
        FieldType {
            ty: Self::ty(),
            optional: Self::OPTIONAL,
        }
    }
}

macro_rules! plain {
    ($($rust:ty, $ty:ident, $value:ident, $convert:expr;)*) => {
        $(impl FactType for $rust {
            fn ty() -> Type {
                Type::$ty
            }
            fn value(&self) -> Value<'_> {
                let convert: fn(&$rust) -> _ = $convert;
                Value::$value(convert(self))
            }
        })*
    };
}

plain! {
    bool, Bool, Bool, |value| *value;
    u32, Number, Number, |value| f64::from(*value);
    u64, Number, Number, |value| *value as f64;
    f64, Number, Number, |value| *value;
    Timestamp, Time, Time, |value| *value;
}

impl FactType for String {
    fn ty() -> Type {
        Type::Text
    }
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl FactType for BTreeMap<String, String> {
    fn ty() -> Type {
        Type::Map
    }
    fn value(&self) -> Value<'_> {
        Value::Map(self)
    }
}

impl<T: FactType> FactType for Option<T> {
    fn ty() -> Type {
        T::ty()
    }
    const OPTIONAL: bool = true;
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Absent, T::value)
    }
}

impl<T: FactType> FactType for Fact<T> {
    fn ty() -> Type {
        T::ty()
    }
    const OPTIONAL: bool = T::OPTIONAL;
    fn value(&self) -> Value<'_> {
        match self {
            Fact::Known(value) => value.value(),
            Fact::Unknown(why) => Value::Unknown(why),
        }
    }
}

impl<T: FactType + Sync> FactType for Vec<T> {
    fn ty() -> Type {
        Type::List(Box::new(T::ty()))
    }
    fn value(&self) -> Value<'_> {
        Value::List(self)
    }
}

impl<T: FactType + Sync> FactType for Listed<T> {
    fn ty() -> Type {
        Type::List(Box::new(T::ty()))
    }
    fn value(&self) -> Value<'_> {
        Value::List(self)
    }
}

impl<T: FactType + Sync> Elements for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }
    fn get(&self, index: usize) -> Value<'_> {
        self[index].value()
    }
    fn missing(&self) -> Option<&Why> {
        None
    }
}

impl<T: FactType + Sync> Elements for Listed<T> {
    fn len(&self) -> usize {
        self.items.len()
    }
    fn get(&self, index: usize) -> Value<'_> {
        self.items[index].value()
    }
    fn missing(&self) -> Option<&Why> {
        self.missing.as_ref()
    }
}

/// Declares an open set of words: text that keeps what AWS sent, and the words this version knows.
#[macro_export]
macro_rules! choice {
    ($( $(#[$doc:meta])* $name:ident = $kebab:literal [ $($word:ident),* $(,)? ]; )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        #[allow(non_upper_case_globals, reason = "the constants are spelt as AWS spells the words")]
        impl $name {
            /// The words this version knows.
            pub const CHOICES: &'static $crate::snapshot::record::Choices =
                &$crate::snapshot::record::Choices { name: $kebab, known: &[ $(stringify!($word)),* ] };
            $(
                /// The word of AWS of the same name.
                pub const $word: &'static str = stringify!($word);
            )*

            /// Whether it is this word.
            pub fn is(&self, word: &str) -> bool {
                self.0 == word
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> $name {
                $name(word.to_owned())
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                Self::CHOICES.json_schema()
            }
        }

        impl $crate::snapshot::record::FactType for $name {
            fn ty() -> $crate::snapshot::record::Type {
                $crate::snapshot::record::Type::Choice(Self::CHOICES)
            }
            fn value(&self) -> $crate::snapshot::record::Value<'_> {
                $crate::snapshot::record::Value::Choice(&self.0, Self::CHOICES)
            }
        }
    )* };
}

/// Declares a record of the snapshot: the struct, its encoding and its field table from the same lines.
///
/// A line is `name: Type, mark [operations]`. Fields under `facts` are each a [`Fact`] of
/// their type, left out of the file when nobody asked for them. Evidence names the record
/// by the field after `labelled`.
#[macro_export]
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident = $kebab:literal $(labelled $label:ident)? {
            $( $(#[doc = $plain_doc:literal])* $plain:ident: $plain_ty:ty, $plain_mark:ident [$($plain_from:ident),*]; )*
        } $(facts {
            $( $(#[doc = $fact_doc:literal])* $fact:ident: $fact_ty:ty, $fact_mark:ident [$($fact_from:ident),*]; )*
        })?
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $plain_doc])* pub $plain: $plain_ty, )*
            $($(
                $(#[doc = $fact_doc])*
                #[serde(
                    default = "crate::snapshot::fact::Fact::not_requested",
                    skip_serializing_if = "crate::snapshot::fact::Fact::is_not_requested"
                )]
                pub $fact: $crate::snapshot::fact::Fact<$fact_ty>,
            )*)?
        }

        impl $name {
            /// The kind of record, with its field table.
            pub const TYPE: &'static $crate::snapshot::record::RecordType = {
                static TYPE: $crate::snapshot::record::RecordType = $crate::snapshot::record::RecordType {
                    name: $kebab,
                    doc: concat!($($doc, "\n"),*),
                    base: None,
                    fields: &[
                        $( $crate::record!(@field $plain, $plain_ty, $plain_mark, [$($plain_from),*], [$($plain_doc),*]), )*
                        $($( $crate::record!(@field $fact, $fact_ty, $fact_mark, [$($fact_from),*], [$($fact_doc),*]), )*)?
                    ],
                    methods: &[],
                };
                &TYPE
            };

            $crate::record!(@unread $name, [$($plain: $plain_ty),*], $([$($fact),*])?);
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let plain: &[(&str, bool, schemars::Schema)] = &[ $( (
                    stringify!($plain),
                    !<$plain_ty as $crate::snapshot::record::FactType>::OPTIONAL,
                    generator.subschema_for::<$plain_ty>(),
                ), )* ];
                let facts: &[(&str, bool, schemars::Schema)] = &[ $($( (
                    stringify!($fact),
                    false,
                    generator.subschema_for::<$crate::snapshot::fact::Fact<$fact_ty>>(),
                ), )*)? ];
                $name::TYPE.json_schema(plain.iter().chain(facts))
            }
        }

        impl $crate::snapshot::record::Record for $name {
            fn record_type(&self) -> &'static $crate::snapshot::record::RecordType {
                Self::TYPE
            }
            fn get(&self, slot: usize) -> $crate::snapshot::record::Value<'_> {
                use $crate::snapshot::record::FactType;
                let fields: &[fn(&$name) -> $crate::snapshot::record::Value<'_>] = const { &[
                    $( |record: &$name| FactType::value(&record.$plain), )*
                    $($( |record: &$name| FactType::value(&record.$fact), )*)?
                ] };
                fields[slot](self)
            }
            $(fn label(&self) -> String {
                self.$label.to_string()
            })?
        }

        impl $crate::snapshot::record::FactType for $name {
            fn ty() -> $crate::snapshot::record::Type {
                $crate::snapshot::record::Type::Record(Self::TYPE)
            }
            fn value(&self) -> $crate::snapshot::record::Value<'_> {
                $crate::snapshot::record::Value::Record(self)
            }
        }
    };
    (@field $field:ident, $ty:ty, $mark:ident, [$($from:ident),*], [$($doc:literal),*]) => {
        $crate::snapshot::record::Field {
            name: stringify!($field),
            doc: concat!($($doc, "\n"),*),
            mark: $crate::snapshot::record::Mark::$mark,
            ty: <$ty as $crate::snapshot::record::FactType>::field_type,
            from: &[ $($crate::snapshot::operation::Operation::$from),* ],
        }
    };
    (@unread $name:ident, [$($plain:ident: $ty:ty),*],) => {};
    (@unread $name:ident, [$($plain:ident: $ty:ty),*], [$($fact:ident),*]) => {
        /// One of which nothing is known but the fields that are always there.
        #[allow(clippy::too_many_arguments, reason = "as many as there are fields that are always there")]
        pub fn unread($($plain: $ty,)* why: &$crate::snapshot::fact::Why) -> $name {
            $name { $($plain,)* $( $fact: $crate::snapshot::fact::Fact::Unknown(why.clone()), )* }
        }
    };
}

/// Declares the field table of a joined view: a struct of `link` that adds derived fields and methods to a record.
///
/// A line is `name: Type, [operations] = |view| value`. The view reads the fields of the record it is `over` as its own.
#[macro_export]
macro_rules! view {
    (
        $(#[doc = $doc:literal])*
        impl $name:ident = $kebab:literal $(over $base:ident = $to_base:expr)? , labelled $label:expr $(, told $told:expr)?;
        fields { $( $(#[doc = $field_doc:literal])* $field:ident: $ty:ty, [$($operation:ident),*] = $get:expr; )* }
        methods { $( $(#[doc = $method_doc:literal])*
            $method:ident($($arg:ident: $arg_ty:ty),*) checked $check:expr, [$($method_operation:ident),*] = $call:expr, explained $explain:expr; )* }
    ) => {
        impl $name<'_> {
            /// The kind of record, with its field table.
            pub const TYPE: &'static $crate::snapshot::record::RecordType = {
                static TYPE: $crate::snapshot::record::RecordType = $crate::snapshot::record::RecordType {
                    name: $kebab,
                    doc: concat!($($doc, "\n"),*),
                    base: $crate::view!(@base $($base)?),
                    fields: &[ $( $crate::snapshot::record::Field {
                        name: stringify!($field),
                        doc: concat!($($field_doc, "\n"),*),
                        mark: $crate::snapshot::record::Mark::Derived,
                        ty: <$ty as $crate::snapshot::record::FactType>::field_type,
                        from: &[ $($crate::snapshot::operation::Operation::$operation),* ],
                    }, )* ],
                    methods: &[ $( $crate::snapshot::record::Method {
                        name: stringify!($method),
                        doc: concat!($($method_doc, "\n"),*),
                        args: &[ $( (stringify!($arg), <$arg_ty as $crate::snapshot::record::FactType>::ty) ),* ],
                        check: $check,
                        from: &[ $($crate::snapshot::operation::Operation::$method_operation),* ],
                    }, )* ],
                };
                &TYPE
            };
        }

        impl $crate::snapshot::record::Record for $name<'_> {
            fn record_type(&self) -> &'static $crate::snapshot::record::RecordType {
                Self::TYPE
            }
            fn get(&self, slot: usize) -> $crate::snapshot::record::Value<'_> {
                let inherited = 0 $( + <$base>::TYPE.fields.len() )?;
                $(
                    if slot < inherited {
                        let to_base: for<'v> fn(&'v $name<'_>) -> &'v $base = $to_base;
                        return $crate::snapshot::record::Record::get(to_base(self), slot);
                    }
                )?
                type Get = for<'v> fn(&'v $name<'_>) -> $crate::snapshot::record::Value<'v>;
                let fields: &[Get] = const { &[ $( $get, )* ] };
                fields[slot - inherited](self)
            }
            fn call(&self, method: usize, args: &[$crate::snapshot::record::Value<'_>]) -> $crate::snapshot::record::Value<'_> {
                type Call = for<'v> fn(&'v $name<'_>, &[$crate::snapshot::record::Value<'_>]) -> $crate::snapshot::record::Value<'v>;
                let methods: &[Call] = const { &[ $( $call, )* ] };
                methods[method](self, args)
            }
            fn explain(&self, method: usize, args: &[$crate::snapshot::record::Value<'_>]) -> $crate::snapshot::record::Grounds {
                type Explain = fn(&$name<'_>, &[$crate::snapshot::record::Value<'_>]) -> $crate::snapshot::record::Grounds;
                let methods: &[Explain] = const { &[ $( $explain, )* ] };
                methods[method](self, args)
            }
            fn origin(&self, slot: usize) -> Option<&str> {
                type Told = for<'v> fn(&'v $name<'_>, &str) -> Option<&'v str>;
                let told: &[Told] = &[ $( $told )? ];
                let inherited = 0 $( + <$base>::TYPE.fields.len() )?;
                let field = Self::TYPE.fields.get(slot.checked_sub(inherited)?)?;
                told.first().and_then(|told| told(self, field.name))
            }
            fn label(&self) -> String {
                let label: fn(&$name<'_>) -> String = $label;
                label(self)
            }
        }

        impl $crate::snapshot::record::FactType for $name<'_> {
            fn ty() -> $crate::snapshot::record::Type {
                $crate::snapshot::record::Type::Record(Self::TYPE)
            }
            fn value(&self) -> $crate::snapshot::record::Value<'_> {
                $crate::snapshot::record::Value::Record(self)
            }
        }
    };
    (@base) => { None };
    (@base $base:ident) => { Some($base::TYPE) };
}
