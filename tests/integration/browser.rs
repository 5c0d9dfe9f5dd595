//! The page in a real browser: what people do with it, and what it must never do.
//!
//! One run of `tests/browser/drive.py` tries everything; each test here states one fact of it. A machine without Chromium
//! fails with the name of what to install.

mod pages;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use crate::python;

/// What came of each fact: nothing where it holds, else what was seen. Where it cannot be tried, that is found out once.
static FACTS: LazyLock<BTreeMap<String, String>> = LazyLock::new(tried);

#[allow(
    clippy::print_stdout,
    reason = "how long each took, where the output of a test is asked for"
)]
fn tried() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let chromium = chromium();
    let output = Command::new(python::environment(&folder))
        .arg(folder.join("drive.py"))
        .arg(chromium)
        .arg(pages::written())
        .output()
        .expect("the environment has a Python");
    let told = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    let facts = told.lines().last().map(serde_json::from_str);
    match facts {
        Some(Ok(facts)) => facts,
        Some(Err(_)) | None => panic!("the driver told nothing: {told}{said}"),
    }
}

fn chromium() -> String {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places =
        std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    let found = places.find(|place| place.is_file());
    found.map_or_else(
        || panic!("the tests of the page need Chromium (Debian: apt-get install chromium)"),
        |place| place.display().to_string(),
    )
}

macro_rules! hold {
    ($($fact:ident)*) => { $(
        #[test]
        fn $fact() {
            let said = FACTS.get(stringify!($fact));
            assert_eq!(said.map(String::as_str), Some(""), "{}", said.map_or("it was not tried", |it| it));
        }
    )*
        /// Each fact that the driver tries has its test here.
        #[test]
        fn every_fact_is_named() {
            let named = [$(stringify!($fact)),*];
            let tried: Vec<&str> = FACTS.keys().map(String::as_str).collect();
            let left_out = tried.iter().filter(|fact| !named.contains(*fact));
            assert_eq!(left_out.collect::<Vec<_>>(), Vec::<&&str>::new());
        }
    };
}

hold! {
    a_filter_is_restored_from_the_address_and_by_the_back_button
    a_name_that_looks_like_markup_is_text
    a_narrow_screen_needs_no_scrolling_sideways
    each_filter_shows_its_findings_and_no_others
    everything_is_reached_and_sorted_by_keyboard
    no_page_asks_for_anything_or_complains
    nothing_is_hard_to_see_or_to_name_in_light_and_dark
    on_paper_failures_are_open_and_filters_gone
    signatures_waivers_and_the_baseline_are_statuses
    ten_thousand_tables_open_and_filter
    the_colours_are_switched
    the_copy_button_copies_the_command
    the_counts_of_the_page_are_those_of_the_json_report
    the_link_of_a_table_leads_to_its_part
    the_search_finds_by_words
    without_script_everything_that_fails_is_there
}
