//! Foreign text in a page: names, messages and tags may hold anything.
//!
//! Text becomes text, whatever stands in it. What turns the direction of writing or has no shape is shown as a question
//! mark in a box: two names that look the same are never two names.

use minijinja::{Error, Output, State, Value};

use crate::report::figure::svg::in_markup;
use crate::report::terminal::style::Style;

/// Writes a value into a page: as it is where the template says that it is safe, else escaped.
pub(super) fn escape(
    out: &mut Output<'_>,
    _: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&escaped(text))?),
        Some(text) => Ok(out.write_str(text)?),
        None if value.is_none() => Ok(()),
        None => Ok(out.write_str(&escaped(&value.to_string()))?),
    }
}

/// Foreign text whose lines are kept.
pub(super) fn clean(text: &str) -> String {
    let style = Style::default();
    let lines: Vec<String> = text.split('\n').map(|line| style.clean(line)).collect();
    lines.join("\n")
}

/// JSON for a `<script>` element: no end of the element and no comment can stand in it, and it is valid in older
/// JavaScript too.
pub(super) fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn escaped(text: &str) -> String {
    in_markup(&clean(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_is_markup() {
        assert_eq!(
            escaped("</script><img src=x onerror='a(\"b\")'>&"),
            "&lt;/script&gt;&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;"
        );
    }

    #[test]
    fn a_name_cannot_turn_the_direction_of_writing() {
        assert_eq!(escaped("a\u{202e}b\u{7}\nc"), "a\u{fffd}b\u{fffd}\nc");
    }

    #[test]
    fn json_in_a_script_element_cannot_end_it() {
        let json = in_script(r#"["</script><!--","\u2028"]"#);
        assert!(!json.contains('<'));
        let texts: Vec<String> = serde_json::from_str(&json).expect("still JSON");
        assert_eq!(texts, ["</script><!--", "\u{2028}"]);
        assert!(!in_script("\"\u{2028}\u{2029}\"").contains(['\u{2028}', '\u{2029}']));
    }
}
