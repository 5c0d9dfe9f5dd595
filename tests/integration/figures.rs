//! The figures of tables: safe in a page, true to the facts, and small.

use std::collections::{BTreeMap, BTreeSet};

use dynalint::config::Config;
use dynalint::link::Linked;
use dynalint::report::TableKey;
use dynalint::report::figure::{Figure, TableFigures, of_tables};
use dynalint::snapshot::Snapshot;
use roxmltree::{Document, Node};
use serde_json::{Value, json};

use crate::golden::assert_golden;

/// What a page defines for figures.
const CLASSES: [&str; 10] = [
    "fig",
    "fig-spark",
    "fig-line",
    "fig-area",
    "fig-limit",
    "fig-alarm",
    "fig-bad",
    "fig-good",
    "fig-text",
    "fig-faint",
];

fn demo() -> Value {
    serde_json::from_str(include_str!("../../demo/snapshot.json")).expect("JSON")
}

fn denied(operation: &str) -> Value {
    json!({"$unknown": {"reason": "denied", "action": operation}})
}

/// The demo account with `shop-orders` alone, changed.
fn with_orders(change: impl FnOnce(&mut Value, &mut Value)) -> Value {
    let mut demo = demo();
    let region = &mut demo["regions"][0];
    let tables = region["tables"].as_array().expect("tables");
    let named = |it: &&Value| it["name"] == "shop-orders";
    let mut orders = tables.iter().find(named).expect("it has one").clone();
    change(&mut orders, region);
    region["tables"] = json!([orders]);
    demo
}

fn figures_in_order(document: &Value, order: &[TableKey]) -> BTreeMap<TableKey, TableFigures> {
    let snapshot: Snapshot = serde_json::from_value(document.clone()).expect("a snapshot");
    let config = Config::default();
    of_tables(&Linked::new(&snapshot, &config), order)
}

fn figures(document: &Value) -> BTreeMap<TableKey, TableFigures> {
    figures_in_order(document, &[])
}

/// The figures of the one table.
fn of_one(document: &Value) -> TableFigures {
    figures(document).into_values().next().expect("a table")
}

fn all(figures: &BTreeMap<TableKey, TableFigures>) -> Vec<&Figure> {
    fn each(it: &TableFigures) -> Vec<&Figure> {
        let TableFigures {
            sparkline,
            capacity,
            indexes,
            diagram,
        } = it;
        let charts = capacity.iter().chain(indexes);
        sparkline.iter().chain(charts).chain(diagram).collect()
    }
    figures.values().flat_map(each).collect()
}

fn elements<'d>(document: &'d Document<'_>) -> impl Iterator<Item = Node<'d, 'd>> {
    document.descendants().filter(|it| it.is_element())
}

/// What the diagram says of a part: what, and how it stands.
fn said<'f>(figures: &'f TableFigures, part: &str) -> Vec<(&'f str, &'f str)> {
    let diagram = figures.diagram.as_ref().expect("a diagram");
    let of_part = diagram.data.rows.iter().filter(|row| row[0] == part);
    of_part
        .map(|row| (row[1].as_str(), row[2].as_str()))
        .collect()
}

/// The number at the beginning of each move or line of a path: where it is from above, and whether it begins anew.
fn heights(path: &str) -> Vec<f64> {
    let (mut heights, mut rest) = (Vec::new(), path);
    while let Some(at) = rest.find(['M', 'V', 'L']) {
        let is_vertical = rest[at..].starts_with('V');
        rest = &rest[at + 1..];
        let end = rest
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let mut numbers = rest[..end].split(' ');
        let number = if is_vertical {
            numbers.next()
        } else {
            numbers.nth(1)
        };
        heights.push(number.expect("a height").parse().expect("a number"));
    }
    heights
}

/// The paths of a class in a picture.
fn paths(figure: &Figure, class: &str) -> Vec<String> {
    let document = Document::parse(&figure.svg).expect("XML");
    let of_class = elements(&document)
        .filter(|it| it.tag_name().name() == "path" && it.attribute("class") == Some(class));
    of_class
        .map(|it| it.attribute("d").expect("steps").to_owned())
        .collect()
}

/// A table with days, whose answer covers this share of the window.
fn days(daily: &[f64], coverage: f64) -> Value {
    with_orders(|table, _| {
        let consumed = &mut table["usage"]["consumed_reads"];
        consumed["daily"] = json!(daily);
        consumed["coverage"] = json!(coverage);
        consumed["peak_per_s"] = json!(3.0);
        table["usage"]["since"] = json!("2026-11-18T00:00:00Z");
        table["usage"]["until"] = json!("2026-11-23T00:00:00Z");
    })
}

