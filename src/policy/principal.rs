//! Whom a policy names: what a principal's text says of its account.

/// A principal, as a policy names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// An account, user, role, session or `*`; or the id of one that was deleted.
    Aws(String),
    /// An AWS service, as in `lambda.amazonaws.com`.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// The canonical id of an account, used by Amazon S3.
    CanonicalUser(String),
}

impl Principal {
    /// The text that names it.
    pub fn name(&self) -> &str {
        match self {
            Principal::Aws(name)
            | Principal::Service(name)
            | Principal::Federated(name)
            | Principal::CanonicalUser(name) => name,
        }
    }

    /// Whether it is everyone there is. `*` alone and `{"AWS": "*"}` are the same to a policy of a resource
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
    pub fn is_anyone(&self) -> bool {
        match self {
            Principal::Aws(name) | Principal::Federated(name) => name == "*",
            Principal::Service(_) | Principal::CanonicalUser(_) => false,
        }
    }

    /// The account that it is, or lies in; `None` where its text does not tell.
    pub fn account(&self) -> Option<&str> {
        match self {
            Principal::Aws(name) if is_account(name) => Some(name),
            Principal::Aws(name) | Principal::Federated(name) => arn_account(name),
            Principal::Service(_) | Principal::CanonicalUser(_) => None,
        }
    }

    /// Whether it is the id that AWS puts where a principal was deleted: it matches nobody, not even a new principal of
    /// the old name.
    pub fn is_deleted(&self) -> bool {
        const PREFIXES: [&str; 5] = ["AIDA", "AROA", "AGPA", "ANPA", "ASIA"];
        match self {
            Principal::Aws(name) => {
                let id = name.len() >= 16 && name.bytes().all(|c| c.is_ascii_alphanumeric());
                id && PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            }
            Principal::Service(_) | Principal::Federated(_) | Principal::CanonicalUser(_) => false,
        }
    }
}

/// Whether the text is an account id: twelve digits.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|c| c.is_ascii_digit())
}

/// The account in an ARN; `None` where there is none, or a pattern.
pub fn arn_account(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let is_arn = parts.next() == Some("arn");
    let account = parts.nth(3)?;
    parts.next()?;
    (is_arn && is_account(account)).then_some(account)
}
