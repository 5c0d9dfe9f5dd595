//! What a table consumed, day by day, in the height of a row, with the line of the alarm nearest to it.
//!
//! One side only, reads or writes: two would need two scales.

use super::scale::{Scale, shown};
use super::series::{Day, Series, Side};
use super::svg::{self, px};
use super::{Figure, FigureTable};

const WIDTH: f64 = 128.0;
const HEIGHT: f64 = 24.0;
/// Where the line begins: the letter of the side stands before it.
const LEFT: f64 = 14.0;
/// Room for the width of the line at the upper and lower end.
const EDGE: f64 = 2.0;
/// Days that it tells apart.
const MOST_DAYS: usize = 30;

/// The sparkline of a table: of the side that comes nearest to its alarm, or else is used more.
pub(super) fn of(series: &[Series<'_>]) -> Option<Figure> {
    let drawable = series
        .iter()
        .filter(|it| it.days.iter().any(|day| day.per_s.is_some()));
    let chosen = drawable.max_by(|a, b| {
        let key = |it: &Series<'_>| (nearness(it), it.sum);
        let (a, b) = (key(a), key(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    })?;
    Some(figure(chosen))
}

/// The busiest five minutes as a share of what the lowest alarm compares with; below any share where there is none.
fn nearness(series: &Series<'_>) -> f64 {
    let lowest = series.alarms.first().filter(|it| it.per_s > 0.0);
    lowest.map_or(-1.0, |it| series.peak_per_s / it.per_s)
}

fn figure(series: &Series<'_>) -> Figure {
    let alarm = series.alarms.first();
    let days = thinned(series);
    let values: Vec<f64> = days.iter().copied().flatten().collect();
    let lines = alarm.map(|it| it.per_s);
    let scale = Scale::holding(values.iter().copied().chain(lines), EDGE, HEIGHT - EDGE);
    let line = svg::path("fig-line", "", &steps(&days, &scale));
    let limit = lines.map_or_else(String::new, |per_s| {
        let steps = format!("M{} {}H{}", px(LEFT), px(scale.y(per_s)), px(WIDTH));
        svg::path("fig-alarm", r#" stroke-dasharray="3 2""#, &steps)
    });
    let highest = values.iter().copied().fold(0.0, f64::max);
    let word = series.side.word();
    let against = match alarm {
        Some(it) => format!("alarm at {}", shown(it.per_s)),
        None => without_line(series).to_owned(),
    };
    let title = format!(
        "{word} a second: {} on the busiest day, {against}",
        shown(highest)
    );
    let letter = match series.side {
        Side::Reads => "R",
        Side::Writes => "W",
    };
    let body = format!(r#"<text class="fig-faint" y="16">{letter}</text>{line}{limit}"#);
    let svg = format!(
        r#"<svg class="fig-spark" role="img" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"><title>{}</title>{body}</svg>"#,
        svg::escaped(&title)
    );
    Figure {
        title,
        svg,
        data: data(series),
    }
}

/// No more days than the width can tell apart: of more, the highest of several.
fn thinned(series: &Series<'_>) -> Vec<Option<f64>> {
    let each = series.days.len().div_ceil(MOST_DAYS).max(1);
    let highest = |days: &[Day]| days.iter().filter_map(|it| it.per_s).reduce(f64::max);
    series.days.chunks(each).map(highest).collect()
}

/// Through the middle of each day; a gap breaks it, and a day between two gaps is a dash.
fn steps(days: &[Option<f64>], scale: &Scale) -> String {
    let width = (WIDTH - LEFT) / days.len().max(1) as f64;
    let is_known = |at: usize| days.get(at).is_some_and(Option::is_some);
    let mut steps = String::new();
    for (at, per_s) in days.iter().enumerate() {
        let Some(per_s) = per_s else { continue };
        let y = px(scale.y(*per_s));
        let x = LEFT + width * at as f64;
        steps.push_str(&match (at > 0 && is_known(at - 1), is_known(at + 1)) {
            (false, false) => format!("M{} {y}h{}", px(x), px(width)),
            (false, true) => format!("M{} {y}", px(x + width / 2.0)),
            (true, _) => format!("L{} {y}", px(x + width / 2.0)),
        });
    }
    steps
}

/// What is said where no alarm has a line.
fn without_line(series: &Series<'_>) -> &'static str {
    match series.is_unwatched {
        true => "no alarm",
        false => "no line of an alarm known",
    }
}

/// In one row: ten thousand of them have to fit into a page.
fn data(series: &Series<'_>) -> FigureTable {
    let day = |per_s: Option<f64>| per_s.map_or_else(|| "?".to_owned(), shown);
    let days: Vec<String> = thinned(series).into_iter().map(day).collect();
    let alarm = series.alarms.first();
    FigureTable {
        head: vec![
            format!("{} a second by day", series.side.word()),
            "alarm".to_owned(),
        ],
        rows: vec![vec![
            days.join(" "),
            alarm.map_or_else(|| without_line(series).to_owned(), |it| shown(it.per_s)),
        ]],
    }
}
