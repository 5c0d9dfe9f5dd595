//! Every operator, function, macro and method of the language, as data: the checker looks names up here, and the page of
//! the language is made from the same rows, so that they cannot disagree.

use super::syntax::Operator;
use crate::snapshot::record::Type;

/// A function, macro or method; one row whatever it is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the call of the same name")]
pub enum Call {
    Has,
    OrValue,
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
    Size,
    Min,
    Max,
    Sum,
    Age,
    StartsWith,
    EndsWith,
    Contains,
    Glob,
    Matches,
}

/// What a call stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Nothing: it is a function, `size(x)`.
    Nothing,
    /// A value that may be absent.
    Optional,
    /// A list.
    List,
    /// A map.
    Map,
    /// A text.
    Text,
    /// A time.
    Time,
}

/// A row of the table of calls.
#[derive(Clone, Copy, Debug)]
pub struct CallRow {
    /// Which it is.
    pub call: Call,
    /// Its name.
    pub name: &'static str,
    /// What it can stand behind.
    pub on: &'static [On],
    /// How it is written.
    pub form: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What comes out.
    pub gives: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What it says where something is unknown.
    pub unknown: &'static str,
    /// A condition with it.
    pub example: &'static str,
}

/// The functions, macros and methods. Those of records are in their field tables.
pub const CALLS: &[CallRow] = &[
    CallRow {
        call: Call::Has,
        name: "has",
        on: &[On::Nothing],
        form: "has(x)",
        takes: "a value that may be absent",
        gives: "bool",
        about: "Whether it is there: the same as `x != null`.",
        unknown: "Unknown where `x` could not be read.",
        example: "has(table.stream)",
    },
    CallRow {
        call: Call::OrValue,
        name: "orValue",
        on: &[On::Optional],
        form: "x.orValue(default)",
        takes: "a value that may be absent, and one of its type",
        gives: "the type of `x`",
        about: "`x` where it is there, the default where it is absent.",
        unknown: "Unknown where `x` could not be read: the default stands for what is absent, never for what is unknown.",
        example: "table.pitr.window_days.orValue(0) >= 7",
    },
    CallRow {
        call: Call::All,
        name: "all",
        on: &[On::List],
        form: "list.all(e, condition)",
        takes: "a list",
        gives: "bool",
        about: "Whether the condition is true of every element; true of an empty list.",
        unknown: "False as soon as one element violates it, of a partial list too. Otherwise unknown where an answer is, or where elements are missing.",
        example: "table.indexes.all(index, index.status == \"ACTIVE\")",
    },
    CallRow {
        call: Call::Exists,
        name: "exists",
        on: &[On::List],
        form: "list.exists(e, condition)",
        takes: "a list",
        gives: "bool",
        about: "Whether the condition is true of at least one element; false of an empty list.",
        unknown: "True as soon as one element meets it, of a partial list too. Otherwise unknown where an answer is, or where elements are missing.",
        example: "table.indexes.exists(index, index.backfilling)",
    },
    CallRow {
        call: Call::ExistsOne,
        name: "exists_one",
        on: &[On::List],
        form: "list.exists_one(e, condition)",
        takes: "a list",
        gives: "bool",
        about: "Whether the condition is true of exactly one element.",
        unknown: "False as soon as two elements meet it. Otherwise as if their number were compared with 1.",
        example: "table.indexes.exists_one(index, index.name == \"by-customer\")",
    },
    CallRow {
        call: Call::Filter,
        name: "filter",
        on: &[On::List],
        form: "list.filter(e, condition)",
        takes: "a list",
        gives: "a list of the same type",
        about: "The elements of which the condition is true, in their order.",
        unknown: "An element whose answer is unknown stays in the list as one that perhaps belongs there.",
        example: "table.indexes.filter(index, index.backfilling).size() < 2",
    },
    CallRow {
        call: Call::Map,
        name: "map",
        on: &[On::List],
        form: "list.map(e, value)",
        takes: "a list",
        gives: "a list of the type of the value",
        about: "The value of each element, in their order.",
        unknown: "A value that is unknown stays in the list as such.",
        example: "\"by-customer\" in table.indexes.map(index, index.name)",
    },
    CallRow {
        call: Call::Size,
        name: "size",
        on: &[On::Nothing, On::List, On::Map, On::Text],
        form: "size(x), x.size()",
        takes: "a list, a map or a string",
        gives: "number",
        about: "How many elements, entries or characters it has.",
        unknown: "Of a partial list, or one with elements that perhaps belong there, a number between two bounds: a comparison that both bounds decide is decided.",
        example: "size(table.indexes) <= 20",
    },
    CallRow {
        call: Call::Min,
        name: "min",
        on: &[On::Nothing, On::List],
        form: "min(list), list.min(), min(a, b, …)",
        takes: "numbers, durations or times",
        gives: "their type",
        about: "The least.",
        unknown: "Unknown where any of them is, where elements are missing, and of an empty list.",
        example: "min(table.item_count, 100) < 100",
    },
    CallRow {
        call: Call::Max,
        name: "max",
        on: &[On::Nothing, On::List],
        form: "max(list), list.max(), max(a, b, …)",
        takes: "numbers, durations or times",
        gives: "their type",
        about: "The greatest.",
        unknown: "Unknown where any of them is, where elements are missing, and of an empty list.",
        example: "max(table.indexes.map(index, index.size_bytes)) < 1GB",
    },
    CallRow {
        call: Call::Sum,
        name: "sum",
        on: &[On::Nothing, On::List],
        form: "sum(list), list.sum(), sum(a, b, …)",
        takes: "numbers or durations",
        gives: "their type",
        about: "All of them added up; 0 for an empty list.",
        unknown: "Unknown where any of them is, or where elements are missing.",
        example: "sum(table.indexes.map(index, index.size_bytes)) < table.size_bytes",
    },
    CallRow {
        call: Call::Age,
        name: "age",
        on: &[On::Nothing, On::Time],
        form: "age(t), t.age()",
        takes: "a time",
        gives: "duration",
        about: "How long before the snapshot it was: `now - t`.",
        unknown: "Unknown where `t` is.",
        example: "table.created_at != null && age(table.created_at) > 30d",
    },
    CallRow {
        call: Call::StartsWith,
        name: "startsWith",
        on: &[On::Text],
        form: "s.startsWith(part)",
        takes: "two strings",
        gives: "bool",
        about: "Whether `s` begins with the part, letter by letter.",
        unknown: "Unknown where either is.",
        example: "table.name.startsWith(\"prod-\")",
    },
    CallRow {
        call: Call::EndsWith,
        name: "endsWith",
        on: &[On::Text],
        form: "s.endsWith(part)",
        takes: "two strings",
        gives: "bool",
        about: "Whether `s` ends with the part, letter by letter.",
        unknown: "Unknown where either is.",
        example: "!table.name.endsWith(\"-old\")",
    },
    CallRow {
        call: Call::Contains,
        name: "contains",
        on: &[On::Text],
        form: "s.contains(part)",
        takes: "two strings",
        gives: "bool",
        about: "Whether the part stands anywhere in `s`. Of a list, `in` asks the same.",
        unknown: "Unknown where either is.",
        example: "!table.name.contains(\"tmp\")",
    },
    CallRow {
        call: Call::Glob,
        name: "glob",
        on: &[On::Text],
        form: "s.glob(pattern)",
        takes: "two strings; the pattern is written in the rule",
        gives: "bool",
        about: "Whether the pattern matches all of `s`: `*` any characters, `?` one, `[ab]` one of these, `{a,b}` either.",
        unknown: "Unknown where `s` is.",
        example: "table.name.glob(\"{prod,live}-*\")",
    },
    CallRow {
        call: Call::Matches,
        name: "matches",
        on: &[On::Text],
        form: "s.matches(pattern)",
        takes: "two strings; the pattern is written in the rule",
        gives: "bool",
        about: "Whether the regular expression (RE2's kind) matches anywhere in `s`; `^` and `$` hold it to all of `s`.",
        unknown: "Unknown where `s` is.",
        example: "table.name.matches(r\"^[a-z]+(-[a-z0-9]+)*$\")",
    },
];