#[test]
fn the_pictures_of_the_demo_are_these() {
    for ((_, _, name), figures) in figures(&demo()) {
        let sparkline = figures.sparkline.expect("it was measured");
        assert_golden(
            &format!("figure/{name}-sparkline.svg"),
            &(sparkline.svg + "\n"),
        );
        let diagram = figures.diagram.expect("there is room");
        assert_golden(&format!("figure/{name}-diagram.svg"), &(diagram.svg + "\n"));
        let rows = diagram.data.rows.iter().map(|row| row.join("\t") + "\n");
        assert_golden(
            &format!("figure/{name}-diagram.tsv"),
            &rows.collect::<String>(),
        );
        for (at, chart) in figures.capacity.iter().chain(&figures.indexes).enumerate() {
            assert_golden(
                &format!("figure/{name}-capacity-{at}.svg"),
                &(chart.svg.clone() + "\n"),
            );
        }
    }
}

#[test]
fn a_picture_is_xml_without_styles_scripts_or_addresses_and_names_only_the_classes_of_pages() {
    let hostile = with_orders(|table, _| {
        let name = "</text><script>alert(1)</script>\u{202e}\u{1b}\"'&]]>";
        table["name"] = json!(name);
        table["indexes"][0]["name"] = json!("<img src=x onerror=alert(1)>");
        table["key_schema"][0]["name"] = json!("\"><svg onload=alert(1)>");
    });
    for document in [demo(), hostile] {
        for figure in all(&figures(&document)) {
            let xml = Document::parse(&figure.svg)
                .unwrap_or_else(|error| panic!("{error}: {}", figure.svg));
            assert!(!figure.svg.contains(['\u{202e}', '\u{1b}']));
            for element in elements(&xml) {
                let name = element.tag_name().name();
                let known = ["svg", "title", "desc", "g", "path", "rect", "text"];
                assert!(known.contains(&name), "{name} in {}", figure.svg);
                for attribute in element.attributes() {
                    let name = attribute.name();
                    assert!(
                        name != "style" && name != "href" && !name.starts_with("on"),
                        "{name}"
                    );
                }
                for class in element.attribute("class").unwrap_or_default().split(' ') {
                    assert!(
                        class.is_empty() || class == "fig-box" || CLASSES.contains(&class),
                        "{class}"
                    );
                }
            }
            let root = xml.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            assert!(root.attribute("viewBox").is_some());
            let title = root.first_element_child().expect("a title");
            assert_eq!(title.tag_name().name(), "title");
            let head = figure.data.head.len();
            assert!(head > 0 && figure.data.rows.iter().all(|row| row.len() == head));
        }
    }
}

#[test]
fn no_two_ids_of_a_page_are_alike_and_every_name_is_there() {
    let mut ids = BTreeSet::new();
    let figures = figures(&demo());
    for figure in all(&figures) {
        let xml = Document::parse(&figure.svg).expect("XML");
        for id in elements(&xml).filter_map(|it| it.attribute("id")) {
            assert!(ids.insert(id.to_owned()), "{id}");
        }
        let named = xml
            .root_element()
            .attribute("aria-labelledby")
            .unwrap_or_default();
        for id in named.split_whitespace() {
            assert!(ids.contains(id), "{id}");
        }
    }
    assert!(ids.len() > 20);
}

#[test]
fn a_day_without_data_is_a_gap_and_an_idle_day_is_not() {
    let daily = [86_400.0, 0.0, 86_400.0, 172_800.0, 86_400.0];
    let (whole, holed) = (of_one(&days(&daily, 1.0)), of_one(&days(&daily, 0.8)));
    let runs = |figures: &TableFigures| {
        let line = &paths(&figures.capacity[0], "fig-line")[0];
        line.matches('M').count()
    };
    assert_eq!((runs(&whole), runs(&holed)), (1, 2));
    let says = |figures: &TableFigures, words: &str| figures.capacity[0].svg.contains(words);
    assert!(!says(&whole, "gap:") && says(&holed, "gap: no data, or nothing consumed"));
    assert!(says(&holed, "data of 80 % of the window"));
    let idle = |figures: &TableFigures| figures.capacity[0].data.rows[1][1].clone();
    assert_eq!(
        (idle(&whole).as_str(), idle(&holed).as_str()),
        ("0", "no data, or nothing")
    );
    let spark =
        |figures: &TableFigures| figures.sparkline.as_ref().expect("one").data.rows[0][0].clone();
    assert!(spark(&holed).contains('?'), "{}", spark(&holed));
}

