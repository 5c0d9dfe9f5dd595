//! What stands between clients and tables: DAX clusters and VPC endpoints of DynamoDB.

use crate::{choice, record};

choice! {
    /// State of the encryption at rest of a cluster.
    CacheEncryption = "cache-encryption" [ENABLING, ENABLED, DISABLING, DISABLED];
    /// Encryption of the connections to a cluster.
    CacheTransport = "cache-transport" [NONE, TLS];
    /// Kind of VPC endpoint. EC2 writes them so.
    EndpointKind = "endpoint-kind" [Interface, Gateway, GatewayLoadBalancer, Resource, ServiceNetwork, Tunnel];
    /// State of a VPC endpoint. EC2 answers in small letters.
    EndpointState = "endpoint-state" [pendingAcceptance, pending, available, deleting, deleted, rejected, failed, expired, partial];
}

record! {
    /// A DAX cluster.
    pub struct Cache = "cache" labelled name {
        /// Name.
        name: String, Identity [DescribeClusters];
        /// ARN.
        arn: String, Identity [DescribeClusters];
        /// State: `available`, `creating`; null where AWS does not say.
        status: Option<String>, Volatile [DescribeClusters];
        /// Encryption at rest: decided when the cluster was made.
        encryption: CacheEncryption, Config [DescribeClusters];
        /// Encryption of the connections: decided when the cluster was made.
        transport: CacheTransport, Config [DescribeClusters];
        /// Its nodes.
        nodes: Vec<CacheNode>, Config [DescribeClusters];
        /// ARN of the role with which it reads and writes tables; null where AWS does not say.
        role_arn: Option<String>, Config [DescribeClusters];
    }
}

record! {
    /// A node of a DAX cluster.
    pub struct CacheNode = "cache-node" labelled id {
        /// Id.
        id: String, Identity [DescribeClusters];
        /// Availability zone; null until it has one.
        zone: Option<String>, Config [DescribeClusters];
    }
}

record! {
    /// A VPC endpoint of DynamoDB.
    pub struct VpcEndpoint = "vpc-endpoint" labelled id {
        /// Id.
        id: String, Identity [DescribeVpcEndpoints];
        /// The VPC.
        vpc: String, Config [DescribeVpcEndpoints];
        /// Kind.
        kind: EndpointKind, Config [DescribeVpcEndpoints];
        /// State.
        state: EndpointState, Volatile [DescribeVpcEndpoints];
        /// Ids of the route tables that lead to it; a gateway without any is not used.
        route_tables: Vec<String>, Config [DescribeVpcEndpoints];
        /// Its policy document; null where the kind has none.
        policy: Option<String>, Config [DescribeVpcEndpoints];
    }
}