/// What people write who know other languages: where, the word, and what to write here.
const ELSEWHERE: &[(On, &str, &str)] = &[
    (On::List, "contains", "write \"x in list\""),
    (On::List, "includes", "write \"x in list\""),
    (On::List, "any", "write .exists(e, condition)"),
    (On::List, "some", "write .exists(e, condition)"),
    (On::List, "every", "write .all(e, condition)"),
    (On::List, "length", "write .size()"),
    (On::List, "len", "write .size()"),
    (
        On::List,
        "count",
        "write .size(), or .filter(e, condition).size()",
    ),
    (On::Map, "has", "write \"key\" in the map"),
    (On::Map, "contains", "write \"key\" in the map"),
    (On::Map, "get", "write [\"key\"]"),
    (On::Map, "length", "write .size()"),
    (On::Text, "length", "write .size()"),
    (On::Text, "like", "write .glob(pattern)"),
    (On::Text, "match", "write .matches(pattern)"),
    (On::Nothing, "len", "write size(x)"),
    (On::Nothing, "length", "write size(x)"),
    (On::Nothing, "count", "write size(x)"),
    (
        On::Nothing,
        "duration",
        "write it as it is, with its unit: 24h",
    ),
    (
        On::Nothing,
        "if",
        "a choice is written: condition ? this : that",
    ),
    (
        On::Nothing,
        "not",
        "what must not hold is written: !condition",
    ),
];

