//! Accounts of many tables, made of the healthy one of the tests: its table of most indexes so many times, and all that
//! belongs to it.

use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Serializer, Value, json};

/// Tables of each account.
pub(crate) const TABLES: usize = 10_000;

/// How much there is beside the tables.
pub(crate) struct Size {
    /// Tables with all the alarms of the model.
    pub(crate) tables_with_alarms: usize,
    /// Recovery points of each table.
    pub(crate) points_a_table: usize,
    /// Dashboards beside the model's; each shows fifty tables.
    pub(crate) dashboards: usize,
    /// Backup plans beside the model's.
    pub(crate) plans: usize,
    /// Vaults beside the model's.
    pub(crate) vaults: usize,
    /// Principals of IAM.
    pub(crate) principals: usize,
}

/// Alarms on one table in ten, and little else.
pub(crate) const FEW: Size = Size {
    tables_with_alarms: TABLES / 10,
    points_a_table: 5,
    dashboards: 0,
    plans: 0,
    vaults: 0,
    principals: 0,
};

/// So much of everything that what looks at all of it for each table would show.
pub(crate) const MUCH: Size = Size {
    tables_with_alarms: TABLES / 5,
    points_a_table: 10,
    dashboards: 200,
    plans: 20,
    vaults: 10,
    principals: 500,
};

const TABLES_A_DASHBOARD: usize = 50;

/// The account as a snapshot in a file.
pub(crate) fn synthetic(size: &Size) -> Vec<u8> {
    let text = include_str!("../../tests/fixtures/snapshots/healthy.json");
    let mut document: Value = serde_json::from_str(text).expect("JSON");
    let region = &mut document["regions"][0];
    let indexes = |table: &&Value| table["indexes"].as_array().map_or(0, Vec::len);
    let tables = region["tables"].as_array().expect("tables");
    let names: Vec<String> = tables.iter().map(name).collect();
    let model = name(tables.iter().max_by_key(indexes).expect("a table"));
    for (list, copies) in [
        ("tables", TABLES),
        ("scaling_targets", TABLES),
        ("scaling_policies", TABLES),
        ("protected_tables", TABLES),
        ("alarms", size.tables_with_alarms),
    ] {
        multiply(&mut region[list], &names, &model, copies);
    }
    for vault in region["vaults"].as_array_mut().expect("vaults") {
        let points = &mut vault["recovery_points"];
        multiply(points, &names, &model, TABLES);
        points_a_table(points, size.points_a_table);
    }
    dashboards(&mut region["dashboards"], size.dashboards);
    again(&mut region["backup_plans"], size.plans, false);
    again(&mut region["vaults"], size.vaults, true);
    again(
        &mut document["iam"][0]["principals"],
        size.principals,
        false,
    );
    in_lines(&document)
}

/// As `snapshot --save` writes it.
fn in_lines(document: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b""));
    document.serialize(&mut writer).expect("JSON");
    bytes
}

fn name(table: &Value) -> String {
    table["name"].as_str().expect("a name").to_owned()
}

fn table_name(copy: usize) -> String {
    format!("table-{copy:05}")
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// What names the model once for each copy, in place of what names any table.
fn multiply(list: &mut Value, names: &[String], model: &str, copies: usize) {
    let Some(items) = list.as_array_mut() else {
        return;
    };
    let texts: Vec<String> = items.iter().map(Value::to_string).collect();
    let of_model: Vec<&String> = texts.iter().filter(|text| text.contains(model)).collect();
    let of_none = |text: &&String| !names.iter().any(|name| text.contains(name.as_str()));
    let mut made: Vec<Value> = texts
        .iter()
        .filter(of_none)
        .map(|text| read(text))
        .collect();
    for copy in 0..copies {
        let name = table_name(copy);
        made.extend(
            of_model
                .iter()
                .map(|text| read(&text.replace(model, &name))),
        );
    }
    *items = made;
}

/// So many recovery points of each table: each of the vault again, as often as it takes.
fn points_a_table(points: &mut Value, wanted: usize) {
    let items = points.as_array_mut().expect("recovery points");
    let times = (wanted * TABLES).div_ceil(items.len());
    let once = items.clone();
    for time in 1..times {
        items.extend(once.iter().cloned().map(|mut point| {
            point["arn"] = json!(format!("{}-{time}", point["arn"].as_str().expect("an ARN")));
            point
        }));
    }
}

/// Dashboards that show consumed and throttled units of fifty tables each.
fn dashboards(list: &mut Value, wanted: usize) {
    let items = list.as_array_mut().expect("dashboards");
    let model = items[0].clone();
    for number in 0..wanted {
        let metric = |table: usize, metric: &str| {
            json!({"namespace": "AWS/DynamoDB", "metric": metric, "region": "eu-west-1", "account": null,
                "dimensions": {"TableName": table_name(table)}})
        };
        let first = number * TABLES_A_DASHBOARD % TABLES;
        let metrics: Vec<Value> = (first..first + TABLES_A_DASHBOARD)
            .flat_map(|table| {
                [
                    metric(table, "ConsumedReadCapacityUnits"),
                    metric(table, "ReadThrottleEvents"),
                ]
            })
            .collect();
        let mut dashboard = model.clone();
        dashboard["name"] = json!(format!("dashboard-{number}"));
        dashboard["content"]["metrics"] = json!(metrics);
        items.push(dashboard);
    }
}

/// The first of a list so many times more, under other names and ARNs; `bare` without recovery points.
fn again(list: &mut Value, wanted: usize, bare: bool) {
    let items = list.as_array_mut().expect("a list");
    for number in 0..wanted {
        let mut copy = items[number % items.len().min(10)].clone();
        for field in ["name", "arn", "id"] {
            if let Some(text) = copy[field].as_str() {
                copy[field] = json!(format!("{text}-{number}"));
            }
        }
        if bare {
            copy["recovery_points"] = json!([]);
        }
        items.push(copy);
    }
}
