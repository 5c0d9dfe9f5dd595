//! The body of a dashboard: which metrics its widgets show ("Dashboard body structure and syntax", CloudWatch API
//! reference). Notes, logs and widgets of other services are passed over, and never kept.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::snapshot::dashboard::{DashboardContent, DashboardVariable, ShownMetric, ShownSearch};

/// The namespaces whose metrics are kept: those of tables, and of what reads their streams.
const KEPT: [&str; 2] = ["AWS/DynamoDB", "AWS/Lambda"];

/// What the widgets of a dashboard show, in any region.
#[derive(Clone, Debug)]
pub(super) struct Body(DashboardContent);

impl Body {
    /// Reads a body; `None` if it is no JSON object with widgets, which AWS takes no other.
    pub(super) fn read(text: &str) -> Option<Body> {
        let body: Value = serde_json::from_str(text).ok()?;
        let widgets = body.get("widgets")?.as_array()?;
        let mut content = DashboardContent {
            metrics: Vec::new(),
            searches: Vec::new(),
            alarms: Vec::new(),
            variables: variables(&body),
            unmodelled: Vec::new(),
        };
        for widget in widgets {
            read_widget(widget, &mut content);
        }
        content.alarms.sort();
        content.alarms.dedup();
        content.unmodelled.sort();
        content.unmodelled.dedup();
        Some(Body(content))
    }

    /// What it shows of a region. What names no region may be of any.
    pub(super) fn of_region(self, region: &str) -> DashboardContent {
        let is_here = |it: &Option<String>| it.as_deref().is_none_or(|it| it == region);
        let mut content = self.0;
        // A viewer who may choose the region sees every region.
        let chosen = |it: &DashboardVariable| it.property.as_deref() == Some("region");
        if !content.variables.iter().any(chosen) {
            content.metrics.retain(|it| is_here(&it.region));
            content.searches.retain(|it| is_here(&it.region));
        }
        content
    }
}