/// Words that CEL keeps for itself: no name of a rule's own.
pub const RESERVED: &[&str] = &[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// A row of the table of operators.
#[derive(Clone, Copy, Debug)]
pub struct OperatorRow {
    /// How tightly it binds: 1 binds tightest.
    pub level: u8,
    /// How it is written.
    pub form: &'static str,
    /// The operators between two operands that it tells of.
    pub operators: &'static [Operator],
    /// What it takes and what comes out.
    pub types: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What it says where something is unknown.
    pub unknown: &'static str,
    /// A condition with it.
    pub example: &'static str,
}

/// The operators, those that bind tightest first.
pub const OPERATORS: &[OperatorRow] = &[
    OperatorRow {
        level: 1,
        form: "x.field, x.method(…)",
        operators: &[],
        types: "a record",
        about: "A field of `x`, or what `x` answers.",
        unknown: "Unknown where `x` is.",
        example: "table.pitr.status == \"ENABLED\"",
    },
    OperatorRow {
        level: 1,
        form: "map[\"key\"]",
        operators: &[],
        types: "a map and a string: string",
        about: "The value of a key; it may be absent.",
        unknown: "Unknown where the map is.",
        example: "table.tags[\"team\"].orValue(\"\") != \"\"",
    },
    OperatorRow {
        level: 2,
        form: "!a",
        operators: &[],
        types: "bool: bool",
        about: "Not `a`.",
        unknown: "Unknown where `a` is.",
        example: "!table.deletion_protection",
    },
    OperatorRow {
        level: 2,
        form: "-a",
        operators: &[],
        types: "number or duration",
        about: "0 less `a`.",
        unknown: "Unknown where `a` is.",
        example: "-table.item_count < 0",
    },
    OperatorRow {
        level: 3,
        form: "a * b, a / b",
        operators: PRODUCTS,
        types: "see \"Arithmetic\"",
        about: "Product; quotient, with its fraction.",
        unknown: "Unknown where either is, and where there is no answer.",
        example: "table.item_count / 2 > 0.5",
    },
    OperatorRow {
        level: 4,
        form: "a + b, a - b",
        operators: SUMS,
        types: "see \"Arithmetic\"",
        about: "Sum; difference.",
        unknown: "Unknown where either is, and where there is no answer.",
        example: "table.size_bytes + 4KB < 1GB",
    },
    OperatorRow {
        level: 5,
        form: "a == b, a != b",
        operators: &[Operator::Equal, Operator::NotEqual],
        types: "two of one type, no lists, maps or records; a word of a set with a string: bool",
        about: "Whether they are equal; whether they differ. Beside `null`, whether a value is absent.",
        unknown: "Unknown where either is. A word of AWS that this version does not know equals itself, and differs from no other for sure.",
        example: "table.status == \"ACTIVE\"",
    },
    OperatorRow {
        level: 5,
        form: "a < b, a <= b, a > b, a >= b",
        operators: &[
            Operator::Less,
            Operator::AtMost,
            Operator::More,
            Operator::AtLeast,
        ],
        types: "two numbers, two durations or two times: bool",
        about: "Less, at most, more, at least. No chains: write `a < b && b < c`.",
        unknown: "Unknown where either is; a number between bounds is compared by its bounds.",
        example: "table.size_bytes >= 4KB",
    },
    OperatorRow {
        level: 5,
        form: "x in list",
        operators: &[Operator::In],
        types: "a value and a list of its type: bool",
        about: "Whether the list has an element that equals `x`.",
        unknown: "True as soon as one element surely equals `x`, of a partial list too; otherwise as `.exists`.",
        example: "table.name in [\"orders\", \"carts\"]",
    },
    OperatorRow {
        level: 5,
        form: "\"key\" in map",
        operators: &[Operator::In],
        types: "a string and a map: bool",
        about: "Whether the map has the key.",
        unknown: "Unknown where the map is.",
        example: "\"team\" in table.tags",
    },
    OperatorRow {
        level: 6,
        form: "a && b",
        operators: &[],
        types: "bool: bool",
        about: "Whether all hold. Looked at from left to right until one is false.",
        unknown: "False as soon as one is false; else unknown where one is.",
        example: "table.deletion_protection && table.status == \"ACTIVE\"",
    },
    OperatorRow {
        level: 7,
        form: "a || b",
        operators: &[],
        types: "bool: bool",
        about: "Whether at least one holds. Looked at from left to right until one is true.",
        unknown: "True as soon as one is true; else unknown where one is.",
        example: "table.deletion_protection || table.item_count == 0",
    },
    OperatorRow {
        level: 8,
        form: "a ? b : c",
        operators: &[],
        types: "bool, and two of one type: that type",
        about: "`b` where `a` is true, `c` where it is false.",
        unknown: "Where `a` is unknown: the value of both where they are equal, else unknown.",
        example: "(table.deletion_protection ? table.size_bytes : 0) < 1TB",
    },
];

/// The operators of products.
pub const PRODUCTS: &[Operator] = &[Operator::Times, Operator::Over];
/// The operators of sums.
pub const SUMS: &[Operator] = &[Operator::Plus, Operator::Minus];
/// The operators that compare.
pub const COMPARISONS: &[Operator] = &[
    Operator::Equal,
    Operator::NotEqual,
    Operator::Less,
    Operator::AtMost,
    Operator::More,
    Operator::AtLeast,
    Operator::In,
];

/// The types that `+ - * /` take, and what comes out.
pub const ARITHMETIC: &[(Type, &[Operator], Type, Type)] = &[
    (
        Type::Number,
        &[
            Operator::Plus,
            Operator::Minus,
            Operator::Times,
            Operator::Over,
        ],
        Type::Number,
        Type::Number,
    ),
    (Type::Duration, SUMS, Type::Duration, Type::Duration),
    (Type::Duration, PRODUCTS, Type::Number, Type::Duration),
    (
        Type::Duration,
        &[Operator::Over],
        Type::Duration,
        Type::Number,
    ),
    (
        Type::Number,
        &[Operator::Times],
        Type::Duration,
        Type::Duration,
    ),
    (Type::Time, SUMS, Type::Duration, Type::Time),
    (Type::Time, &[Operator::Minus], Type::Time, Type::Duration),
    (Type::Duration, &[Operator::Plus], Type::Time, Type::Time),
];

/// Seconds of each unit of time.
pub const TIMES: &[(&str, f64)] = &[
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
    ("w", 604_800.0),
];

/// Bytes of each unit of size.
pub const SIZES: &[(&str, f64)] = &[
    ("B", 1.0),
    ("KB", 1024.0),
    ("MB", 1_048_576.0),
    ("GB", 1_073_741_824.0),
    ("TB", 1_099_511_627_776.0),
];

/// What `+ - * /` make of two types; nothing where they don't go together.
pub(super) fn arithmetic(operator: Operator, a: &Type, b: &Type) -> Option<Type> {
    let row = ARITHMETIC.iter().find(|(left, operators, right, _)| {
        left == a && right == b && operators.contains(&operator)
    })?;
    Some(row.3.clone())
}

/// The call of this name.
pub(super) fn call(on: On, name: &str) -> Option<&'static CallRow> {
    of(on).find(|row| row.name == name)
}

