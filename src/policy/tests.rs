//! What readers of policies promise.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn parsed(value: &Value) -> Document {
    Document::parse(&value.to_string()).expect("a document")
}

fn error(text: &str) -> String {
    Document::parse(text).expect_err("wrong").to_string()
}

#[test]
fn every_legal_shape_is_read() {
    let document = parsed(&json!({"Statement": {
        "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Principal": "*",
        "Condition": {"bool": {"aws:SecureTransport": true}, "NumericLessThan": {"aws:MultiFactorAuthAge": 3600},
            "ForAnyValue:StringLikeIfExists": {"a:b": ["x*", "y"]}, "Null": {"c:d": "true"}}}}));
    let statement = &document.statements[0];
    assert_eq!((document.version, &document.id), (None, &None));
    let words: Vec<String> = statement.conditions.iter().map(Condition::word).collect();
    let expected = [
        "Bool",
        "ForAnyValue:StringLikeIfExists",
        "Null",
        "NumericLessThan",
    ];
    assert_eq!(words, expected);
    assert_eq!(statement.conditions[0].values, ["true"]);
    assert_eq!(statement.conditions[3].values, ["3600"]);
    let principals = Scope::Only(vec![Principal::Aws("*".to_owned())]);
    assert_eq!(statement.principals, Some(principals));

    let document = parsed(&json!({"Version": "2012-10-17", "Id": "x", "Statement": [{
        "Sid": "", "Effect": "Deny", "NotAction": ["a:*"], "NotResource": ["*"],
        "NotPrincipal": {"AWS": ["111122223333"], "Service": "x.amazonaws.com", "Federated": "y", "CanonicalUser": "z"}},
        {"Effect": "Allow", "Action": [], "Resource": []}]}));
    assert_eq!(document.statements.len(), 2);
    let statement = &document.statements[0];
    assert!(matches!(&statement.principals, Some(Scope::AllBut(listed)) if listed.len() == 4));
    assert_eq!(statement.label(0), "statement 1");
    assert!(!document.statements[1].names_action("dynamodb:GetItem"));
}

#[test]
fn a_document_that_is_not_understood_is_refused_with_its_place() {
    for (text, expected) in [
        ("", "not a JSON document: EOF"),
        (
            "<html>",
            "not a JSON document: expected value at line 1 column 1",
        ),
        ("[]", "expected an object, found a list"),
        ("{}", "no Statement"),
        (
            r#"{"Statement":[],"Statement":[]}"#,
            "duplicate key \"Statement\"",
        ),
        (r#"{"Statement":[]} x"#, "trailing characters"),
        (
            r#"{"Statement":[],"statement":[]}"#,
            "unknown element \"statement\"",
        ),
        (
            r#"{"Version":"2013-01-01","Statement":[]}"#,
            "Version: \"2013-01-01\" is no version",
        ),
        (
            r#"{"Statement":[{"Effect":"Allow"}]}"#,
            "Statement[1]: no Action",
        ),
        (
            r#"{"Statement":[{"Action":"*"}]}"#,
            "Statement[1]: no Effect",
        ),
        (
            r#"{"Statement":{"Effect":"allow","Action":"*"}}"#,
            "Statement.Effect: \"allow\" is neither",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*"}}"#,
            "Statement.NotAction: an element and its Not",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"GetItem"}}"#,
            "\"GetItem\" is no action",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":[["*"]]}}"#,
            "expected a text, found a list",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":null}}"#,
            "expected a text, found null",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Principal":"111122223333"}}"#,
            "neither \"*\" nor an object",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Principal":{"Aws":"*"}}}"#,
            "unknown kind of principal \"Aws\"",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"Equals":{}}}}"#,
            "unknown condition operator \"Equals\"",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"NullIfExists":{}}}}"#,
            "unknown condition operator",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"Bool":{"a:b":{}}}}}"#,
            "Statement.Condition.Bool.a:b: expected a value",
        ),
        (
            r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"Bool":{"a:b":"x"},"bool":{"A:B":"y"}}}}"#,
            "twice",
        ),
    ] {
        let found = error(text);
        assert!(found.contains(expected), "{text} gives {found}");
    }
}

