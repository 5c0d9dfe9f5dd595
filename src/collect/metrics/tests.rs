use super::*;
use crate::snapshot::series::Series;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// The window of this many seconds that ends at 1,000,200.
fn wanted(window_s: i64) -> Wanted {
    Wanted {
        series: Series::ALL.into(),
        since: at(1_000_200 - window_s),
        until: at(1_000_200),
    }
}

fn fine(values: &[f64], end: i64) -> Vec<Point> {
    let start = end - FINE_S * values.len() as i64;
    let point = |(place, value): (usize, &f64)| (at(start + FINE_S * place as i64), *value);
    values.iter().enumerate().map(point).collect()
}

#[test]
fn a_window_has_full_periods_and_leaves_out_what_may_still_come() {
    let window = Duration::from_secs(63 * 86_400);
    let wanted = Wanted::new(BTreeSet::new(), at(1_000_000_001), window);
    assert_eq!(wanted.until.as_second() % FINE_S, 0);
    assert_eq!(wanted.since.as_second() % FINE_S, 0);
    assert!(at(1_000_000_001).as_second() - wanted.until.as_second() >= FINE_S);
    // Datapoints of five minutes are kept for 63 days, and no second longer.
    assert!(1_000_000_001 - wanted.since.as_second() <= 63 * 86_400);
}

#[test]
fn no_datapoint_of_consumed_units_is_not_zero_and_zeros_are() {
    let wanted = wanted(3_600);
    assert_eq!(summary::consumption(&[], &wanted), None);
    let idle = summary::consumption(&fine(&[0.0; 12], 1_000_200), &wanted).expect("datapoints");
    assert_eq!(
        (idle.sum, idle.coverage, idle.last_used_at),
        (0.0, 1.0, None)
    );
}

#[test]
fn a_peak_is_a_second_of_the_busiest_five_minutes() {
    let mut values = [30.0; 12];
    values[3] = 900.0;
    let wanted = wanted(7_200);
    let consumed = summary::consumption(&fine(&values, 1_000_200), &wanted).expect("datapoints");
    assert_eq!(consumed.peak_per_s, 3.0);
    assert_eq!(consumed.average_per_s, 0.342);
    assert_eq!(consumed.coverage, 0.5);
    assert_eq!(consumed.last_used_at, Some(at(999_900)));
    assert_eq!(consumed.daily, [1_230.0]);
}

#[test]
fn days_are_counted_back_from_the_end_of_the_window() {
    let wanted = wanted(2 * DAY_S + 600);
    let points = [
        (at(1_000_200 - 2 * DAY_S - 300), 1.0),
        (at(1_000_200 - DAY_S), 2.0),
        (at(999_900), 4.0),
    ];
    let consumed = summary::consumption(&points, &wanted).expect("datapoints");
    assert_eq!(consumed.daily, [1.0, 0.0, 6.0]);
}

#[test]
fn utilisation_is_that_of_what_was_provisioned_at_the_time() {
    let consumed = fine(&[300.0, 3_000.0, 3_000.0], 1_000_200);
    let provisioned = [(at(999_300), 2.0), (at(999_900), 20.0)];
    let share = summary::share(&consumed, &provisioned).expect("comparable");
    // 1 of 2, 10 of 2 that was told last, 10 of 20.
    assert_eq!((share.peak, share.average), (5.0, 0.875));
    assert_eq!(summary::share(&consumed, &[]), None);
    assert_eq!(summary::share(&consumed, &[(at(999_300), 0.0)]), None);
}

fn listing(parts: &[(&str, StatusCode, &[Point])]) -> Listing<Part> {
    let mut listing = Listing::empty();
    let items = parts.iter().map(|(id, status, points)| {
        Some(Part {
            id: (*id).to_owned(),
            status: status.clone(),
            points: points.to_vec(),
        })
    });
    listing.add(
        Operation::GetMetricData,
        Page {
            items: items.collect(),
            next: None,
        },
    );
    listing
}

#[test]
fn only_a_complete_metric_counts() {
    let (one, two) = ([(at(300), 1.0)], [(at(600), 2.0)]);
    let listing = listing(&[
        ("m0", StatusCode::PartialData, &two),
        ("m0", StatusCode::Complete, &one),
        ("m1", StatusCode::PartialData, &one),
        ("m2", StatusCode::InternalError, &[]),
        ("m3", StatusCode::Forbidden, &[]),
        ("m4", StatusCode::from("Postponed"), &one),
        ("m5", StatusCode::Complete, &[]),
    ]);
    let mut parts = joined(&listing);
    let mut reason = |id: &str| finished(parts.remove(id), &listing).map_err(|why| why.reason);
    assert_eq!(reason("m0"), Ok(vec![one[0], two[0]]));
    assert_eq!(reason("m1"), Err(Reason::Failed));
    assert_eq!(reason("m2"), Err(Reason::Failed));
    assert_eq!(reason("m3"), Err(Reason::Denied));
    assert_eq!(reason("m4"), Err(Reason::Failed));
    assert_eq!(reason("m5"), Ok(Vec::new()));
    assert_eq!(reason("m6"), Err(Reason::Malformed));
}

#[test]
fn a_part_without_status_or_with_half_its_values_is_malformed() {
    let result = || {
        MetricDataResult::builder()
            .id("m0")
            .timestamps(DateTime::from_secs(300))
    };
    assert!(
        part(
            &result()
                .values(1.0)
                .status_code(StatusCode::Complete)
                .build()
        )
        .is_some()
    );
    assert!(part(&result().status_code(StatusCode::Complete).build()).is_none());
    assert!(part(&result().values(1.0).build()).is_none());
    assert!(
        part(
            &result()
                .values(f64::NAN)
                .status_code(StatusCode::Complete)
                .build()
        )
        .is_none()
    );
}

#[test]
fn calls_are_cut_to_one_page() {
    let query = |grain| Query {
        metric: "ReadThrottleEvents",
        stat: "Sum",
        grain,
        table: "orders".to_owned(),
        dimensions: Vec::new(),
    };
    let fine = vec![query(Grain::Fine); 60];
    let daily = vec![query(Grain::Day); 501];
    let wanted = wanted(14 * DAY_S);
    let sizes = |queries: &[Query]| -> Vec<usize> {
        batches(&wanted, queries).iter().map(Vec::len).collect()
    };
    assert_eq!(sizes(&daily), [500, 1]);
    assert!(
        sizes(&fine)
            .iter()
            .all(|size| size * wanted.points(Grain::Fine) <= DATAPOINTS)
    );
    assert_eq!(sizes(&fine).iter().sum::<usize>(), 60);
}