#[test]
fn all_that_is_drawn_is_inside_the_picture_and_grows_from_zero() {
    for figures in figures(&demo()).values() {
        for chart in figures.capacity.iter().chain(&figures.indexes) {
            for class in ["fig-line", "fig-area", "fig-limit", "fig-alarm"] {
                for height in paths(chart, class).iter().flat_map(|path| heights(path)) {
                    assert!(height >= 12.0, "{class} at {height} in {}", chart.title);
                }
            }
            // What is filled goes down to where 0 stands.
            let area = &paths(chart, "fig-area")[0];
            assert!(area.ends_with('Z') && area.contains("V132H"), "{area}");
        }
        let sparkline = figures.sparkline.as_ref().expect("one");
        let all = paths(sparkline, "fig-alarm").concat() + &paths(sparkline, "fig-line").concat();
        assert!(
            heights(&all).iter().all(|it| (0.0..=24.0).contains(it)),
            "{all}"
        );
    }
}

#[test]
fn the_line_of_an_alarm_is_drawn_in_units_a_second_or_not_at_all() {
    // 4,800 in sums of a minute.
    let orders = of_one(&with_orders(|_, _| {}));
    let rows = &orders.capacity[0].data.rows;
    assert!(
        rows.contains(&vec![
            "alarm shop-orders-consumed-reads".to_owned(),
            "80".to_owned()
        ]),
        "{rows:?}"
    );
    let changed = |field: &str, value: Value| {
        of_one(&with_orders(|_, region| {
            let alarms = region["alarms"].as_array_mut().expect("alarms");
            let named = |it: &&mut Value| it["name"] == "shop-orders-consumed-reads";
            let alarm = alarms.iter_mut().find(named).expect("it has one");
            alarm["metric"][field] = value;
        }))
    };
    let average = changed("statistic", json!("Average"));
    assert!(paths(&average.capacity[0], "fig-alarm").is_empty());
    assert!(
        average.capacity[0]
            .svg
            .contains("1 alarm in other units, not drawn")
    );
    // An alarm on an index, or on dimensions that publish nothing, is none of the table's.
    for dimensions in [
        json!({"TableName": "shop-orders", "GlobalSecondaryIndexName": "GSI1"}),
        json!({"TableName": "shop-orders", "Operation": "Query"}),
    ] {
        let elsewhere = changed("dimensions", dimensions);
        assert!(paths(&elsewhere.capacity[0], "fig-alarm").is_empty());
        assert!(
            elsewhere.capacity[0]
                .svg
                .contains("no alarm on consumed reads")
        );
    }
}

#[test]
fn what_was_not_read_is_a_sentence_with_the_permission() {
    let unread = of_one(&with_orders(|table, _| {
        table["usage"] = denied("cloudwatch:GetMetricData")
    }));
    assert_eq!(unread.sparkline, None);
    let [only] = unread.capacity.as_slice() else {
        panic!("one sentence: {:?}", unread.capacity)
    };
    assert_eq!(
        only.svg,
        r#"<p class="fig-none">What it consumed could not be read: cloudwatch:GetMetricData is denied.</p>"#
    );
    let left_out = of_one(&with_orders(|table, _| {
        table.as_object_mut().expect("a table").remove("usage");
    }));
    assert!(
        left_out.capacity[0]
            .svg
            .contains("It takes cloudwatch:GetMetricData."),
        "{}",
        left_out.capacity[0].svg
    );
    let alarms = of_one(&with_orders(|_, region| {
        region["alarms"] = denied("cloudwatch:DescribeAlarms")
    }));
    let notes = alarms.capacity[0].data.rows.iter();
    let notes: Vec<&str> = notes
        .filter(|it| it[0] == "note")
        .map(|it| it[1].as_str())
        .collect();
    assert_eq!(notes, ["? alarms: cloudwatch:DescribeAlarms is denied"]);
    let sparkline = alarms.sparkline.expect("it was measured");
    assert!(
        sparkline.title.ends_with("no line of an alarm known"),
        "{}",
        sparkline.title
    );
}

