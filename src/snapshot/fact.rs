//! What we know of one property, and why we don't.
//!
//! A fact has four states, and they are four in the file too: a value is known; `null` is absent (asked, and AWS says
//! that it isn't configured: `Fact<Option<T>>`); `{"$unknown": {…}}` could not be read; a missing key was not asked for.
//! No default ever stands for "could not read".

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::operation::Operation;

/// One property: known, or unknown for a reason. A property that AWS may leave unconfigured is a `Fact<Option<T>>`.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact<T> {
    /// AWS said so.
    Known(T),
    /// It could not be read, or was not asked for.
    Unknown(Why),
}

impl<T> Fact<T> {
    /// The state of a property that nobody asked for.
    pub fn not_requested() -> Fact<T> {
        Fact::Unknown(NOT_REQUESTED.clone())
    }

    /// Whether nobody asked for it: such a fact is left out of the file.
    pub fn is_not_requested(&self) -> bool {
        matches!(self, Fact::Unknown(why) if why.reason == Reason::NotRequested)
    }

    /// A view of the fact that borrows.
    pub fn as_ref(&self) -> Result<&T, &Why> {
        match self {
            Fact::Known(value) => Ok(value),
            Fact::Unknown(why) => Err(why),
        }
    }

    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        self.as_ref().ok()
    }

    /// The same state with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Fact::Known(value) => Fact::Known(change(value)),
            Fact::Unknown(why) => Fact::Unknown(why),
        }
    }
}

impl<T> From<Result<T, Why>> for Fact<T> {
    fn from(read: Result<T, Why>) -> Fact<T> {
        match read {
            Ok(value) => Fact::Known(value),
            Err(why) => Fact::Unknown(why),
        }
    }
}

/// A list that may lack some of its elements, and why.
///
/// A partial list in the file is `{"$partial": {…}, "items": […]}`; a complete one is a plain array.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T> {
    /// The elements that were read.
    pub items: Vec<T>,
    /// Why others may be missing; `None` when the list is complete.
    pub missing: Option<Why>,
}

impl<T> Listed<T> {
    /// A list that lacks nothing.
    pub fn complete(items: Vec<T>) -> Listed<T> {
        Listed {
            items,
            missing: None,
        }
    }
}

/// Arithmetic without an answer: division by zero, minimum of nothing.
pub static UNDEFINED: Why = Why::of(Reason::Undefined);
/// AWS gave a value that this version does not know.
pub static UNRECOGNISED: Why = Why::of(Reason::Unrecognised);
/// Nobody asked for it.
pub static NOT_REQUESTED: Why = Why::of(Reason::NotRequested);

/// Why a fact is unknown.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// The kind of reason.
    pub reason: Reason,
    /// The call that would have told.
    #[serde(default, rename = "action", skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// What AWS or the network said, in words; never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Why {
    /// A reason alone.
    pub const fn of(reason: Reason) -> Why {
        Why {
            reason,
            operation: None,
            detail: None,
        }
    }

    /// A reason and the call that met it.
    pub const fn from_call(reason: Reason, operation: Operation) -> Why {
        Why {
            reason,
            operation: Some(operation),
            detail: None,
        }
    }
}

impl Why {
    /// The reason without what AWS said of it.
    pub fn brief(&self) -> String {
        match (self.reason, self.operation) {
            (Reason::Denied, Some(operation)) => format!("{} is denied", operation.permission()),
            (reason, Some(operation)) => format!("{operation}: {}", reason.words()),
            (reason, None) => reason.words().to_owned(),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.brief())?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

macro_rules! reasons {
    ($( $(#[$doc:meta])* $variant:ident = $word:literal, $words:literal; )*) => {
        /// The kinds of reasons for not knowing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum Reason { $( $(#[$doc])* #[serde(rename = $word)] $variant, )* }

        impl Reason {
            /// The word in machine formats.
            pub const fn word(self) -> &'static str {
                match self { $( Reason::$variant => $word, )* }
            }

            /// The words for people.
            pub const fn words(self) -> &'static str {
                match self { $( Reason::$variant => $words, )* }
            }
        }
    };
}

reasons! {
    /// A policy does not allow the call.
    Denied = "denied", "access denied";
    /// AWS kept refusing for rate.
    Throttled = "throttled", "throttled after all retries";
    /// No answer in time.
    TimedOut = "timed-out", "no answer in time";
    /// The call failed otherwise.
    Failed = "failed", "the call failed";
    /// The answer was none that AWS gives: a proxy's page, half a body.
    Malformed = "malformed", "the answer could not be understood";
    /// The service is not there in this region or partition.
    NotOffered = "not-offered", "not offered in this region";
    /// The region is not enabled for the account.
    RegionDenied = "region-denied", "the region is not enabled for this account";
    /// Nobody asked for it.
    NotRequested = "not-requested", "not collected in this snapshot";
    /// A plan cannot tell before it is applied.
    KnownAfterApply = "known-after-apply", "known after apply";
    /// Only a live account can tell.
    NeedsLive = "needs-live", "only a live account can tell";
    /// A value that this version does not know.
    Unrecognised = "unrecognised", "a value this version does not know";
    /// Arithmetic without an answer.
    Undefined = "undefined", "arithmetic without an answer";
    /// What AWS documents leaves it open.
    Ambiguous = "ambiguous", "AWS's own rules leave this open";
}

const UNKNOWN: &str = "$unknown";
const PARTIAL: &str = "$partial";

impl<T: Serialize> Serialize for Fact<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Fact::Known(value) => value.serialize(serializer),
            Fact::Unknown(why) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(UNKNOWN, why)?;
                map.end()
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Fact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fact<T>, D::Error> {
        deserializer.deserialize_any(FactVisitor(PhantomData))
    }
}

/// Hands everything to `T` but a map whose first key is `$unknown`, without a buffer in between, so that a mistake in
/// the file keeps its line and column.
struct FactVisitor<T>(PhantomData<T>);

macro_rules! forward {
    ($($visit:ident: $ty:ty),*) => {
        $(fn $visit<E: serde::de::Error>(self, value: $ty) -> Result<Self::Value, E> {
            T::deserialize(Present(value.into_deserializer())).map(Fact::Known)
        })*
    };
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for FactVisitor<T> {
    type Value = Fact<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, null or {\"$unknown\": …}")
    }

    forward!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str, visit_string: String);

