//! Capacity against consumption: what the days came to, below what bounds it and what alarms compare it with.

use jiff::Timestamp;

use super::alarms::Alarms;
use super::scale::{Scale, shown};
use super::series::{self, Day, Nothing, Series, Side};
use super::svg::{self, px};
use super::{Figure, FigureTable};
use crate::link::index::IndexView;
use crate::link::table::TableView;
use crate::report::terminal::layout::{count, minute, number};
use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::operation::Operation;

const WIDTH: f64 = 372.0;
/// The corners of the picture inside its axes.
const LEFT: f64 = 48.0;
const RIGHT: f64 = WIDTH - 4.0;
const UPPER: f64 = 12.0;
const LOWER: f64 = 132.0;
/// From one line of the legend to the next.
const LINE: f64 = 17.0;
/// How far the words of the legend are moved in.
const INTO: f64 = 30.0;
/// Lines of one key of the legend.
const MOST_LINES: usize = 3;
/// How far above all else a bound may lie that holds nothing back, and still be drawn.
const FAR: f64 = 2.0;
/// Lines of alarms that are drawn; the lowest fire first.
const LINES: usize = 3;
/// Indexes that are drawn.
const INDEXES: usize = 8;

/// Of reads and of writes of the table. One sentence where nothing was read of it.
pub(super) fn of_table(id: &str, table: &TableView<'_>, alarms: &Alarms<'_, '_>) -> Vec<Figure> {
    let name = &table.table.name;
    if let Err(why) = table.table.usage.as_ref() {
        return vec![unread(name, why)];
    }
    let sides = Side::BOTH.into_iter().enumerate();
    let draw = |(at, side)| {
        let series = series::one_of_table(table, side, alarms);
        drawn(&format!("{id}c{at}"), name, side, series)
    };
    sides.map(draw).collect()
}