#[test]
fn hostile_text_ends_in_an_error() {
    assert!(error(&"[".repeat(100_000)).contains("nested too deep"));
    assert!(error(&r#"{"Statement":"#.repeat(10_000)).contains("nested too deep"));
    assert!(error(&"x".repeat(MAX_BYTES + 1)).contains("longer than 256 KB"));
    let long = format!(r#"{{"Statement":[],"{}":1}}"#, "\\u001b".repeat(1000));
    let found = error(&long);
    assert!(found.len() < 600 && !found.contains('\u{1b}'), "{found}");
}

fn admitted(statements: &Value) -> Vec<Audience> {
    let document = parsed(&json!({"Version": "2012-10-17", "Statement": statements}));
    let statement = document.allows().next().expect("a grant").clone();
    document.audience(&statement)
}

fn open(condition: &Value) -> Vec<Audience> {
    admitted(
        &json!([{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Principal": "*",
        "Condition": condition}]),
    )
}

#[test]
fn only_a_condition_on_who_calls_narrows_everyone() {
    let account = || vec![Audience::Account("111122223333".to_owned())];
    for (condition, expected) in [
        (json!({}), vec![Audience::Anyone]),
        (
            json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
            account(),
        ),
        (
            json!({"StringEquals": {"AWS:principalaccount": ["111122223333"]}}),
            account(),
        ),
        (
            json!({"StringLike": {"aws:PrincipalAccount": "11112222*"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringEquals": {"aws:PrincipalAccount": []}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringEquals": {"aws:PrincipalAccount": "${aws:PrincipalTag/a}"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"Null": {"aws:PrincipalAccount": "false"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app-*"}}),
            account(),
        ),
        (
            json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringLike": {"aws:PrincipalArn": "arn:*:iam::111122223333:role/app"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"ArnLike": {"aws:SourceArn": "arn:*:sns:*:111122223333:topic"}}),
            account(),
        ),
        (
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1"}}),
            vec![Audience::Organization("o-a1".to_owned())],
        ),
        (
            json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1/r-1/*"}}),
            vec![Audience::Organization("o-a1/r-1/*".to_owned())],
        ),
        (
            json!({"StringLike": {"aws:PrincipalOrgPaths": "o-a1/r-1/*"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
            vec![Audience::Network("vpce-1".to_owned())],
        ),
        (
            json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringEquals": {"kms:ViaService": "dynamodb.eu-central-1.amazonaws.com"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}),
            vec![Audience::Service("*".to_owned())],
        ),
        (
            json!({"Bool": {"aws:PrincipalIsAWSService": "false"}}),
            vec![Audience::Anyone],
        ),
        (
            json!({"StringEquals": {"kms:ViaService": "x", "kms:CallerAccount": "111122223333"}}),
            account(),
        ),
    ] {
        assert_eq!(open(&condition), expected, "{condition}");
    }
}

#[test]
fn principals_say_their_account() {
    let audience = |principal: Value| {
        admitted(
            &json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": principal}]),
        )
    };
    let account = vec![Audience::Account("111122223333".to_owned())];
    for name in [
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws-cn:iam::111122223333:role/path/app",
        "arn:aws:sts::111122223333:assumed-role/app/session",
    ] {
        assert_eq!(audience(json!({"AWS": name})), account, "{name}");
    }
    assert_eq!(
        audience(json!({"AWS": ["111122223333", "*"]})),
        [Audience::Anyone, account[0].clone()]
    );
    assert_eq!(audience(json!({"AWS": "AROAEXAMPLEEXAMPLE12"})), []);
    let service = Audience::Service("lambda.amazonaws.com".to_owned());
    assert_eq!(
        audience(json!({"Service": "lambda.amazonaws.com"})),
        [service]
    );
    assert!(matches!(
        &audience(json!({"CanonicalUser": "abc"}))[..],
        [Audience::Unclear(_)]
    ));
    let all_but = admitted(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*",
        "NotPrincipal": {"AWS": "111122223333"}}]));
    assert_eq!(all_but, [Audience::Anyone]);
}

#[test]
fn a_deny_for_everyone_else_narrows_too() {
    let with = |deny: Value| {
        admitted(
            &json!([{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*", "Principal": "*"}, deny]),
        )
    };
    let organization = [Audience::Organization("o-a1".to_owned())];
    let deny = |condition: Value| json!({"Effect": "Deny", "Action": "dynamodb:*", "Resource": "*", "Principal": "*", "Condition": condition});
    assert_eq!(
        with(deny(
            json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1"}})
        )),
        organization
    );
    assert_eq!(
        with(deny(
            json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-*"}})
        )),
        [Audience::Unclear(
            "a Deny leaves out callers in a way that is not followed here".to_owned()
        )]
    );
    assert_eq!(with(deny(json!({}))), []);
    assert_eq!(
        with(deny(json!({"Bool": {"aws:SecureTransport": "false"}}))),
        [Audience::Anyone]
    );
    let both = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1"}, "Bool": {"aws:PrincipalIsAWSService": "false"}});
    assert!(matches!(&with(deny(both))[..], [Audience::Unclear(_)]));
    let elsewhere =
        json!({"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*", "Principal": "*"});
    assert_eq!(with(elsewhere), [Audience::Anyone]);
    let spared = json!({"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": "111122223333"}});
    assert!(matches!(&with(spared)[..], [Audience::Unclear(_)]));
}

#[test]
fn services_are_named_whole_or_by_leaving_out() {
    let of = |actions: Value| {
        let mut statement = json!({"Effect": "Allow", "Resource": "*"});
        let (key, value) = actions
            .as_object()
            .and_then(|it| it.iter().next())
            .expect("one");
        statement[key] = value.clone();
        let statement = parsed(&json!({"Statement": statement}))
            .statements
            .remove(0);
        (
            statement.names_service("dynamodb"),
            statement.leaves_in("dynamodb"),
            statement.names_every_action(),
        )
    };
    assert_eq!(of(json!({"Action": "*"})), (true, false, true));
    assert_eq!(
        of(json!({"Action": ["s3:*", "DynamoDB:*"]})),
        (true, false, false)
    );
    assert_eq!(
        of(json!({"Action": "dynamodb:Get*"})),
        (false, false, false)
    );
    assert_eq!(of(json!({"NotAction": "iam:*"})), (true, true, false));
    assert_eq!(
        of(json!({"NotAction": "dynamodb:DeleteTable"})),
        (false, true, false)
    );
    assert_eq!(
        of(json!({"NotAction": ["dynamodb:*", "iam:*"]})),
        (false, false, false)
    );
    assert_eq!(of(json!({"NotAction": []})), (true, true, true));
}

#[test]
fn a_service_is_conditioned_by_whom_it_acts_for() {
    let of = |condition: Value| {
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*",
            "Principal": {"Service": "x.amazonaws.com"}, "Condition": condition});
        parsed(&json!({"Statement": statement}))
            .statements
            .remove(0)
            .names_source()
    };
    assert!(of(
        json!({"StringEquals": {"aws:SourceAccount": "111122223333"}})
    ));
    assert!(of(
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:x:*:111122223333:*"}})
    ));
    assert!(of(
        json!({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::bucket"}})
    ));
    assert!(of(json!({"StringEquals": {"aws:SourceOrgID": "o-a1"}})));
    assert!(!of(json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}})));
    assert!(!of(
        json!({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}})
    ));
    assert!(!of(json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}})));
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        "[a-zA-Z0-9:/*?._ \\-\"\\\\é$\\{\\}]{0,12}"
    ]
}

fn words() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(word(), 0..4)
}

fn scope<T: std::fmt::Debug>(
    items: impl Strategy<Value = Vec<T>> + Clone,
) -> impl Strategy<Value = Scope<T>> {
    prop_oneof![
        items.clone().prop_map(Scope::Only),
        items.prop_map(Scope::AllBut)
    ]
}

fn principals() -> impl Strategy<Value = Vec<Principal>> + Clone {
    let kinds = [
        Principal::Aws as fn(String) -> Principal,
        Principal::Service,
        Principal::Federated,
        Principal::CanonicalUser,
    ];
    let one = (prop::sample::select(kinds.to_vec()), "[a-z0-9:*]{0,9}")
        .prop_map(|(kind, name)| kind(name));
    prop::collection::vec(one, 0..4).prop_map(|mut listed| {
        listed.sort();
        listed
    })
}

fn conditions() -> impl Strategy<Value = Vec<Condition>> {
    let quantifier = prop::sample::select(vec![
        None,
        Some(Quantifier::ForAllValues),
        Some(Quantifier::ForAnyValue),
    ]);
    let operator = prop::sample::select(Operator::ALL.to_vec());
    let one = (quantifier, operator, any::<bool>(), "[a-z:]{1,6}", words()).prop_map(
        |(quantifier, operator, if_exists, key, values)| Condition {
            quantifier,
            operator,
            if_exists: if_exists && operator != Operator::Null,
            key,
            values,
        },
    );
    prop::collection::vec(one, 0..4).prop_map(|mut found| {
        found.sort_by_cached_key(Condition::place);
        found.dedup_by_key(|condition| condition.place());
        found
    })
}

fn statement() -> impl Strategy<Value = Statement> {
    let actions = prop::collection::vec("[a-zA-Z*]{1,5}:[a-zA-Z*?]{0,5}|\\*", 0..4);
    let resources = prop::collection::vec("[a-z:*/]{0,12}", 0..4);
    let effect = prop::sample::select(vec![Effect::Allow, Effect::Deny]);
    (
        prop::option::of(word()),
        effect,
        prop::option::of(scope(principals())),
        scope(actions),
        prop::option::of(scope(resources)),
        conditions(),
    )
        .prop_map(
            |(sid, effect, principals, actions, resources, conditions)| Statement {
                sid,
                effect,
                principals,
                actions,
                resources,
                conditions,
            },
        )
}

fn document() -> impl Strategy<Value = Document> {
    let version = prop::sample::select(vec![None, Some(Version::V2008), Some(Version::V2012)]);
    let statements = prop::collection::vec(statement(), 0..4);
    (version, prop::option::of(word()), statements).prop_map(|(version, id, statements)| Document {
        version,
        id,
        statements,
    })
}

/// JSON that is near to policies.
fn near() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
        prop::sample::select(vec!["Allow", "Deny", "2012-10-17", "111122223333"])
            .prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "Statement",
        "Version",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "AWS",
        "Service",
        "Condition",
        "StringEquals",
        "ForAnyValue:",
        "Bool",
        "aws:x",
        "Sid",
        "",
    ]);
    leaf.prop_recursive(6, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..5).prop_map(|map| {
                map.into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect::<Value>()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn printing_and_reading_is_the_same_document(document in document()) {
        let text = document.to_string();
        prop_assert_eq!(Document::parse(&text).expect("reads"), document);
    }

    #[test]
    fn any_json_ends_in_a_document_or_an_error(value in near()) {
        if let Ok(document) = Document::parse(&value.to_string()) {
            for statement in &document.statements {
                let _ = document.audience(statement);
                let _ = (statement.names_service("dynamodb"), statement.covers_resources("arn:aws:x"));
            }
        }
    }

    #[test]
    fn any_text_ends_in_a_document_or_an_error(text in ".{0,200}") {
        let _ = Document::parse(&text);
    }

    #[test]
    fn a_pattern_covers_only_what_it_matches(outer in "[ab:*?]{0,6}", inner in "[ab:*?]{0,6}", text in "[ab]{0,3}:[ab]{0,3}") {
        let both = pattern::action_covers(&outer, &inner) && pattern::action_matches(&inner, &text);
        prop_assert!(!both || pattern::action_matches(&outer, &text));
        let meet = pattern::action_matches(&outer, &text) && pattern::action_matches(&inner, &text);
        prop_assert!(!meet || pattern::actions_meet(&outer, &inner));
    }
}
