//! The conditions of a statement: operators, and what a missing key means to them.

/// One condition: an operator, a key and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How a key with several values is compared; `None` for a key with one.
    pub quantifier: Option<Quantifier>,
    /// The comparison.
    pub operator: Operator,
    /// Whether it holds where the key is missing.
    pub if_exists: bool,
    /// The key, as written; its case does not count.
    pub key: String,
    /// The values, any of which will do; for an inverted operator none may.
    pub values: Vec<String>,
}

/// How the values of a request are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// Each value of the request must match; holds where the key is missing.
    ForAllValues,
    /// One value of the request must match.
    ForAnyValue,
}

macro_rules! operators {
    ($( $name:ident $opposite:literal, )*) => {
        /// A comparison.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is IAM's operator of the same name")]
        pub enum Operator { $( $name, )* }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Operator] = &[ $( Operator::$name, )* ];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $( Operator::$name => stringify!($name), )* }
            }

            /// Whether it holds for all values but those listed, and where the key is missing.
            pub fn is_inverted(self) -> bool {
                match self { $( Operator::$name => $opposite, )* }
            }
        }
    };
}

operators! {
    StringEquals false,
    StringNotEquals true,
    StringEqualsIgnoreCase false,
    StringNotEqualsIgnoreCase true,
    StringLike false,
    StringNotLike true,
    NumericEquals false,
    NumericNotEquals true,
    NumericLessThan false,
    NumericLessThanEquals false,
    NumericGreaterThan false,
    NumericGreaterThanEquals false,
    DateEquals false,
    DateNotEquals true,
    DateLessThan false,
    DateLessThanEquals false,
    DateGreaterThan false,
    DateGreaterThanEquals false,
    Bool false,
    BinaryEquals false,
    IpAddress false,
    NotIpAddress true,
    ArnEquals false,
    ArnLike false,
    ArnNotEquals true,
    ArnNotLike true,
    Null false,
}

impl Operator {
    /// The operator of a word such as `ForAnyValue:StringLikeIfExists`; case does not count. `None` for a word that is
    /// none.
    pub(super) fn parse(word: &str) -> Option<(Option<Quantifier>, Operator, bool)> {
        let lower = word.to_ascii_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::ForAllValues), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::ForAnyValue), rest),
            Some(_) => return None,
            None => (None, lower.as_str()),
        };
        let (name, if_exists) = match rest.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let operator = Operator::ALL
            .iter()
            .find(|operator| operator.name().eq_ignore_ascii_case(name))?;
        // `Null` asks for the key itself, so IAM knows no `NullIfExists`.
        let odd = *operator == Operator::Null && if_exists;
        (!odd).then_some((quantifier, *operator, if_exists))
    }
}

impl Condition {
    /// The operator as IAM writes it, with its prefix and suffix.
    pub fn word(&self) -> String {
        let prefix = match self.quantifier {
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        };
        let suffix = if self.if_exists { "IfExists" } else { "" };
        format!("{prefix}{}{suffix}", self.operator.name())
    }

    /// Whether it is about this key.
    pub fn is_on(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    /// Whether it holds only for requests that carry the key: a positive operator, no `IfExists`, not vacuous.
    pub fn demands_key(&self) -> bool {
        let null = self.operator == Operator::Null;
        let vacuous = self.quantifier == Some(Quantifier::ForAllValues);
        !self.operator.is_inverted() && !self.if_exists && !vacuous && !null
    }

    /// Whether it names fixed values and holds for no request but those that carry one of them.
    pub fn pins(&self) -> bool {
        self.demands_key() && self.is_fixed()
    }

    /// Whether it holds for each request but those that carry one of its fixed values: what a Deny needs to leave only
    /// those.
    pub fn spares_only(&self) -> bool {
        self.operator.is_inverted() && self.quantifier.is_none() && self.is_fixed()
    }

    /// Whether it has values, and none has a wildcard or a variable.
    fn is_fixed(&self) -> bool {
        let open = |value: &String| value.contains(['*', '?']) || value.contains("${");
        !self.values.is_empty() && !self.values.iter().any(open)
    }

    /// What tells it from the other conditions of a statement; the order of printing.
    pub(super) fn place(&self) -> (String, String) {
        (self.word(), self.key.to_ascii_lowercase())
    }
}
