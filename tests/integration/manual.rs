//! The pages for those who write rules: what is committed is what the program prints, and their examples are good.

use std::fs;
use std::path::Path;

use dynalint::assess;
use dynalint::report::explain::page::{Block, Page};
use dynalint::report::explain::{facts, language};
use dynalint::report::terminal::style::Style;
use dynalint::rule::catalog::Source;
use dynalint::rule::condition::reference::{CALLS, OPERATORS};

use crate::binary::dynalint;

/// Compares a page with the committed one; `UPDATE=1` writes it anew.
fn assert_committed(path: &str, page: &Page) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, page.markdown()).expect("writable");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == page.markdown(),
        "{path} is not what the program prints; UPDATE=1 cargo test writes it anew"
    );
}

#[test]
fn the_pages_of_language_and_facts_are_what_the_program_prints() {
    for (name, page) in [
        ("language", language::page()),
        ("facts", facts::page(&assess::ROOTS)),
    ] {
        assert_committed(&format!("docs/{name}.md"), &page);
        let said = |args: &[&str]| {
            let output = dynalint(args).output().expect("the binary runs");
            assert_eq!(output.status.code(), Some(0));
            String::from_utf8(output.stdout).expect("UTF-8")
        };
        assert_eq!(said(&["explain", name, "-f", "markdown"]), page.markdown());
        assert_eq!(said(&["explain", name]), page.terminal(&Style::default()));
        let wide = |line: &&str| line.chars().count() > 100;
        let text = page.terminal(&Style::default());
        let longest: Vec<&str> = text.lines().filter(wide).collect();
        assert_eq!(longest, [""; 0]);
    }
}

/// What is wrong with a rule file, a line each.
fn mistakes(text: &str) -> String {
    let id = text.lines().find_map(|line| line.strip_prefix("id: "));
    let source = Source {
        file: format!("{}.yaml", id.expect("a rule has an id")),
        text: text.to_owned(),
        is_builtin: false,
    };
    let (_, errors) = assess::load([source]);
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn mistakes_of_condition(condition: &str) -> String {
    mistakes(&format!(
        "id: r\narea: design\ntitle: T\nseverity: low\nsince: 0.1.0\nfor_each: table\nassert: |\n  {condition}\nmessage: m\nwhy: w\nfix: {{}}\nrefs: []\n"
    ))
}

#[test]
fn the_examples_of_the_page_load_and_its_mistakes_are_told_as_it_says() {
    let page = language::page();
    let mut examples = 0;
    for (at, block) in page.blocks.iter().enumerate() {
        let Block::Code(language, code) = block else {
            continue;
        };
        match language.as_str() {
            "yaml" => assert_eq!(mistakes(code), "", "{code}"),
            "condition" => {
                for condition in code.lines() {
                    assert_eq!(mistakes_of_condition(condition), "", "{condition}");
                }
            }
            "yaml refused" => {
                let told = Block::Code("text".to_owned(), mistakes(code));
                assert_eq!(page.blocks[at + 1], told);
            }
            other => assert_eq!(other, "text"),
        }
        examples += 1;
    }
    assert_eq!(examples, 7, "none is passed over");
}

#[test]
fn each_row_of_the_tables_has_an_example_that_loads() {
    let operators = OPERATORS.iter().map(|row| row.example);
    for example in operators.chain(CALLS.iter().map(|row| row.example)) {
        assert_eq!(mistakes_of_condition(example), "", "{example}");
    }
}

#[test]
fn a_misspelt_page_is_told_with_its_name() {
    let output = dynalint(&["explain", "langage"]).output().expect("it runs");
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(text.ends_with(" hint: did you mean language?\n"), "{text}");
}
