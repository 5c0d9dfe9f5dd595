//! From units a second to pixels: a scale from zero that holds everything it is given.

/// Steps that people read easily, within a power of ten.
const TOPS: [f64; 11] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];

/// A vertical scale from zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// What the upper end stands for.
    pub(super) top: f64,
    upper: f64,
    lower: f64,
}

impl Scale {
    /// A scale between two heights that holds these values; the upper end is a round number above them.
    pub(super) fn holding(values: impl IntoIterator<Item = f64>, upper: f64, lower: f64) -> Scale {
        let finite = values.into_iter().filter(|it| it.is_finite());
        let highest = finite.fold(0.0, f64::max);
        Scale {
            top: round_above(highest * 1.04),
            upper,
            lower,
        }
    }

    /// The height of a value.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.lower - (self.lower - self.upper) * value / self.top
    }
}

/// The next round number; 1 for nothing at all.
fn round_above(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let top = TOPS.iter().find(|it| **it * power >= value);
    top.map_or(10.0, |it| *it) * power
}

/// Units a second as people read them: `1,250`, `40.6`, `0.03`.
pub(super) fn shown(value: f64) -> String {
    let whole = |value: f64| crate::report::terminal::layout::number(value.round() as u64);
    match value {
        it if it >= 100.0 || it == it.round() => whole(it),
        it if it >= 10.0 => format!("{}", (it * 10.0).round() / 10.0),
        it if it >= 0.1 => format!("{}", (it * 100.0).round() / 100.0),
        it if it >= 0.001 => format!("{}", (it * 1000.0).round() / 1000.0),
        _ => "less than 0.001".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_begins_at_zero_and_holds_all_it_is_given() {
        let scale = Scale::holding([20.0, 2_000.0, 41.0], 10.0, 110.0);
        assert_eq!(scale.y(0.0), 110.0);
        assert_eq!((scale.top, scale.y(2_000.0)), (2_500.0, 30.0));
        assert_eq!(Scale::holding([], 0.0, 10.0).top, 1.0);
        assert_eq!(Scale::holding([0.0, f64::NAN], 0.0, 10.0).top, 1.0);
        for value in [0.003, 0.99, 7.0, 96.2, 99.0, 1e9] {
            let top = Scale::holding([value], 0.0, 10.0).top;
            assert!(top >= value && top <= value * 2.1, "{value} {top}");
        }
    }

    #[test]
    fn small_numbers_are_not_shown_as_nothing() {
        let shown = [0.0, 0.00001, 0.03, 0.25, 40.625, 100.0, 1_250.4].map(shown);
        assert_eq!(
            shown,
            [
                "0",
                "less than 0.001",
                "0.03",
                "0.25",
                "40.6",
                "100",
                "1,250"
            ]
        );
    }
}