    fn visit_unit<E: serde::de::Error>(self) -> Result<Fact<T>, E> {
        T::deserialize(().into_deserializer()).map(Fact::Known)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Fact<T>, A::Error> {
        T::deserialize(Present(SeqAccessDeserializer::new(seq))).map(Fact::Known)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fact<T>, A::Error> {
        let first: Option<String> = map.next_key()?;
        if first.as_deref() == Some(UNKNOWN) {
            let why = map.next_value()?;
            return match map.next_key::<String>()? {
                None => Ok(Fact::Unknown(why)),
                Some(key) => Err(serde::de::Error::custom(format!(
                    "unexpected field \"{key}\" beside \"$unknown\""
                ))),
            };
        }
        T::deserialize(Present(MapAccessDeserializer::new(Rejoined { first, map })))
            .map(Fact::Known)
    }
}

/// A value that is there: what serde's own value deserializers don't say to an `Option`.
struct Present<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Present<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// A map access that gives back the key we looked at.
struct Rejoined<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rejoined<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed
                .deserialize(StrDeserializer::<A::Error>::new(&key))
                .map(Some),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

impl<T: Serialize> Serialize for Listed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(missing) = &self.missing else {
            return self.items.serialize(serializer);
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry(PARTIAL, missing)?;
        map.serialize_entry("items", &self.items)?;
        map.end()
    }
}

/// A list of which some elements could not be read.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct PartialList<T> {
    #[serde(rename = "$partial")]
    missing: Why,
    items: Vec<T>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Listed<T>, D::Error> {
        struct ListedVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListedVisitor<T> {
            type Value = Listed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or {\"$partial\": …, \"items\": […]}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Listed<T>, A::Error> {
                let items = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(Listed::complete(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Listed<T>, A::Error> {
                let partial = PartialList::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Listed {
                    items: partial.items,
                    missing: Some(partial.missing),
                })
            }
        }
        deserializer.deserialize_any(ListedVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Fact<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("FactOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (known, why) = (
            generator.subschema_for::<T>(),
            generator.subschema_for::<Why>(),
        );
        let unknown = json_schema!({
            "type": "object", "properties": { UNKNOWN: why }, "required": [UNKNOWN], "additionalProperties": false
        });
        json_schema!({ "anyOf": [known, unknown] })
    }
}

impl<T: JsonSchema> JsonSchema for Listed<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<Vec<T>>();
        let partial = generator.subschema_for::<PartialList<T>>();
        json_schema!({ "anyOf": [items, partial] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T: Serialize + serde::de::DeserializeOwned + PartialEq + fmt::Debug>(
        json: &str,
        value: &T,
    ) {
        assert_eq!(&serde_json::from_str::<T>(json).expect("reads"), value);
        assert_eq!(serde_json::to_string(value).expect("writes"), json);
    }

    #[test]
    fn four_states_survive_the_file() {
        let denied = Why::from_call(Reason::Denied, Operation::DescribeTimeToLive);
        round_trip("7", &Fact::Known(7u64));
        round_trip("null", &Fact::<Option<u64>>::Known(None));
        round_trip("8", &Fact::<Option<u64>>::Known(Some(8)));
        round_trip(
            r#"{"$unknown":{"reason":"denied","action":"dynamodb:DescribeTimeToLive"}}"#,
            &Fact::<u64>::Unknown(denied.clone()),
        );
        round_trip(
            r#"{"$partial":{"reason":"throttled"},"items":[1,2]}"#,
            &Fact::Known(Listed {
                items: vec![1u64, 2],
                missing: Some(Why::of(Reason::Throttled)),
            }),
        );
        round_trip("[1]", &Fact::Known(Listed::complete(vec![1u64])));
        round_trip(
            r#"{"reason":"denied"}"#,
            &Fact::Known(Why::of(Reason::Denied)),
        );
    }

    #[test]
    fn null_is_no_value_of_a_fact_that_is_always_there() {
        assert!(serde_json::from_str::<Fact<u64>>("null").is_err());
        assert!(serde_json::from_str::<Fact<Listed<u64>>>("null").is_err());
    }

    #[test]
    fn a_mistake_inside_a_fact_keeps_its_place() {
        let error = serde_json::from_str::<Fact<Why>>("{\n \"reason\": \"nope\"\n}")
            .expect_err("no such reason");
        assert_eq!((error.line(), error.column()), (2, 17));
    }
}
