//! The Resource Groups Tagging API: the tags of all tables in a few calls, instead of one call a table.
//!
//! It leaves out resources that never had a tag, so a table that a complete listing does not name has none.

use std::collections::BTreeMap;

use aws_sdk_resourcegroupstagging::operation::get_resources::GetResourcesOutput;
use aws_sdk_resourcegroupstagging::types::ResourceTagMapping;

use super::call::Caller;
use super::client::Clients;
use super::listing::{Listing, Page};
use crate::snapshot::fact::Fact;
use crate::snapshot::operation::Operation;

/// Resources a page: the most that AWS gives (API reference of GetResources).
const PAGE: i32 = 100;

/// A table's name and its tags.
type Tagged = (String, BTreeMap<String, String>);

/// The tags of the tables of a region.
pub(super) struct Tags {
    by_table: BTreeMap<String, BTreeMap<String, String>>,
    listing: Listing<()>,
}

impl Tags {
    /// The tags of a table: none when a complete listing does not name it, unknown when an incomplete one does not.
    pub(super) fn of(&self, table: &str) -> Fact<BTreeMap<String, String>> {
        match (self.by_table.get(table), self.listing.missing()) {
            (Some(tags), _) => Fact::Known(tags.clone()),
            (None, None) => Fact::Known(BTreeMap::new()),
            (None, Some(why)) => Fact::Unknown(why),
        }
    }
}

/// Reads the tags of all tables of the region.
pub(super) async fn tags(caller: &Caller<'_>) -> Tags {
    let send = |clients: &Clients, token| {
        let call = clients.tagging.get_resources();
        let call = call.resource_type_filters("dynamodb:table");
        call.resources_per_page(PAGE)
            .set_pagination_token(token)
            .send()
    };
    let read = |answer: GetResourcesOutput| {
        let tagged = answer.resource_tag_mapping_list?;
        Some(Page {
            items: tagged.into_iter().map(tagged_table).collect(),
            next: answer.pagination_token,
        })
    };
    let listing = caller.list(Operation::GetResources, None, send, read).await;
    let rest = listing.with(Vec::new());
    Tags {
        by_table: listing.items.into_iter().collect(),
        listing: rest,
    }
}

fn tagged_table(mapping: ResourceTagMapping) -> Option<Tagged> {
    let (_, name) = mapping.resource_arn.as_deref()?.split_once(":table/")?;
    let tags = mapping.tags.unwrap_or_default().into_iter();
    let tags = tags.map(|tag| (tag.key, tag.value)).collect();
    Some((name.to_owned(), tags))
}

#[cfg(test)]
mod tests {
    use aws_sdk_resourcegroupstagging::types::Tag;

    use super::*;

    #[test]
    fn tags_go_by_the_name_of_their_table() {
        let tag = Tag::builder()
            .key("owner")
            .value("shop")
            .build()
            .expect("complete");
        let mapping = ResourceTagMapping::builder()
            .resource_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/orders")
            .tags(tag);
        let (table, tags) = tagged_table(mapping.build()).expect("a table");
        assert_eq!((table.as_str(), tags["owner"].as_str()), ("orders", "shop"));
        assert!(tagged_table(ResourceTagMapping::builder().build()).is_none());
    }
}