/// Of reads and of writes of its indexes. What was not measured is said of the table.
pub(super) fn of_indexes(id: &str, table: &TableView<'_>, alarms: &Alarms<'_, '_>) -> Vec<Figure> {
    let measured = |it: &&IndexView<'_>| it.index.usage.known().is_some();
    let indexes = table.indexes.known().into_iter().flatten();
    let indexes = indexes.filter(measured).take(INDEXES);
    let each = indexes.flat_map(|index| Side::BOTH.map(|side| (index, side)));
    let draw = |(at, (index, side)): (usize, (&IndexView<'_>, Side))| {
        let series = series::one_of_index(table, index, side, alarms);
        // The first two are the table's own.
        drawn(&format!("{id}c{}", at + 2), &index.index.name, side, series)
    };
    each.enumerate().map(draw).collect()
}

fn drawn(id: &str, name: &str, side: Side, series: Result<Series<'_>, Nothing<'_>>) -> Figure {
    let title = format!("{name}: {}, units a second", side.word());
    match series {
        Ok(series) => figure(id, title, &series),
        Err(Nothing::Unread(why)) => unread(&format!("{name}: {}", side.word()), why),
        Err(Nothing::NoData) => no_data(title),
    }
}

/// A sentence that names what is missing.
fn unread(name: &str, why: &Why) -> Figure {
    let permission = why
        .operation
        .unwrap_or(Operation::GetMetricData)
        .permission();
    let text = match why.reason {
        Reason::Denied => format!("What it consumed could not be read: {permission} is denied."),
        _ => format!(
            "What it consumed was not read: {}. It takes {permission}.",
            why.brief()
        ),
    };
    told(format!("{name}: consumption"), &text)
}

fn no_data(title: String) -> Figure {
    told(title, "CloudWatch has no datapoint of it in the window.")
}

fn told(title: String, text: &str) -> Figure {
    Figure {
        title: svg::clean(&title),
        svg: svg::sentence(text),
        data: FigureTable::default(),
    }
}

fn figure(id: &str, title: String, series: &Series<'_>) -> Figure {
    let title = svg::clean(&title);
    let scale = scale(series);
    let legend = legend(series, &scale);
    let height = LOWER + 30.0 + LINE * legend.len() as f64;
    let body = [
        axes(series, &scale),
        consumed(series, &scale),
        lines(series, &scale),
        throttles(series),
        legend_text(&legend),
    ];
    let svg = svg::picture(
        id,
        (WIDTH, height),
        (&title, &description(series)),
        &body.concat(),
    );
    Figure {
        title,
        svg,
        data: data(series),
    }
}

/// Holds what was consumed, what holds it back and the alarms that are drawn; other bounds where they are near.
fn scale(series: &Series<'_>) -> Scale {
    let days = series.days.iter().filter_map(|it| it.per_s);
    let binding = series
        .limits
        .iter()
        .filter(|it| it.binds)
        .map(|it| it.per_s);
    let alarms = series.alarms.iter().take(LINES).map(|it| it.per_s);
    let all: Vec<f64> = days
        .chain([series.peak_per_s])
        .chain(binding)
        .chain(alarms)
        .collect();
    let highest = all.iter().copied().fold(0.0, f64::max);
    let others = series
        .limits
        .iter()
        .filter(|it| !it.binds)
        .map(|it| it.per_s);
    let near = others.filter(|it| *it <= highest * FAR);
    Scale::holding(all.iter().copied().chain(near), UPPER, LOWER)
}

/// The left edge of each day; behind the last the end of the window.
fn x(series: &Series<'_>, day: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * day / series.days.len().max(1) as f64
}

fn axes(series: &Series<'_>, scale: &Scale) -> String {
    let (mut grid, mut words) = (String::new(), String::new());
    for share in [0.0, 0.5, 1.0] {
        let y = scale.y(scale.top * share);
        grid.push_str(&format!("M{} {}H{}", px(LEFT), px(y), px(RIGHT)));
        words.push_str(&format!(
            r#"<text x="{}" y="{}" text-anchor="end">{}</text>"#,
            px(LEFT - 6.0),
            px(y + 4.0),
            shown(scale.top * share)
        ));
    }
    let (since, until) = series.window;
    words.push_str(&svg::text(LEFT, LOWER + 16.0, &date(since)));
    words.push_str(&format!(
        r#"<text x="{}" y="{}" text-anchor="end">{}</text>"#,
        px(RIGHT),
        px(LOWER + 16.0),
        date(until)
    ));
    let grid = svg::rule(".15", &grid);
    grid + &svg::group("fig-faint", "", &words)
}

/// `9 Nov`.
fn date(time: Timestamp) -> String {
    time.strftime("%-d %b").to_string()
}

/// A step for each day, filled down to zero. Gaps break both.
fn consumed(series: &Series<'_>, scale: &Scale) -> String {
    let (mut area, mut line) = (String::new(), String::new());
    let mut at = 0;
    for run in series
        .days
        .chunk_by(|a, b| a.per_s.is_some() == b.per_s.is_some())
    {
        let steps = run_of_days(series, scale, run, at);
        if !steps.is_empty() {
            line.push_str(&format!("M{}", &steps));
            let (from, to) = (px(x(series, at as f64)), px(LOWER));
            area.push_str(&format!("M{steps}V{to}H{from}Z"));
        }
        at += run.len();
    }
    svg::path("fig-area", "", &area) + &svg::path("fig-line", "", &line)
}

/// `48 90H72V80H96`: a day as high as the one before goes on with its step.
fn run_of_days(series: &Series<'_>, scale: &Scale, run: &[Day], at: usize) -> String {
    let mut steps = String::new();
    let mut last: Option<String> = None;
    for (offset, day) in run.iter().enumerate() {
        let Some(per_s) = day.per_s else { continue };
        let y = px(scale.y(per_s));
        let (from, to) = ((at + offset) as f64, (at + offset + 1) as f64);
        match &last {
            None => steps.push_str(&format!("{} {y}", px(x(series, from)))),
            Some(before) if *before == y => {
                let end = steps.rfind('H').unwrap_or(steps.len());
                steps.truncate(end);
            }
            Some(_) => steps.push_str(&format!("V{y}")),
        }
        steps.push_str(&format!("H{}", px(x(series, to))));
        last = Some(y);
    }
    steps
}

fn across(scale: &Scale, per_s: f64) -> String {
    format!("M{} {}H{}", px(LEFT), px(scale.y(per_s)), px(RIGHT))
}

fn lines(series: &Series<'_>, scale: &Scale) -> String {
    let inside = |it: &&series::Limit| it.per_s <= scale.top;
    let of_limits = |binds: bool| -> String {
        let chosen = series.limits.iter().filter(|it| it.binds == binds);
        chosen
            .filter(inside)
            .map(|it| across(scale, it.per_s))
            .collect()
    };
    let alarms = series.alarms.iter().take(LINES);
    let alarms: String = alarms.map(|it| across(scale, it.per_s)).collect();
    [
        svg::path("fig-line", PEAK, &across(scale, series.peak_per_s)),
        svg::path("fig-limit", "", &of_limits(true)),
        svg::path("fig-limit", LOOSE, &of_limits(false)),
        svg::path("fig-alarm", DASHED, &alarms),
    ]
    .concat()
}

const PEAK: &str = r#" stroke-dasharray="1 3""#;
const LOOSE: &str = r#" stroke-dasharray="8 3 2 3""#;
const DASHED: &str = r#" stroke-dasharray="6 3""#;

/// A tick at the last hour with throttles: of the others only the number was kept.
fn throttles(series: &Series<'_>) -> String {
    let last = series.throttles.ok().and_then(|it| it.last_at);
    let (since, until) = series.window;
    let Some(last) = last.filter(|it| (since..=until).contains(it)) else {
        return String::new();
    };
    let share = last.duration_since(since).as_secs_f64()
        / until.duration_since(since).as_secs_f64().max(1.0);
    let x = LEFT + (RIGHT - LEFT) * share;
    svg::path(
        "fig-bad",
        r#" stroke-width="2.5""#,
        &format!("M{} {}v-12", px(x), px(LOWER)),
    )
}

/// A line of the legend: how it is drawn, and what it is.
struct Key {
    /// Class and further attributes; none for words alone.
    drawn: Option<(&'static str, &'static str)>,
    words: String,
}

fn legend(series: &Series<'_>, scale: &Scale) -> Vec<Key> {
    let key = |class, more, words| Key {
        drawn: Some((class, more)),
        words,
    };
    let consumed = match series.days_each {
        1 => "consumed, average of each day".to_owned(),
        each => format!("consumed, highest average of {each} days"),
    };
    let mut keys = vec![
        key("fig-line", "", consumed),
        key(
            "fig-line",
            PEAK,
            format!("busiest five minutes: {}", shown(series.peak_per_s)),
        ),
    ];
    for limit in &series.limits {
        let more = if limit.binds { "" } else { LOOSE };
        let words = format!("{}: {}", limit.words, shown(limit.per_s));
        keys.push(match limit.per_s <= scale.top {
            true => key("fig-limit", more, words),
            false => said(format!("{words}, above the picture")),
        });
    }
    for alarm in series.alarms.iter().take(LINES) {
        let words = format!(
            "alarm at {}: {}",
            shown(alarm.per_s),
            svg::clean(alarm.alarm)
        );
        keys.push(key("fig-alarm", DASHED, words));
    }
    keys.extend(throttle_key(series));
    keys.extend(notes(series).into_iter().map(said));
    keys.into_iter().flat_map(in_lines).collect()
}

/// A key whose words don't fit goes on in lines of words alone.
fn in_lines(key: Key) -> Vec<Key> {
    let lines = svg::wrapped(&key.words, RIGHT - LEFT - INTO, MOST_LINES);
    let drawn = std::iter::once(key.drawn).chain(std::iter::repeat(None));
    let lines = drawn.zip(lines);
    lines.map(|(drawn, words)| Key { drawn, words }).collect()
}

fn said(words: String) -> Key {
    Key { drawn: None, words }
}

fn throttle_key(series: &Series<'_>) -> Option<Key> {
    match series.throttles {
        Ok(throttles) if throttles.total == 0 => None,
        Ok(throttles) => {
            let last = throttles
                .last_at
                .map_or_else(String::new, |at| format!(", last at {}", minute(at)));
            Some(Key {
                drawn: Some(("fig-bad", r#" stroke-width="2.5""#)),
                words: format!("{} throttled{last}", number(throttles.total)),
            })
        }
        Err(why) => Some(said(format!("? throttles: {}", why.brief()))),
    }
}

/// What the picture can't show.
fn notes(series: &Series<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if series.days.iter().any(|it| it.per_s.is_none()) {
        notes.push("gap: no data, or nothing consumed".to_owned());
    }
    if series.coverage < 1.0 {
        // Rounded down: no window with a hole is shown as whole.
        notes.push(format!(
            "data of {} % of the window",
            (series.coverage * 100.0).floor()
        ));
    }
    let more = series.alarms.len().saturating_sub(LINES);
    if more > 0 {
        notes.push(format!("{} with higher lines", count(more, "alarm")));
    }
    if series.other_alarms > 0 {
        let others = count(series.other_alarms, "alarm");
        notes.push(format!("{others} in other units, not drawn"));
    }
    if series.is_unwatched {
        notes.push(format!("no alarm on consumed {}", series.side.word()));
    }
    notes.extend(series.unknown.iter().cloned());
    notes
}

fn legend_text(keys: &[Key]) -> String {
    let mut drawn = String::new();
    let mut words = String::new();
    for (at, key) in keys.iter().enumerate() {
        let y = LOWER + 40.0 + LINE * at as f64;
        if let Some((class, more)) = key.drawn {
            drawn.push_str(&svg::path(
                class,
                more,
                &format!("M{} {}h22", px(LEFT), px(y - 4.0)),
            ));
        }
        words.push_str(&svg::text(LEFT + INTO, y, &key.words));
    }
    drawn + &svg::group("fig-text", "", &words)
}

fn description(series: &Series<'_>) -> String {
    let (since, until) = series.window;
    format!(
        "From {} to {}, at most {} in five minutes. The numbers are in the table beside it.",
        date(since),
        date(until),
        shown(series.peak_per_s)
    )
}

fn data(series: &Series<'_>) -> FigureTable {
    let row = |name: String, value: String| vec![svg::clean(&name), svg::clean(&value)];
    let day = |day: &Day| {
        let value = day
            .per_s
            .map_or_else(|| "no data, or nothing".to_owned(), shown);
        row(date(day.from), value)
    };
    let mut rows: Vec<Vec<String>> = series.days.iter().map(day).collect();
    rows.push(row(
        "busiest five minutes".to_owned(),
        shown(series.peak_per_s),
    ));
    let limits = series.limits.iter();
    rows.extend(limits.map(|it| row(it.words.to_owned(), shown(it.per_s))));
    let alarms = series.alarms.iter();
    rows.extend(alarms.map(|it| row(format!("alarm {}", it.alarm), shown(it.per_s))));
    rows.push(row(
        "throttled".to_owned(),
        match series.throttles {
            Ok(throttles) => number(throttles.total),
            Err(why) => format!("? {}", why.brief()),
        },
    ));
    rows.extend(
        notes(series)
            .into_iter()
            .map(|it| row("note".to_owned(), it)),
    );
    FigureTable {
        head: vec![
            "from".to_owned(),
            format!("{} a second", series.side.word()),
        ],
        rows,
    }
}
