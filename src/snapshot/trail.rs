//! CloudTrail: which calls are logged. Trails with their event selectors, and event data stores of CloudTrail Lake.

use crate::{choice, record};

choice! {
    /// Which calls a basic selector logs.
    ReadWrite = "read-write" [ReadOnly, WriteOnly, All];
    /// State of an event data store. Only ENABLED takes events in.
    StoreStatus = "store-status" [CREATED, ENABLED, PENDING_DELETION, STARTING_INGESTION, STOPPING_INGESTION, STOPPED_INGESTION];
}

record! {
    /// A trail that logs in this region: its own, or one of another region or of the organization that covers it.
    pub struct Trail = "trail" labelled name {
        /// Name.
        name: String, Identity [DescribeTrails];
        /// ARN.
        arn: String, Identity [DescribeTrails];
        /// The region it was made in; null where AWS does not say.
        home_region: Option<String>, Identity [DescribeTrails];
        /// Whether it logs every region; null where AWS does not say.
        multi_region: Option<bool>, Config [DescribeTrails];
        /// Whether the organization owns it; null where AWS does not say.
        organization: Option<bool>, Config [DescribeTrails];
    } facts {
        /// Whether it logs now.
        logging: bool, Config [GetTrailStatus];
        /// What it logs.
        selectors: Selectors, Config [GetEventSelectors];
    }
}

record! {
    /// What a trail logs: basic selectors or advanced ones, any of which is enough.
    pub struct Selectors = "selectors" {
        /// The basic ones.
        basic: Vec<EventSelector>, Config [GetEventSelectors];
        /// The advanced ones.
        advanced: Vec<AdvancedSelector>, Config [GetEventSelectors];
    }
}

record! {
    /// A basic event selector.
    pub struct EventSelector = "event-selector" labelled read_write {
        /// Which calls.
        read_write: ReadWrite, Config [GetEventSelectors];
        /// Whether it logs management events.
        management_events: bool, Config [GetEventSelectors];
        /// The data events it logs.
        data_resources: Vec<DataResource>, Config [GetEventSelectors];
    }
}

record! {
    /// Resources of one type whose data events a basic selector logs.
    pub struct DataResource = "data-resource" labelled kind {
        /// Type: `AWS::DynamoDB::Table`.
        kind: String, Config [GetEventSelectors];
        /// ARNs, or the first part of them.
        arns: Vec<String>, Config [GetEventSelectors];
    }
}

record! {
    /// An advanced event selector: all its fields must match.
    pub struct AdvancedSelector = "advanced-selector" {
        /// Name; null if it has none.
        name: Option<String>, Config [GetEventSelectors, GetEventDataStore];
        /// The fields it looks at.
        fields: Vec<SelectorField>, Config [GetEventSelectors, GetEventDataStore];
    }
}

record! {
    /// What an advanced selector wants of one field of an event. An empty list wants nothing.
    pub struct SelectorField = "selector-field" labelled field {
        /// Field: `eventCategory`, `resources.type`, `resources.ARN`, `readOnly`.
        field: String, Config [GetEventSelectors, GetEventDataStore];
        /// Any of these.
        equals: Vec<String>, Config [GetEventSelectors, GetEventDataStore];
        /// Any of these at the start.
        starts_with: Vec<String>, Config [GetEventSelectors, GetEventDataStore];
        /// Any of these at the end.
        ends_with: Vec<String>, Config [GetEventSelectors, GetEventDataStore];
        /// None of these.
        not_equals: Vec<String>, Config [GetEventSelectors, GetEventDataStore];
        /// None of these at the start.
        not_starts_with: Vec<String>, Config [GetEventSelectors, GetEventDataStore];
        /// None of these at the end.
        not_ends_with: Vec<String>, Config [GetEventSelectors, GetEventDataStore];
    }
}

record! {
    /// An event data store of CloudTrail Lake.
    pub struct EventDataStore = "event-data-store" labelled arn {
        /// ARN.
        arn: String, Identity [ListEventDataStores];
    } facts {
        /// State.
        status: StoreStatus, Config [GetEventDataStore];
        /// What it logs: any of these is enough.
        selectors: Vec<AdvancedSelector>, Config [GetEventDataStore];
    }
}