/// The calls behind such a value.
pub(super) fn of(on: On) -> impl Iterator<Item = &'static CallRow> {
    CALLS.iter().filter(move |row| row.on.contains(&on))
}

/// What to write for a word of another language.
pub(super) fn elsewhere(on: On, name: &str) -> Option<&'static str> {
    let found = ELSEWHERE
        .iter()
        .find(|(of, word, _)| *of == on && *word == name);
    found.map(|(_, _, hint)| *hint)
}

impl On {
    /// What a value of this type is.
    pub(super) fn of(ty: &Type) -> Option<On> {
        match ty {
            Type::List(_) => Some(On::List),
            Type::Map => Some(On::Map),
            Type::Text => Some(On::Text),
            Type::Time => Some(On::Time),
            Type::Bool | Type::Number | Type::Duration | Type::Choice(_) | Type::Record(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_operators_tells_of_each_one_where_the_parser_has_it() {
        for (level, parsed) in [(3, PRODUCTS), (4, SUMS), (5, COMPARISONS)] {
            let rows = OPERATORS.iter().filter(|row| row.level == level);
            let told: Vec<Operator> = rows.flat_map(|row| row.operators.iter().copied()).collect();
            assert!(parsed.iter().all(|operator| told.contains(operator)));
            assert!(told.iter().all(|operator| parsed.contains(operator)));
        }
        for row in OPERATORS {
            for operator in row.operators {
                assert!(row.form.contains(operator.sign()), "{}", row.form);
            }
        }
        assert!(OPERATORS.is_sorted_by_key(|row| row.level));
    }

    #[test]
    fn each_form_names_its_call_and_words_of_elsewhere_are_not_ours() {
        for row in CALLS {
            assert!(row.form.contains(row.name) && row.example.contains(row.name));
        }
        for (on, word, _) in ELSEWHERE {
            assert!(call(*on, word).is_none(), "{word}");
        }
    }
}
