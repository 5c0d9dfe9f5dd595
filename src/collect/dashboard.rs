//! Amazon CloudWatch: dashboards. All regions show the same ones ("PutDashboard": they are global), so they are read once,
//! in the first region of a run.

mod body;

use aws_sdk_cloudwatch::operation::list_dashboards::ListDashboardsOutput;
use aws_sdk_cloudwatch::types::DashboardEntry;
use futures_util::future::join_all;

use self::body::Body;
use super::call::Caller;
use super::classify::{Cause, Failure};
use super::client::Clients;
use super::listing::Page;
use super::shape::text;
use crate::snapshot::dashboard::Dashboard;
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;

/// A dashboard and what it shows in any region.
#[derive(Clone)]
pub(super) struct Read {
    name: String,
    content: Fact<Body>,
}

/// Reads the dashboards of the account; their content where it is wanted.
pub(super) async fn dashboards(caller: &Caller<'_>, contents: bool) -> Fact<Listed<Read>> {
    let send = |clients: &Clients, token| {
        let call = clients.cloudwatch.list_dashboards();
        call.set_next_token(token).send()
    };
    // The list may be left out when it is empty: the protocol (CBOR) does not say that it never is.
    let read = |answer: ListDashboardsOutput| {
        let name = |entry: &DashboardEntry| text(entry.dashboard_name(), "DashboardName").ok();
        Some(Page {
            items: answer.dashboard_entries().iter().map(name).collect(),
            next: answer.next_token.clone(),
        })
    };
    let names = caller
        .list(Operation::ListDashboards, None, send, read)
        .await;
    let read = names
        .items
        .iter()
        .map(|name| dashboard(caller, name, contents));
    let read = join_all(read).await;
    names
        .with(read.into_iter().flatten().collect())
        .into_fact(|it| it.name.clone())
}

/// A dashboard; `None` if it was deleted meanwhile.
async fn dashboard(caller: &Caller<'_>, name: &str, contents: bool) -> Option<Read> {
    if !contents {
        return Some(Read {
            name: name.to_owned(),
            content: Fact::not_requested(),
        });
    }
    let send = |clients: &Clients| {
        clients
            .cloudwatch
            .get_dashboard()
            .dashboard_name(name)
            .send()
    };
    let operation = Operation::GetDashboard;
    let answer = caller.call(operation, send).await;
    if answer
        .as_ref()
        .is_err_and(|failure| failure.cause == Cause::NotFound)
    {
        return None;
    }
    let answer = answer.and_then(|answer| {
        let body = answer.dashboard_body().and_then(Body::read);
        body.ok_or_else(|| Failure::malformed(operation, "a body that is no JSON"))
    });
    Some(Read {
        name: name.to_owned(),
        content: caller.fact(Some(name), answer),
    })
}

/// What the dashboards show of one region.
pub(super) fn of_region(read: &Fact<Listed<Read>>, region: &str) -> Fact<Listed<Dashboard>> {
    let one = |read: &Read| Dashboard {
        name: read.name.clone(),
        content: read.content.clone().map(|body| body.of_region(region)),
    };
    read.clone().map(|listed| Listed {
        items: listed.items.iter().map(one).collect(),
        missing: listed.missing,
    })
}
