//! CloudWatch dashboards: which metrics their widgets show in a region.
//!
//! The bodies themselves are not kept: people write anything into their notes. Neither are widgets of other services.

use std::collections::BTreeMap;

use crate::record;

record! {
    /// A dashboard of the account.
    pub struct Dashboard = "dashboard" labelled name {
        /// Name.
        name: String, Identity [ListDashboards];
    } facts {
        /// What it shows of this region's tables.
        content: DashboardContent, Config [GetDashboard];
    }
}

record! {
    /// What a dashboard shows of DynamoDB.
    pub struct DashboardContent = "dashboard-content" {
        /// The metrics that its widgets name.
        metrics: Vec<ShownMetric>, Config [GetDashboard];
        /// The expressions that find metrics: searches and queries.
        searches: Vec<ShownSearch>, Config [GetDashboard];
        /// The ARNs of the alarms whose metrics it shows.
        alarms: Vec<String>, Config [GetDashboard];
        /// What its viewers may choose.
        variables: Vec<DashboardVariable>, Config [GetDashboard];
        /// Kinds of widgets that may show a table's metrics in a way this version does not model.
        unmodelled: Vec<String>, Config [GetDashboard];
    }
}

record! {
    /// A metric that a widget names.
    pub struct ShownMetric = "shown-metric" labelled metric {
        /// Namespace: `AWS/DynamoDB`.
        namespace: String, Config [GetDashboard];
        /// Metric name.
        metric: String, Config [GetDashboard];
        /// The exact dimension set.
        dimensions: BTreeMap<String, String>, Config [GetDashboard];
        /// Region; null where the widget names none.
        region: Option<String>, Config [GetDashboard];
        /// Account that the metric comes from; null for this one.
        account: Option<String>, Config [GetDashboard];
    }
}

record! {
    /// An expression of a widget that finds metrics by itself.
    pub struct ShownSearch = "shown-search" labelled expression {
        /// The expression: `SEARCH('{AWS/DynamoDB,TableName} …', 'Sum')`, `SELECT …`.
        expression: String, Config [GetDashboard];
        /// Region; null where the widget names none.
        region: Option<String>, Config [GetDashboard];
        /// Account that the metrics come from; null for this one.
        account: Option<String>, Config [GetDashboard];
    }
}

record! {
    /// A variable of a dashboard: its viewers choose a value, and all widgets change.
    pub struct DashboardVariable = "dashboard-variable" {
        /// The property of widgets that it sets: `TableName`, `region`; null where it replaces a pattern anywhere.
        property: Option<String>, Config [GetDashboard];
        /// The values there are to choose; empty where a search finds them or anything may be typed.
        values: Vec<String>, Config [GetDashboard];
    }
}