#[test]
fn a_chain_that_is_unknown_anywhere_is_never_drawn_as_good() {
    let subscriptions = with_orders(|_, region| {
        for topic in region["topics"].as_array_mut().expect("topics") {
            topic["subscriptions"] = denied("sns:ListSubscriptionsByTopic");
        }
    });
    let statistics = with_orders(|_, region| {
        for alarm in region["alarms"].as_array_mut().expect("alarms") {
            alarm["comparison"] = json!("SomethingNew");
        }
    });
    let alarms = with_orders(|_, region| region["alarms"] = denied("cloudwatch:DescribeAlarms"));
    for document in [subscriptions, statistics, alarms] {
        let figures = of_one(&document);
        for part in ["Alarms", "Indexes"] {
            let said = said(&figures, part);
            assert!(said.iter().all(|(_, state)| *state != "holds"), "{said:?}");
            assert!(
                said.iter().any(|(_, state)| *state == "unknown"),
                "{said:?}"
            );
        }
        assert!(!figures.diagram.expect("one").svg.contains('✓'));
    }
    // As it is, it holds.
    let holds = of_one(&with_orders(|_, _| {}));
    assert!(said(&holds, "Alarms").contains(&("→ pager: 2 confirmed (https, sqs)", "holds")));
}

#[test]
fn what_is_missing_is_an_empty_place_and_what_may_be_missing_is_not() {
    let none = with_orders(|table, region| {
        region["alarms"] = json!([]);
        table["tags"] = json!({});
        table["pitr"] = json!({"status": "DISABLED", "window_days": null, "earliest_restorable_at": null,
            "latest_restorable_at": null});
    });
    let none = of_one(&none);
    assert_eq!(
        said(&none, "Alarms"),
        [("no alarm watches it", "missing or broken")]
    );
    assert_eq!(
        said(&none, "Backups"),
        [
            ("point-in-time recovery is off", "missing or broken"),
            ("no backup plan selects it", "missing or broken")
        ]
    );
    let some = of_one(&with_orders(|table, region| {
        region["alarms"] = json!({"$partial": {"reason": "throttled", "action": "cloudwatch:DescribeAlarms"}, "items": []});
        table["tags"] = denied("tag:GetResources");
        table["stream"] = denied("dynamodb:DescribeTable");
        table["indexes"] = denied("dynamodb:DescribeTable");
        table["pitr"] = denied("dynamodb:DescribeContinuousBackups");
    }));
    for part in ["Alarms", "Backups", "Changes", "Indexes"] {
        let said = said(&some, part);
        assert!(
            said.iter().all(|(_, state)| *state != "missing or broken"),
            "{said:?}"
        );
        assert!(
            said.iter().any(|(_, state)| *state == "unknown"),
            "{said:?}"
        );
    }
    let unknown = &some.diagram.expect("one").svg;
    assert!(unknown.contains("tag:GetResources is denied"));
}

#[test]
fn twenty_indexes_are_folded_with_what_they_lack() {
    let many = of_one(&with_orders(|table, _| {
        let index = table["indexes"][0].clone();
        for number in 0..20 {
            let mut index = index.clone();
            index["name"] = json!(format!("by-{number:02}"));
            table["indexes"]
                .as_array_mut()
                .expect("indexes")
                .push(index);
        }
    }));
    let rows = said(&many, "Indexes");
    assert!(rows.contains(&("and 15 more", "")), "{rows:?}");
    assert!(
        rows.contains(&("→ 13 without an alarm that works", "missing or broken")),
        "{rows:?}"
    );
    let svg = &many.diagram.as_ref().expect("one").svg;
    let height = Document::parse(svg)
        .expect("XML")
        .root_element()
        .attribute("height")
        .map(str::parse::<f64>);
    assert!(
        matches!(&height, Some(Ok(it)) if *it < 1_100.0),
        "{height:?}"
    );
}

#[test]
fn a_large_account_has_figures_of_its_worst_tables_and_no_more_than_a_page_has_room_for() {
    let many = |number: usize| {
        let mut one = with_orders(|_, _| {});
        let orders = one["regions"][0]["tables"][0].clone();
        let named = |at: usize| {
            let mut table = orders.clone();
            table["name"] = json!(format!("table-{at:05}"));
            table
        };
        one["regions"][0]["tables"] = (0..number).map(named).collect();
        one
    };
    let bytes = |figures: &BTreeMap<TableKey, TableFigures>| {
        all(figures).iter().map(|it| it.bytes()).sum::<usize>()
    };
    let last = (
        "111122223333".to_owned(),
        "eu-west-1".to_owned(),
        "table-00049".to_owned(),
    );
    let fifty = figures_in_order(&many(50), std::slice::from_ref(&last));
    assert!(bytes(&fifty) <= 90_000, "{}", bytes(&fifty));
    assert!(fifty[&last].diagram.is_some());
    assert!(fifty.values().all(|it| it.sparkline.is_some()));
    let hundreds = figures(&many(300));
    assert!(bytes(&hundreds) <= 127_500, "{}", bytes(&hundreds));
}