fn text(of: &Map<String, Value>, key: &str) -> Option<String> {
    of.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn variables(body: &Value) -> Vec<DashboardVariable> {
    let all = body.get("variables").and_then(Value::as_array);
    let read = |variable: &Value| {
        let variable = variable.as_object()?;
        let is_property = variable.get("type").and_then(Value::as_str) == Some("property");
        let values = variable.get("values").and_then(Value::as_array);
        let value = |it: &Value| it.get("value").and_then(Value::as_str).map(str::to_owned);
        Some(DashboardVariable {
            property: text(variable, "property").filter(|_| is_property),
            values: values.into_iter().flatten().filter_map(value).collect(),
        })
    };
    all.into_iter().flatten().filter_map(read).collect()
}

fn read_widget(widget: &Value, content: &mut DashboardContent) {
    let kind = widget
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let properties = widget.get("properties").and_then(Value::as_object);
    match (kind, properties) {
        ("metric", Some(properties)) => read_metric_widget(properties, content),
        ("text" | "log" | "alarm" | "trace", _) => {}
        ("explorer", Some(properties)) => {
            // It shows the tables that have certain tags.
            let metrics = properties.get("metrics").map(Value::to_string);
            if metrics.is_none_or(|it| it.contains("AWS::DynamoDB::")) {
                content.unmodelled.push(kind.to_owned());
            }
        }
        (kind, _) => content.unmodelled.push(kind.to_owned()),
    }
}

fn read_metric_widget(properties: &Map<String, Value>, content: &mut DashboardContent) {
    let annotations = properties.get("annotations");
    let alarms = annotations
        .and_then(|it| it.get("alarms"))
        .and_then(Value::as_array);
    let alarms = alarms.into_iter().flatten().filter_map(Value::as_str);
    content.alarms.extend(alarms.map(str::to_owned));
    let rows = properties.get("metrics").and_then(Value::as_array);
    let rows: Vec<Row> = read_rows(rows.map_or(&[], Vec::as_slice));
    let region = text(properties, "region");
    let account = text(properties, "accountId");
    for row in &rows {
        let region = text(&row.options, "region").or_else(|| region.clone());
        let account = text(&row.options, "accountId").or_else(|| account.clone());
        if !row.is_shown(&rows) {
            continue;
        }
        if let Some(expression) = row.search() {
            content.searches.push(ShownSearch {
                expression,
                region,
                account,
            });
        } else if let Some((namespace, metric, dimensions)) = row.metric() {
            content.metrics.push(ShownMetric {
                namespace,
                metric,
                dimensions,
                region,
                account,
            });
        }
    }
}

/// A row of a widget's metrics: namespace, name, dimension names and values, what is rendered how.
struct Row {
    words: Vec<String>,
    options: Map<String, Value>,
}

/// Reads rows. A `.` is the word above it, `...` as many words above as the row lacks.
fn read_rows(rows: &[Value]) -> Vec<Row> {
    let mut read: Vec<Row> = Vec::new();
    let mut above: Vec<String> = Vec::new();
    for row in rows.iter().filter_map(Value::as_array) {
        let options = row.last().and_then(Value::as_object).cloned();
        let given: Vec<&str> = row.iter().filter_map(Value::as_str).collect();
        let words = expanded(&given, &above);
        // Expressions have no words, and are not what the row below them repeats.
        if !words.is_empty() {
            above.clone_from(&words);
        }
        read.push(Row {
            words,
            options: options.unwrap_or_default(),
        });
    }
    read
}

fn expanded(given: &[&str], above: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    for word in given {
        match *word {
            "..." => {
                let missing = (above.len() + 1).saturating_sub(given.len());
                let from = words.len();
                words.extend(above.iter().skip(from).take(missing).cloned());
            }
            "." => words.extend(above.get(words.len()).cloned()),
            word => words.push(word.to_owned()),
        }
    }
    words
}

impl Row {
    /// Whether the row is drawn: visible itself, or a term of an expression that is.
    fn is_shown(&self, rows: &[Row]) -> bool {
        let id = self.options.get("id").and_then(Value::as_str);
        let uses = |row: &&Row| row.is_visible() && row.expression().is_some();
        let mut expressions = rows.iter().filter(uses).filter_map(Row::expression);
        self.is_visible() || expressions.any(|it| it.contains("METRICS(") || names(it, id))
    }

    fn is_visible(&self) -> bool {
        self.options.get("visible").and_then(Value::as_bool) != Some(false)
    }

    fn expression(&self) -> Option<&str> {
        self.options.get("expression").and_then(Value::as_str)
    }

    /// An expression that finds metrics by itself; others draw rows that stand beside them.
    fn search(&self) -> Option<String> {
        let expression = self.expression()?;
        let is_query = expression
            .trim_start()
            .get(..6)
            .is_some_and(|it| it.eq_ignore_ascii_case("SELECT"));
        let of_ours = KEPT.iter().any(|it| expression.contains(it));
        let of_all = expression.contains("SEARCH(") && !expression.contains("AWS/");
        ((is_query || expression.contains("SEARCH(")) && (of_ours || of_all))
            .then(|| expression.to_owned())
    }

    fn metric(&self) -> Option<(String, String, BTreeMap<String, String>)> {
        let [namespace, metric, dimensions @ ..] = self.words.as_slice() else {
            return None;
        };
        if !KEPT.contains(&namespace.as_str()) || dimensions.len() % 2 != 0 {
            return None;
        }
        let pairs = dimensions.chunks_exact(2);
        let pairs = pairs.map(|pair| (pair[0].clone(), pair[1].clone()));
        Some((namespace.clone(), metric.clone(), pairs.collect()))
    }
}

/// Whether an expression names an id as a whole word.
fn names(expression: &str, id: Option<&str>) -> bool {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    id.is_some_and(|id| words.into_iter().any(|word| word == id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(properties: Value) -> DashboardContent {
        let body = json!({"widgets": [
            {"type": "text", "properties": {"markdown": "secret"}},
            {"type": "metric", "properties": properties},
        ]});
        let body = Body::read(&body.to_string()).expect("a body");
        body.of_region("eu-west-1")
    }

    /// `metric dimension=value …` of each metric that is shown.
    fn shown(metrics: Value) -> Vec<String> {
        let content = content(json!({"region": "eu-west-1", "metrics": metrics}));
        let words = |it: &ShownMetric| {
            let dimensions = it
                .dimensions
                .iter()
                .map(|(key, value)| format!(" {key}={value}"));
            it.metric.clone() + &dimensions.collect::<String>()
        };
        content.metrics.iter().map(words).collect()
    }

    #[test]
    fn rows_repeat_what_stands_above_them() {
        let rows = json!([
            ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", "orders", {"stat": "Sum"}],
            [".", "WriteThrottleEvents", ".", "."],
            ["...", "users"],
            [{"expression": "m1 + m2"}],
            ["...", {"stat": "Sum"}],
            [".", "SystemErrors", "...", {"stat": "Sum"}],
            [".", "SuccessfulRequestLatency", ".", "orders", "Operation", "Query"],
            ["...", "GetItem"],
            ["AWS/EC2", "CPUUtilization", "InstanceId", "i-1"],
        ]);
        assert_eq!(
            shown(rows),
            [
                "ReadThrottleEvents TableName=orders",
                "WriteThrottleEvents TableName=orders",
                "WriteThrottleEvents TableName=users",
                "WriteThrottleEvents TableName=users",
                "SystemErrors TableName=users",
                "SuccessfulRequestLatency Operation=Query TableName=orders",
                "SuccessfulRequestLatency Operation=GetItem TableName=orders",
            ]
        );
    }

    #[test]
    fn a_hidden_metric_is_shown_through_an_expression_that_uses_it() {
        let hidden = |id: &str| json!(["AWS/DynamoDB", "ReadThrottleEvents", "TableName", id, {"id": id, "visible": false}]);
        let rows =
            json!([hidden("m1"), hidden("m10"), [{"expression": "FILL(m1, 0)", "id": "e1"}]]);
        assert_eq!(shown(rows), ["ReadThrottleEvents TableName=m1"]);
        let rows = json!([hidden("m1"), [{"expression": "FILL(m1, 0)", "visible": false}]]);
        assert_eq!(shown(rows), [""; 0]);
    }

    #[test]
    fn other_regions_are_left_out_unless_they_can_be_chosen() {
        let metrics = json!([
            ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", "orders"],
            ["...", {"region": "us-east-1"}],
        ]);
        let properties = json!({"region": "eu-west-1", "metrics": metrics});
        assert_eq!(content(properties.clone()).metrics.len(), 1);
        let body = json!({
            "variables": [{"type": "property", "property": "region", "values": []}],
            "widgets": [{"type": "metric", "properties": properties}],
        });
        let body = Body::read(&body.to_string()).expect("a body");
        assert_eq!(body.of_region("us-east-1").metrics.len(), 2);
    }

    #[test]
    fn searches_are_kept_as_they_are_and_bodies_are_not() {
        let search = "SEARCH('{AWS/DynamoDB,TableName} ReadThrottleEvents', 'Sum')";
        let metrics = json!([[{"expression": search}], [{"expression": "m1 * 2"}], [{"expression": "SEARCH('{AWS/EC2} x', 'Sum')"}]]);
        let content = content(json!({"region": "eu-west-1", "metrics": metrics}));
        let expressions: Vec<&str> = content
            .searches
            .iter()
            .map(|it| it.expression.as_str())
            .collect();
        assert_eq!(expressions, [search]);
        assert!(Body::read("not JSON").is_none() && Body::read("{}").is_none());
    }
}
