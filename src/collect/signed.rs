//! One or two calls of a service, signed, without its SDK crate: those cost everybody's build minutes.
//!
//! The same runtime as the SDK's clients, so credentials, endpoint settings, retries, timeouts and the [`Tally`] are the
//! same, and a failure is an [`SdkError`] that `classify` understands. Knows protocols, not services: what a member means
//! is for the collector of its service.

use aws_config::SdkConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_sdk_resourcegroupstagging::config::endpoint::{
    DefaultResolver, Params, ResolveEndpoint as _,
};
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Call;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime::client::retries::strategy::StandardRetryStrategy;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::endpoint::{
    EndpointFuture, EndpointResolverParams, ResolveEndpoint,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::{RuntimePlugin as _, StaticRuntimePlugin};
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::endpoint::Endpoint;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;

use super::endpoint::of_service_alone;
use super::protocol::{self, Answer, Ask};
use super::wire::{NobodyThere, Tally};

/// A service, as its API model describes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    /// The name that its SDK goes by, which settings such as `AWS_ENDPOINT_URL_…` are called after.
    pub(super) id: &'static str,
    /// The first part of its host names, and the name it is signed for.
    pub(super) host: &'static str,
}

/// Makes signed calls in one region.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    base: SdkConfig,
    tally: Tally,
    attempts: u32,
    http: Option<SharedHttpClient>,
    identities: SharedIdentityCache,
}

impl Signed {
    /// A caller for the region of a configuration, with at most so many tries a call.
    pub(super) fn new(base: &SdkConfig, attempts: u32, tally: &Tally) -> Signed {
        // One of each for all calls: connections are kept, and credentials asked for once.
        let plugin = default_http_client_plugin_v2(BehaviorVersion::latest());
        let default = plugin.and_then(|plugin| {
            let none = RuntimeComponentsBuilder::new("none");
            plugin.runtime_components(&none).http_client()
        });
        let own = IdentityCache::lazy().build();
        Signed {
            base: base.clone(),
            tally: tally.clone(),
            attempts,
            http: base.http_client().or(default),
            identities: base.identity_cache().unwrap_or(own),
        }
    }

    /// Makes a call.
    ///
    /// # Errors
    /// As of any SDK client; an answer that its protocol does not have is a service error without a code.
    pub(super) async fn call(
        &self,
        service: Service,
        ask: Ask,
    ) -> Result<Answer, SdkError<ErrorMetadata, HttpResponse>> {
        let call = Call::builder()
            .service_name(service.id)
            .operation_name(ask.operation())
            .behavior_version(BehaviorVersion::latest())
            .interceptor(self.tally.clone())
            .runtime_plugin(self.plugin(service))
            .with_connection_poisoning()
            .serializer(|ask: Ask| -> Result<HttpRequest, _> { protocol::request(&ask) })
            .deserializer(read(&ask))
            .build();
        call.invoke(ask).await
    }

    /// What the SDK's clients have: see `client!` of [`super::client`] for why retries cost no tokens.
    fn plugin(&self, service: Service) -> StaticRuntimePlugin {
        let base = &self.base;
        let region = base.region().cloned();
        let mut config = Layer::new("dynalint signed call");
        config.store_put(AuthSchemeOptionResolverParams::new(()));
        config.store_put(EndpointResolverParams::new(()));
        config.store_put(SigningName::from_static(service.host));
        let mut signing_options = SigningOptions::default();
        signing_options.double_uri_encode = true;
        signing_options.normalize_uri_path = true;
        let mut signing = SigV4OperationSigningConfig::default();
        signing.signing_options = signing_options;
        config.store_put(signing);
        let retry = base.retry_config().cloned();
        let retry = retry.unwrap_or_else(RetryConfig::standard);
        let attempts = retry.max_attempts().min(self.attempts);
        config.store_put(retry.with_max_attempts(attempts));
        let name = region.as_ref().map_or("", |region| region.as_ref());
        let partition = RetryPartition::custom(format!("dynalint-{}-{name}", service.host))
            .token_bucket(TokenBucket::unlimited())
            .build();
        config.store_put(partition);
        let timeouts = base.timeout_config().cloned();
        config.store_put(timeouts.unwrap_or_else(|| TimeoutConfig::builder().build()));
        if let Some(region) = region {
            config.store_put(SigningRegion::from(region.clone()));
            config.store_put(region);
        }
        StaticRuntimePlugin::new()
            .with_config(config.freeze())
            .with_runtime_components(self.components(service))
    }

    fn components(&self, service: Service) -> RuntimeComponentsBuilder {
        let base = &self.base;
        let auth = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let mut components = RuntimeComponentsBuilder::new("dynalint signed call")
            .with_http_client(self.http.clone())
            .with_identity_cache(Some(self.identities.clone()))
            .with_auth_scheme_option_resolver(Some(auth))
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_endpoint_resolver(Some(Host::new(base, service)))
            .with_retry_strategy(Some(StandardRetryStrategy::new()))
            .with_sleep_impl(base.sleep_impl())
            .with_time_source(base.time_source())
            .with_interceptor(ServiceClockSkewInterceptor::new())
            .with_retry_classifier(HttpStatusCodeClassifier::default())
            .with_retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .with_retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .with_retry_classifier(ServiceClockSkewClassifier::<ErrorMetadata>::new())
            .with_retry_classifier(NobodyThere);
        if let Some(provider) = base.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, provider);
        }
        components
    }
}

fn read(
    ask: &Ask,
) -> impl Fn(&HttpResponse) -> Result<Answer, OrchestratorError<ErrorMetadata>> + Send + Sync + 'static
{
    let format = ask.format();
    move |response| protocol::answer(format, response).map_err(OrchestratorError::operation)
}

/// The endpoint of a service in a region.
///
/// Partitions, FIPS and dual-stack are the SDK's knowledge: the endpoint rules of the tagging API know no exceptions, so
/// they give any regional service's address but for the first part of the name.
#[derive(Debug)]
struct Host {
    chosen: Option<String>,
    params: Option<Params>,
    resolver: DefaultResolver,
    name: &'static str,
}

impl Host {
    fn new(base: &SdkConfig, service: Service) -> Host {
        let general = || base.endpoint_url().map(str::to_owned);
        let chosen = match base.get_origin("endpoint_url").is_client_config() {
            true => general(),
            false => of_service_alone(base, service.id).or_else(general),
        };
        let region = base.region().map(|region| region.as_ref().to_owned());
        let params = Params::builder()
            .set_region(region)
            .use_fips(base.use_fips().unwrap_or_default())
            .use_dual_stack(base.use_dual_stack().unwrap_or_default());
        Host {
            chosen,
            params: params.build().ok(),
            resolver: DefaultResolver::new(),
            name: service.host,
        }
    }
}

impl ResolveEndpoint for Host {
    fn resolve_endpoint<'a>(&'a self, _: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        let at = |url: String| Endpoint::builder().url(url).build();
        if let Some(url) = &self.chosen {
            return EndpointFuture::ready(Ok(at(url.clone())));
        }
        let Some(params) = &self.params else {
            return EndpointFuture::ready(Err("no endpoint without a region".into()));
        };
        EndpointFuture::new(async move {
            let theirs = self.resolver.resolve_endpoint(params).await?;
            let url = theirs.url();
            let ours = url.replacen("//tagging", &format!("//{}", self.name), 1);
            Ok(at(ours))
        })
    }
}
