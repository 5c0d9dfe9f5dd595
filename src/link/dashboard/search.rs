//! Whether a search expression of a dashboard finds a metric of a table ("CloudWatch search expression syntax").
//!
//! Three-valued: exact terms decide, partial ones only where they surely match or surely don't. Words are matched by tokens,
//! whose making AWS describes only by example.

/// A metric that a search may find.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought<'a> {
    pub(super) metric: &'a str,
    /// `None`: of any table. What is found or not found then, is so for each.
    pub(super) table: Option<&'a str>,
    /// Names of its dimensions, sorted.
    pub(super) dimensions: &'a [&'a str],
}

/// An expression that finds metrics, read once for all tables.
#[derive(Debug)]
pub(super) enum Search<'a> {
    /// A query of Metrics Insights.
    Query(&'a str),
    /// The searches of an expression of metric math; `None` for one that can't be read.
    Searches(Vec<Option<One<'a>>>),
}

/// One search: `SEARCH('{schema} terms', 'Sum', 60)`.
#[derive(Debug)]
pub(super) struct One<'a> {
    schema: Option<Schema<'a>>,
    /// `None` where a quote is left open.
    terms: Option<Vec<Token<'a>>>,
}

#[derive(Debug)]
struct Schema<'a> {
    namespace: &'a str,
    /// Names of dimensions, sorted.
    dimensions: Vec<&'a str>,
}

