//! Writing SVG: numbers, foreign text, how wide text is, and the element around a picture.
//!
//! No style attribute and no colour: the page's content policy forbids the one, and light, dark and print each have
//! their own of the other.

use unicode_width::UnicodeWidthChar;

use crate::report::terminal::style::Style;

/// Size of text in a picture, in pixels at 1:1.
pub(super) const TEXT: f64 = 12.0;

/// A coordinate, to a tenth.
pub(super) fn px(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    // Minus zero would be written with its sign.
    format!("{}", tenths + 0.0)
}

/// Foreign text without what turns or hides it.
pub(super) fn clean(text: &str) -> String {
    Style::default().clean(text)
}

/// Foreign text as it may stand in XML and HTML.
pub(super) fn escaped(text: &str) -> String {
    in_markup(&clean(text))
}

/// Text without what XML and HTML take for their own.
pub(in crate::report) fn in_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No characters in XML at all.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// How wide text of the usual size is in a sans-serif font, in pixels; rather more than less.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(width_of).sum()
}

/// How much wider bold text is.
pub(super) const BOLD: f64 = 1.12;

fn width_of(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | 'I' => 3.9,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' | '·' => 4.9,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 11.2,
        'A'..='Z' | '…' | '✓' | '✗' => 8.6,
        c if c.is_ascii() => 7.3,
        c => c.width().unwrap_or(0) as f64 * 7.5,
    }
}

/// The text, cut to so many pixels.
pub(super) fn cut(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut used = width_of('…');
    let mut kept = String::new();
    for c in text.chars() {
        used += width_of(c);
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// The text in lines of so many pixels, at most so many of them; a word that is longer than a line is broken.
pub(super) fn wrapped(text: &str, room: f64, most: usize) -> Vec<String> {
    let text = clean(text);
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if lines.len() + 1 == most {
            lines.push(cut(rest, room));
            break;
        }
        let end = line_end(rest, room);
        lines.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    lines
}

/// Where the first line of a text ends: behind the last space that fits, or else a sign that joins words, or else in the
/// middle of a word.
fn line_end(text: &str, room: f64) -> usize {
    let (mut used, mut space, mut joint) = (0.0, None, None);
    for (at, c) in text.char_indices() {
        used += width_of(c);
        if used > room {
            let middle = if at == 0 { c.len_utf8() } else { at };
            return space.or(joint).unwrap_or(middle);
        }
        let end = at + c.len_utf8();
        match c {
            ' ' => space = Some(end),
            '/' | '-' | ':' | '.' | '_' => joint = Some(end),
            _ => {}
        }
    }
    text.len()
}

/// A picture with its name and description, which screen readers say.
pub(super) fn picture(
    id: &str,
    (width, height): (f64, f64),
    (title, desc): (&str, &str),
    body: &str,
) -> String {
    let (width, height) = (px(width), px(height));
    let (title, desc) = (escaped(title), escaped(desc));
    format!(
        r#"<svg class="fig" role="img" aria-labelledby="{id}t {id}d" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-size="{TEXT}"><title id="{id}t">{title}</title><desc id="{id}d">{desc}</desc>{body}</svg>"#
    )
}

/// What stands where nothing was read that could be drawn.
pub(super) fn sentence(text: &str) -> String {
    format!(r#"<p class="fig-none">{}</p>"#, escaped(text))
}

/// A line of text, or nothing of none.
pub(super) fn text(x: f64, y: f64, text: &str) -> String {
    format!(
        r#"<text x="{}" y="{}">{}</text>"#,
        px(x),
        px(y),
        escaped(text)
    )
}

/// A path of a class, or nothing of no steps; `more` are further attributes with a space before them.
pub(super) fn path(class: &str, more: &str, steps: &str) -> String {
    match steps.is_empty() {
        true => String::new(),
        false => format!(r#"<path class="{class}"{more} d="{steps}"/>"#),
    }
}

/// Lines that are no data, in the colour of the text around the picture, fainter.
pub(super) fn rule(opacity: &str, steps: &str) -> String {
    let steps =
        format!(r#"fill="none" stroke="currentColor" stroke-opacity="{opacity}" d="{steps}""#);
    format!("<path {steps}/>")
}

/// Text inside a group of a class, with further attributes that the class may set for itself.
pub(super) fn texts(class: &str, more: &str, body: &str) -> String {
    match body.is_empty() {
        true => String::new(),
        false => group(class, "", &format!("<g{more}>{body}</g>")),
    }
}

/// A group of a class, or nothing of nothing.
pub(super) fn group(class: &str, more: &str, body: &str) -> String {
    match body.is_empty() {
        true => String::new(),
        false => format!(r#"<g class="{class}"{more}>{body}</g>"#),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_one_decimal_at_most() {
        assert_eq!(px(12.0), "12");
        assert_eq!(px(12.345), "12.3");
        assert_eq!(px(-0.01), "0");
    }

    #[test]
    fn foreign_text_cannot_leave_its_element() {
        let hostile = "</text><script>'\"&\u{202e}\u{1b}\u{ffff}";
        let safe = escaped(hostile);
        assert!(!safe.contains('<') && !safe.contains('"') && !safe.contains('\''));
        assert!(
            !safe.contains('\u{202e}') && !safe.contains('\u{1b}') && !safe.contains('\u{ffff}')
        );
    }

    #[test]
    fn lines_break_between_words_and_long_words_within() {
        let room = width("subscriptions ");
        let lines = wrapped(
            "subscriptions unknown: sns:ListSubscriptionsByTopic",
            room,
            9,
        );
        assert_eq!(lines[0], "subscriptions");
        assert!(lines.iter().all(|line| width(line) <= room), "{lines:?}");
        assert_eq!(
            lines.concat().replace(' ', ""),
            "subscriptionsunknown:sns:ListSubscriptionsByTopic"
        );
        let two = wrapped("one two three four five six seven", width("one two "), 2);
        assert!(two.len() == 2 && two[1].ends_with('…'), "{two:?}");
    }
}
