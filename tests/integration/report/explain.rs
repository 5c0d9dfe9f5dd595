//! Rule pages and the catalogue.

use dynalint::finding::{Area, Severity};
use dynalint::report::explain::{ParamLine, RulePage, catalogue, checklist, markdown, page};
use dynalint::report::terminal::style::Style;

use super::accounts;
use crate::golden::assert_golden;

pub(crate) fn pitr() -> RulePage {
    RulePage {
        id: "pitr-on".to_owned(),
        area: Area::Recovery,
        severity: Severity::Critical,
        since: "0.1.0".to_owned(),
        title: "Point-in-time recovery is on, and reaches back far enough".to_owned(),
        params: vec![ParamLine {
            name: "min_days".to_owned(),
            kind: "int".to_owned(),
            default: "35".to_owned(),
            about: "how many days back it must reach".to_owned(),
        }],
        why: "A bad deploy can overwrite good items for hours before someone sees it. Without point-in-time\n\
              recovery the last backup is the newest state that there is.\n\nDeleting a table also ends it."
            .to_owned(),
        looks_at: vec!["table.pitr.status".to_owned(), "table.pitr.window_days".to_owned()],
        needs: vec!["dynamodb:DescribeContinuousBackups".to_owned()],
        fix: vec![
            (
                "AWS CLI".to_owned(),
                "aws dynamodb update-continuous-backups --table-name TABLE \\\n  \
                 --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
                    .to_owned(),
            ),
            ("Terraform".to_owned(), "point_in_time_recovery {\n  enabled = true\n}".to_owned()),
        ],
        listed: vec!["recovery/pitr".to_owned(), "release/recovery".to_owned()],
        refs: vec!["https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pitr.html".to_owned()],
        file: "rules/recovery/pitr-on.yaml".to_owned(),
        set: Vec::new(),
        places: Vec::new(),
    }
}

fn rule(id: &str, area: Area, severity: Severity, title: &str) -> RulePage {
    RulePage {
        id: id.to_owned(),
        area,
        severity,
        title: title.to_owned(),
        ..pitr()
    }
}

#[test]
fn a_rule_has_a_page() {
    assert_golden("explain/pitr-on.txt", &page(&pitr(), &Style::default()));
}

#[test]
fn the_catalogue_lists_areas_and_the_worst_first() {
    let long = "Every index has a throttle alarm that is enabled, can fire and reaches someone who confirmed it";
    let rules = [
        rule(
            "restore-tested",
            Area::Recovery,
            Severity::Medium,
            "A restore was tried",
        ),
        pitr(),
        rule("index-throttle-alarm", Area::Cost, Severity::High, long),
    ];
    assert_golden(
        "explain/catalogue.txt",
        &catalogue(&rules, &Style::default()),
    );
}

#[test]
fn a_checklist_has_a_page() {
    let lists = accounts::lists();
    let list = lists.get("recovery").expect("it is there");
    let text = checklist(list, &Style::default());
    assert_golden("explain/checklist.txt", &text);
    assert!(text.lines().all(|line| line.chars().count() <= 100));
}

#[test]
fn pages_are_markdown_too() {
    let lists = accounts::lists();
    let list = |name: &str| markdown::checklist(lists.get(name).expect("it is there"));
    assert_golden("explain/checklist.md", &list("recovery"));
    assert_golden("explain/pitr-on.md", &markdown::page(&pitr()));
    assert_golden("explain/catalogue.md", &markdown::catalogue(&[pitr()]));
    assert!(list("release").contains("follow \\<KIND\\>\\#\\<ID\\>."));
}