impl<'a> Search<'a> {
    /// Reads an expression.
    pub(super) fn new(expression: &'a str) -> Search<'a> {
        let is_query = expression
            .trim_start()
            .get(..6)
            .is_some_and(|it| it.eq_ignore_ascii_case("SELECT"));
        if is_query {
            return Search::Query(expression);
        }
        let searches = expression.match_indices("SEARCH(");
        let searches = searches.map(|(at, found)| One::new(&expression[at + found.len()..]));
        Search::Searches(searches.collect())
    }

    /// Whether it finds the metric; `None` where that can't be told.
    pub(super) fn finds(&self, sought: Sought<'_>) -> Option<bool> {
        match self {
            Search::Query(expression) => query_finds(expression, sought),
            Search::Searches(searches) => {
                let each = searches.iter();
                let each = each.map(|one| one.as_ref().and_then(|one| one.finds(sought)));
                each.fold(Some(false), or)
            }
        }
    }
}

fn or(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

fn and(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    or(one.map(|it| !it), other.map(|it| !it)).map(|it| !it)
}

/// A query of Metrics Insights: its groups are tables only where it groups by them.
fn query_finds(expression: &str, sought: Sought<'_>) -> Option<bool> {
    if !expression.contains(sought.metric) || !expression.contains("AWS/DynamoDB") {
        return Some(false);
    }
    let words: Vec<String> = expression
        .split_whitespace()
        .map(str::to_ascii_uppercase)
        .collect();
    let has = |word: &str| words.iter().any(|it| it == word);
    let groups = words
        .windows(3)
        .any(|it| it[0] == "GROUP" && it[1] == "BY" && it[2] == "TABLENAME");
    let names_metric = expression.contains(&format!("({})", sought.metric));
    (groups && names_metric && !has("WHERE") && !has("LIMIT")).then_some(true)
}

impl<'a> One<'a> {
    /// From behind its opening bracket: `'{schema} terms', 'Sum', 60)…`.
    fn new(rest: &'a str) -> Option<One<'a>> {
        let inner = rest.trim_start().strip_prefix('\'')?;
        let (inner, _) = inner.split_once('\'')?;
        let (schema, terms) = match inner.trim_start().strip_prefix('{') {
            Some(rest) => rest
                .split_once('}')
                .map(|(schema, terms)| (Some(Schema::new(schema)), terms))?,
            None => (None, inner),
        };
        let terms = tokens(terms);
        Some(One { schema, terms })
    }

    fn finds(&self, sought: Sought<'_>) -> Option<bool> {
        let of_schema = Some(self.schema.as_ref().is_none_or(|it| it.fits(sought)));
        let tokens = self.terms.as_deref()?;
        if tokens.is_empty() {
            return of_schema;
        }
        let mut parser = Parser {
            tokens,
            at: 0,
            sought,
        };
        let of_terms = parser.any();
        let of_terms = if parser.at == parser.tokens.len() {
            of_terms
        } else {
            None
        };
        and(of_schema, of_terms)
    }
}

impl<'a> Schema<'a> {
    fn new(schema: &'a str) -> Schema<'a> {
        let mut parts = schema.split(',').map(|it| it.trim().trim_matches('"'));
        let namespace = parts.next().unwrap_or_default();
        let mut dimensions: Vec<&str> = parts.collect();
        dimensions.sort_unstable();
        Schema {
            namespace,
            dimensions,
        }
    }

    /// Whether it is exactly the metric's namespace and dimensions.
    fn fits(&self, sought: Sought<'_>) -> bool {
        self.namespace == "AWS/DynamoDB" && self.dimensions == sought.dimensions
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Open,
    Close,
    And,
    Or,
    Not,
    Equals,
    /// A word, and whether it stands in quotes.
    Word(&'a str, bool),
}

/// The tokens of the terms; `None` where a quote is left open.
fn tokens(terms: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut rest = terms.trim_start();
    while let Some(first) = rest.chars().next() {
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '=' => Some(Token::Equals),
            _ => None,
        };
        if let Some(token) = single {
            tokens.push(token);
            rest = rest[1..].trim_start();
        } else if first == '"' {
            let (word, after) = rest[1..].split_once('"')?;
            tokens.push(Token::Word(word, true));
            rest = after.trim_start();
        } else {
            let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '=' | '"');
            let end = rest.find(ends).unwrap_or(rest.len());
            tokens.push(match &rest[..end] {
                "AND" => Token::And,
                "OR" => Token::Or,
                "NOT" => Token::Not,
                word => Token::Word(word, false),
            });
            rest = rest[end..].trim_start();
        }
    }
    Some(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    sought: Sought<'a>,
}

impl Parser<'_> {
    fn next_is(&mut self, token: &Token<'_>) -> bool {
        let is = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> Option<bool> {
        let mut holds = self.all();
        while self.next_is(&Token::Or) {
            let other = self.all();
            holds = or(holds, other);
        }
        holds
    }

    /// Terms side by side must all match.
    fn all(&mut self) -> Option<bool> {
        let mut holds = self.term();
        loop {
            let joined = self.next_is(&Token::And);
            match self.tokens.get(self.at) {
                Some(Token::Word(..) | Token::Open | Token::Not) => {
                    let other = self.term();
                    holds = and(holds, other);
                }
                _ => return if joined { None } else { holds },
            }
        }
    }

    fn term(&mut self) -> Option<bool> {
        if self.next_is(&Token::Not) {
            return self.term().map(|it| !it);
        }
        if self.next_is(&Token::Open) {
            let holds = self.any();
            return if self.next_is(&Token::Close) {
                holds
            } else {
                None
            };
        }
        let Some(Token::Word(word, quoted)) = self.tokens.get(self.at).copied() else {
            return None;
        };
        self.at += 1;
        if self.next_is(&Token::Equals) {
            return self.designated(word);
        }
        let of_table = self.sought.table.and_then(|table| partly(table, word));
        let texts = [self.sought.metric, "AWS/DynamoDB"];
        let dimensions = self.sought.dimensions.iter().copied();
        let matches = texts
            .into_iter()
            .chain(dimensions)
            .map(|text| partly(text, word))
            .chain(std::iter::once(of_table));
        // Values of further dimensions are not known here.
        let others = (self.sought.dimensions.len() > 1 || quoted).then_some(None);
        matches.chain(others).fold(Some(false), or)
    }

    /// `MetricName="…"`, `TableName=(a OR b)`: of one property.
    fn designated(&mut self, property: &str) -> Option<bool> {
        let text = match property {
            "MetricName" => Some(self.sought.metric),
            "TableName" => self.sought.table,
            "Namespace" => Some("AWS/DynamoDB"),
            _ => None,
        };
        if self.next_is(&Token::Open) {
            let mut holds = self.value(text);
            while self.next_is(&Token::Or) {
                let other = self.value(text);
                holds = or(holds, other);
            }
            return if self.next_is(&Token::Close) {
                holds
            } else {
                None
            };
        }
        self.value(text)
    }

    fn value(&mut self, text: Option<&str>) -> Option<bool> {
        let Some(Token::Word(word, quoted)) = self.tokens.get(self.at).copied() else {
            return None;
        };
        self.at += 1;
        let text = text?;
        if quoted {
            Some(text == word)
        } else {
            partly(text, word)
        }
    }
}

/// Whether a partial term matches a text: surely where they are the same, surely not where the letters are not even in it.
fn partly(text: &str, word: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case(word) {
        return Some(true);
    }
    if has_letters(text.as_bytes(), word.as_bytes()) {
        None
    } else {
        Some(false)
    }
}

/// Whether the letters and digits of a word stand in a text, one behind the other.
fn has_letters(text: &[u8], word: &[u8]) -> bool {
    let letters = |it: &[u8]| {
        let letters = it.iter().copied().filter(u8::is_ascii_alphanumeric);
        letters
            .map(|it| it.to_ascii_lowercase())
            .collect::<Vec<u8>>()
    };
    let wanted = letters(word);
    wanted.is_empty() || letters(text).windows(wanted.len()).any(|it| it == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_what_its_schema_and_terms_name() {
        let sought = Sought {
            metric: "ReadThrottleEvents",
            table: Some("orders"),
            dimensions: &["TableName"],
        };
        for (search, expected) in [
            (
                "{AWS/DynamoDB,TableName} MetricName=\"ReadThrottleEvents\"",
                Some(true),
            ),
            ("{AWS/DynamoDB,TableName} ReadThrottleEvents", Some(true)),
            ("{AWS/DynamoDB, TableName}", Some(true)),
            (
                "{AWS/DynamoDB,TableName} MetricName=\"WriteThrottleEvents\"",
                Some(false),
            ),
            (
                "{AWS/DynamoDB,TableName,Operation} MetricName=\"ReadThrottleEvents\"",
                Some(false),
            ),
            ("{AWS/EC2,InstanceId} ReadThrottleEvents", Some(false)),
            (
                "{AWS/DynamoDB,TableName} TableName=\"orders\" MetricName=\"ReadThrottleEvents\"",
                Some(true),
            ),
            (
                "{AWS/DynamoDB,TableName} TableName=\"users\" MetricName=\"ReadThrottleEvents\"",
                Some(false),
            ),
            (
                "{AWS/DynamoDB,TableName} TableName=(\"users\" OR \"orders\") ReadThrottleEvents",
                Some(true),
            ),
            (
                "{AWS/DynamoDB,TableName} NOT TableName=\"orders\" ReadThrottleEvents",
                Some(false),
            ),
            (
                "{AWS/DynamoDB,TableName} (MetricName=\"x\" OR MetricName=\"ReadThrottleEvents\") orders",
                Some(true),
            ),
            ("{AWS/DynamoDB,TableName} Throttle", None),
            ("{AWS/DynamoDB,TableName} billing", Some(false)),
            (
                "{AWS/DynamoDB,TableName} :aws.AccountId=\"1\" ReadThrottleEvents",
                None,
            ),
            (
                "Namespace=\"AWS/DynamoDB\" MetricName=\"ReadThrottleEvents\"",
                Some(true),
            ),
            ("{AWS/DynamoDB,TableName} (ReadThrottleEvents", None),
        ] {
            let expression = format!("SUM(SEARCH('{search}', 'Sum', 60))");
            assert_eq!(Search::new(&expression).finds(sought), expected, "{search}");
        }
        let select = "SELECT SUM(ReadThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", TableName)";
        for (query, expected) in [
            (format!("{select} GROUP BY TableName"), Some(true)),
            (select.to_owned(), None),
            (
                format!("{select} WHERE TableName = 'x' GROUP BY TableName"),
                None,
            ),
        ] {
            assert_eq!(Search::new(&query).finds(sought), expected, "{query}");
        }
    }

    #[test]
    fn what_is_found_of_any_table_is_found_of_each() {
        let of = |table| Sought {
            metric: "ReadThrottleEvents",
            table,
            dimensions: &["TableName"],
        };
        for (search, expected) in [
            ("{AWS/DynamoDB,TableName} ReadThrottleEvents", Some(true)),
            ("{AWS/DynamoDB,TableName} WriteThrottleEvents orders", None),
            (
                "{AWS/DynamoDB,TableName} MetricName=\"WriteThrottleEvents\" orders",
                Some(false),
            ),
            ("{AWS/EC2,InstanceId} orders", Some(false)),
            ("{AWS/DynamoDB,TableName} orders", None),
            ("{AWS/DynamoDB,TableName} TableName=\"orders\"", None),
            ("{AWS/DynamoDB,TableName} NOT TableName=\"orders\"", None),
            ("{AWS/DynamoDB,TableName} (orders", None),
        ] {
            let expression = format!("SEARCH('{search}', 'Sum', 60)");
            let search = Search::new(&expression);
            let any = search.finds(of(None));
            assert_eq!(any, expected, "{expression}");
            for table in ["orders", "orders-old", "users"] {
                let one = search.finds(of(Some(table)));
                assert!(any.is_none() || any == one, "{expression}: {table}");
            }
        }
    }
}
