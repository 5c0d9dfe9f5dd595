//! What ends a run: no identity, no region, nobody reachable, nothing listable. Each with its sentence and next step.

use super::child::Home;
use super::stub::{Answer, Stub, identity, json_error, nobody, query_error};

const PROFILES: &str = r#"
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = reader
region = eu-west-1
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
[profile admin]
role_arn = arn:aws:iam::111122223333:role/admin
mfa_serial = arn:aws:iam::111122223333:mfa/me
source_profile = base
region = eu-west-1
[profile base]
aws_access_key_id = AKIA111122223333TEST
aws_secret_access_key = secret
[profile bare]
region = eu-west-1
"#;
/// Where the SDK keeps the token of session "corp": the SHA-1 of its name.
const CORP_TOKEN: &str = "sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

fn check(home: &Home, message: &str, hint: &str) {
    assert_eq!(home.collect().refusal(), (message, hint));
}

fn listing(answer: &'static (dyn Fn() -> Option<Answer> + Sync)) -> Stub {
    Stub::start(move |operation| match operation {
        "GetCallerIdentity" => identity(),
        "ListTables" => answer(),
        _ => None,
    })
}

fn sts(code: &'static str) -> Stub {
    Stub::start(move |_| query_error(403, code, "no"))
}

#[test]
fn without_credentials_the_places_looked_at_are_named() {
    check(
        &Home::empty().with("AWS_REGION", "eu-west-1"),
        "no AWS credentials found (looked at: environment, profile \"default\", web identity, container, instance)",
        "aws sso login, or name a profile with --profile; or try without an account: dynalint check --demo",
    );
}

#[test]
fn a_profile_that_is_not_there_gets_a_near_name_and_the_list() {
    check(
        &Home::empty()
            .file("config", PROFILES)
            .option("profile", "ssso"),
        "profile \"ssso\" is not in ~/.aws/config; did you mean \"sso\"?",
        "4 profiles: admin, bare, base, sso",
    );
    check(
        &Home::empty()
            .file("config", PROFILES)
            .with("AWS_PROFILE", "production"),
        "profile \"production\" is not in ~/.aws/config",
        "4 profiles: admin, bare, base, sso",
    );
}

#[test]
fn a_missing_login_and_an_expired_one_name_the_session() {
    let home = Home::empty()
        .file("config", PROFILES)
        .option("profile", "sso");
    check(
        &home,
        "there is no SSO login for session \"corp\"",
        "aws sso login --sso-session corp",
    );
    let token = r#"{"accessToken":"t","expiresAt":"2020-01-01T00:00:00Z","region":"eu-west-1","startUrl":"https://corp.awsapps.com/start"}"#;
    check(
        &home.file(CORP_TOKEN, token),
        "the SSO session \"corp\" has expired",
        "aws sso login --sso-session corp",
    );
}

#[test]
fn without_a_region_the_three_ways_to_one_are_named() {
    check(
        &Home::empty()
            .file("config", PROFILES)
            .option("profile", "base"),
        "no region",
        "pass --region, set AWS_REGION, or add region to profile \"base\"",
    );
}

#[test]
fn what_chose_an_endpoint_where_nobody_listens_is_named() {
    let url = nobody();
    let message = format!("cannot reach {url} (connection refused)");
    let hint = |by: &str| format!("{by} is set: is the emulator running?");
    let option = Home::with_keys().option("endpoint_url", &url);
    check(&option, &message, &hint("--endpoint-url"));
    let variable = Home::with_keys().with("AWS_ENDPOINT_URL", &url);
    check(&variable, &message, &hint("AWS_ENDPOINT_URL"));

    let others = listing(&|| None);
    let alone = Home::with_keys()
        .with("AWS_ENDPOINT_URL", &others.url)
        .with("AWS_ENDPOINT_URL_DYNAMODB", &url);
    check(&alone, &message, &hint("AWS_ENDPOINT_URL_DYNAMODB"));

    let config = format!("[default]\nregion = eu-west-1\nendpoint_url = {url}\n");
    let keys = "[default]\naws_access_key_id = A\naws_secret_access_key = s\n";
    let profile = Home::empty()
        .file("config", &config)
        .file("credentials", keys);
    check(
        &profile,
        &message,
        &hint("endpoint_url of profile \"default\""),
    );
}

#[test]
fn credentials_that_aws_refuses_end_the_run_with_the_reason() {
    let refused = |code, message: &str, hint: &str| {
        let stub = sts(code);
        check(
            &Home::with_keys().option("endpoint_url", &stub.url),
            message,
            hint,
        );
    };
    refused(
        "ExpiredToken",
        "the temporary credentials in the environment expired",
        "get new ones: aws sso login, aws sts assume-role, or whatever gave you these",
    );
    refused(
        "InvalidClientTokenId",
        "AWS does not know the access key in the environment",
        "was it deleted? is it of another partition? is the region enabled? aws sts get-caller-identity",
    );
    refused(
        "SignatureDoesNotMatch",
        "AWS does not accept the signature of the access key in the environment",
        "check the secret access key, and that the clock of this machine is right",
    );
}

#[test]
fn a_role_that_is_refused_is_named_and_mfa_gets_its_hint() {
    let stub = sts("AccessDenied");
    check(
        &Home::with_keys()
            .option("endpoint_url", &stub.url)
            .option("role_arn", "arn:aws:iam::111122223333:role/audit"),
        "cannot assume role arn:aws:iam::111122223333:role/audit: access denied",
        "check the role's trust policy, the external id, and that you may call sts:AssumeRole",
    );
    check(
        &Home::empty()
            .file("config", PROFILES)
            .with("AWS_ENDPOINT_URL_STS", &stub.url)
            .option("profile", "admin"),
        "cannot assume role arn:aws:iam::111122223333:role/admin: access denied",
        "profile \"admin\" wants MFA, which dynalint does not ask for: eval \"$(aws configure export-credentials --profile admin --format env)\"",
    );
}

#[test]
fn a_named_profile_wins_over_keys_in_the_environment() {
    check(
        &Home::with_keys()
            .file("config", PROFILES)
            .option("profile", "bare"),
        "profile \"bare\" holds no credentials",
        "aws configure list",
    );
}

#[test]
fn a_listing_that_is_denied_everywhere_ends_the_run_with_the_action() {
    let stub = listing(&|| {
        let message = "User: arn:aws:iam::111122223333:user/ci is not authorized to perform: dynamodb:ListTables on resource: * with an explicit deny in a service control policy";
        json_error(400, "AccessDeniedException", message)
    });
    check(
        &Home::with_keys().option("endpoint_url", &stub.url),
        "dynamodb:ListTables is denied in eu-west-1 (explicit deny in a service control policy)",
        "allow it; the least policy: dynalint doctor --policy",
    );
}
