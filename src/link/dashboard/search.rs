//! Whether a search expression of a dashboard finds a metric of a table ("CloudWatch search expression syntax").
//!
//! Three-valued: exact terms decide, partial ones only where they surely match or surely don't. Words are matched by tokens,
//! whose making AWS describes only by example.

/// A metric that a search may find.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sought<'a> {
    pub(super) metric: &'a str,
    pub(super) table: &'a str,
    /// Names of its dimensions, sorted.
    pub(super) dimensions: &'a [&'a str],
}

/// Whether a search or query finds it; `None` where that can't be told.
pub(super) fn finds(expression: &str, sought: Sought<'_>) -> Option<bool> {
    let is_query = expression
        .trim_start()
        .get(..6)
        .is_some_and(|it| it.eq_ignore_ascii_case("SELECT"));
    if is_query {
        return query_finds(expression, sought);
    }
    let mut any = Some(false);
    let mut rest = expression;
    while let Some(at) = rest.find("SEARCH(") {
        rest = &rest[at + "SEARCH(".len()..];
        any = or(any, one_finds(rest, sought));
    }
    any
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

/// A search, from behind its opening bracket: `'{schema} terms', 'Sum', 60)…`.
fn one_finds(rest: &str, sought: Sought<'_>) -> Option<bool> {
    let inner = rest.trim_start().strip_prefix('\'')?;
    let (inner, _) = inner.split_once('\'')?;
    let (schema, terms) = match inner.trim_start().strip_prefix('{') {
        Some(rest) => rest
            .split_once('}')
            .map(|(schema, terms)| (Some(schema), terms))?,
        None => (None, inner),
    };
    let of_schema = schema.map_or(Some(true), |schema| Some(fits(schema, sought)));
    let mut parser = Parser {
        tokens: tokens(terms)?,
        at: 0,
        sought,
    };
    if parser.tokens.is_empty() {
        return of_schema;
    }
    let of_terms = parser.any();
    let of_terms = if parser.at == parser.tokens.len() {
        of_terms
    } else {
        None
    };
    and(of_schema, of_terms)
}

/// Whether the schema is exactly the metric's namespace and dimensions.
fn fits(schema: &str, sought: Sought<'_>) -> bool {
    let mut parts = schema.split(',').map(|it| it.trim().trim_matches('"'));
    let namespace = parts.next() == Some("AWS/DynamoDB");
    let mut dimensions: Vec<&str> = parts.collect();
    dimensions.sort_unstable();
    namespace && dimensions == sought.dimensions
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Equals,
    /// A word, and whether it stands in quotes.
    Word(String, bool),
}

/// The tokens of the terms; `None` where a quote is left open.
fn tokens(terms: &str) -> Option<Vec<Token>> {
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
            tokens.push(Token::Word(word.to_owned(), true));
            rest = after.trim_start();
        } else {
            let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '=' | '"');
            let end = rest.find(ends).unwrap_or(rest.len());
            tokens.push(match &rest[..end] {
                "AND" => Token::And,
                "OR" => Token::Or,
                "NOT" => Token::Not,
                word => Token::Word(word.to_owned(), false),
            });
            rest = rest[end..].trim_start();
        }
    }
    Some(tokens)
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    sought: Sought<'a>,
}

impl Parser<'_> {
    fn next_is(&mut self, token: &Token) -> bool {
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
        let Some(Token::Word(word, quoted)) = self.tokens.get(self.at).cloned() else {
            return None;
        };
        self.at += 1;
        if self.next_is(&Token::Equals) {
            return self.designated(&word);
        }
        let texts = [self.sought.metric, self.sought.table, "AWS/DynamoDB"];
        let dimensions = self.sought.dimensions.iter().copied();
        let matches = texts
            .into_iter()
            .chain(dimensions)
            .map(|text| partly(text, &word));
        // Values of further dimensions are not known here.
        let others = (self.sought.dimensions.len() > 1 || quoted).then_some(None);
        matches.chain(others).fold(Some(false), or)
    }

    /// `MetricName="…"`, `TableName=(a OR b)`: of one property.
    fn designated(&mut self, property: &str) -> Option<bool> {
        let text = match property {
            "MetricName" => Some(self.sought.metric),
            "TableName" => Some(self.sought.table),
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
        let Some(Token::Word(word, quoted)) = self.tokens.get(self.at).cloned() else {
            return None;
        };
        self.at += 1;
        let text = text?;
        if quoted {
            Some(text == word)
        } else {
            partly(text, &word)
        }
    }
}

/// Whether a partial term matches a text: surely where they are the same, surely not where the letters are not even in it.
fn partly(text: &str, word: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case(word) {
        return Some(true);
    }
    let letters = |it: &str| -> String {
        it.chars()
            .filter(|c| c.is_ascii_alphanumeric())
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    if letters(text).contains(&letters(word)) {
        None
    } else {
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_what_its_schema_and_terms_name() {
        let sought = Sought {
            metric: "ReadThrottleEvents",
            table: "orders",
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
            assert_eq!(finds(&expression, sought), expected, "{search}");
        }
        let select = "SELECT SUM(ReadThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", TableName)";
        assert_eq!(
            finds(&format!("{select} GROUP BY TableName"), sought),
            Some(true)
        );
        assert_eq!(finds(select, sought), None);
        assert_eq!(
            finds(
                &format!("{select} WHERE TableName = 'x' GROUP BY TableName"),
                sought
            ),
            None
        );
    }
}
