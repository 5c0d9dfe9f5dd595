//! The wire protocols of signed calls: awsJson, plain JSON over REST, and query with XML answers.
//!
//! From what is asked to a request, from a response to an answer or an error's code. Sources: the AWS protocol pages of
//! the Smithy specification.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value;

use super::xml::{self, Element};

/// What is asked of a service.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    /// awsJson: one address, the operation in a header.
    Json {
        /// `1.0` or `1.1`.
        version: &'static str,
        /// The prefix of the header X-Amz-Target.
        target: &'static str,
        /// The operation.
        operation: &'static str,
        /// The members.
        body: Value,
    },
    /// A GET that is answered with JSON.
    Rest {
        /// The operation.
        operation: &'static str,
        /// The path, encoded.
        path: &'static str,
        /// Names and values of the query.
        query: Vec<(&'static str, String)>,
    },
    /// A form that is answered with XML.
    Query {
        /// Version of the API.
        version: &'static str,
        /// The operation.
        operation: &'static str,
        /// Names and values of the members.
        form: Vec<(String, String)>,
    },
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// A JSON object.
    Json(Value),
    /// An XML document.
    Xml(Element),
}

impl Answer {
    /// A member of a JSON answer; absent where it is null.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        match self {
            Answer::Json(object) => object.get(name).filter(|value| !value.is_null()),
            Answer::Xml(_) => None,
        }
    }
}

impl Ask {
    /// The operation.
    pub(super) fn operation(&self) -> &'static str {
        match self {
            Ask::Json { operation, .. }
            | Ask::Rest { operation, .. }
            | Ask::Query { operation, .. } => operation,
        }
    }

    /// How it is answered.
    pub(super) fn format(&self) -> Format {
        match self {
            Ask::Json { .. } | Ask::Rest { .. } => Format::Json,
            Ask::Query { .. } => Format::Xml,
        }
    }
}

/// The request, unsigned and without a host.
pub(super) fn request(ask: &Ask) -> Result<HttpRequest, BoxError> {
    let (method, uri, kind, body) = match ask {
        Ask::Json { version, body, .. } => {
            let kind = format!("application/x-amz-json-{version}");
            ("POST", "/".to_owned(), Some(kind), body.to_string())
        }
        Ask::Rest { path, query, .. } => {
            let query = form(query.iter().map(|(name, value)| (*name, value.as_str())));
            let mark = if query.is_empty() { "" } else { "?" };
            ("GET", format!("{path}{mark}{query}"), None, String::new())
        }
        Ask::Query {
            version,
            operation,
            form: members,
        } => {
            let members = members
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            let all = [("Action", *operation), ("Version", *version)];
            let kind = "application/x-www-form-urlencoded".to_owned();
            (
                "POST",
                "/".to_owned(),
                Some(kind),
                form(all.into_iter().chain(members)),
            )
        }
    };
    let length = body.len();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method)?;
    request.set_uri(uri)?;
    let headers = request.headers_mut();
    if let Some(kind) = kind {
        headers.try_insert("content-type", kind)?;
        headers.try_insert("content-length", length.to_string())?;
    }
    if let Ask::Json {
        target, operation, ..
    } = ask
    {
        headers.try_insert("x-amz-target", format!("{target}.{operation}"))?;
    }
    Ok(request)
}

fn form<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = members.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Text in a query: everything but unreserved characters is percent-encoded (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The answer in a response; the error has no code where AWS would have said one, or where the body is none of AWS.
pub(super) fn answer(format: Format, response: &HttpResponse) -> Result<Answer, ErrorMetadata> {
    let body = response.body().bytes().unwrap_or_default();
    let parsed = match format {
        Format::Json => serde_json::from_slice(body)
            .ok()
            .filter(Value::is_object)
            .map(Answer::Json),
        Format::Xml => std::str::from_utf8(body)
            .ok()
            .and_then(xml::parse)
            .map(Answer::Xml),
    };
    let unsaid = || ErrorMetadata::builder().build();
    match (response.status().is_success(), parsed) {
        (true, Some(answer)) => Ok(answer),
        (true, None) => Err(unsaid()),
        (false, Some(Answer::Xml(document))) => Err(said_in_xml(&document).unwrap_or_else(unsaid)),
        (false, Some(Answer::Json(object))) => Err(said_in_json(response, &object)),
        (false, None) => Err(said_in_json(response, &Value::Null)),
    }
}

/// JSON services say the code in a header or in the body, some with a namespace before or an address behind it.
fn said_in_json(response: &HttpResponse, body: &Value) -> ErrorMetadata {
    let text = |names: &[&str]| {
        let mut values = names.iter().filter_map(|name| body.get(name)?.as_str());
        values.next()
    };
    let header = response.headers().get("x-amzn-errortype");
    let code = header.or_else(|| text(&["__type", "code"]));
    let code = code.map(|code| code.split(':').next().unwrap_or(code));
    let code = code.map(|code| code.rsplit('#').next().unwrap_or(code));
    let mut said = ErrorMetadata::builder();
    if let Some(code) = code {
        said = said.code(code);
    }
    if let Some(message) = text(&["message", "Message", "errorMessage"]) {
        said = said.message(message);
    }
    said.build()
}

/// `<ErrorResponse><Error>…` of query services, `<Response><Errors><Error>…` of EC2.
fn said_in_xml(document: &Element) -> Option<ErrorMetadata> {
    let list = document.child("Errors").unwrap_or(document);
    let error = list.child("Error")?;
    let said = ErrorMetadata::builder().code(error.text_of("Code")?);
    Some(match error.text_of("Message") {
        Some(message) => said.message(message).build(),
        None => said.build(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn response(status: u16, kind: Option<&'static str>, body: &'static str) -> HttpResponse {
        let status = status.try_into().expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        if let Some(kind) = kind {
            response.headers_mut().insert("x-amzn-errortype", kind);
        }
        response
    }

    fn said(format: Format, response: &HttpResponse) -> (Option<String>, Option<String>) {
        let error = answer(format, response).expect_err("no answer");
        let owned = |text: Option<&str>| text.map(str::to_owned);
        (owned(error.code()), owned(error.message()))
    }

    #[test]
    fn each_protocol_asks_in_its_own_way() {
        let ask = Ask::Json {
            version: "1.0",
            target: "AmazonSQS",
            operation: "GetQueueUrl",
            body: json!({"QueueName": "q"}),
        };
        let asked = request(&ask).expect("a request");
        assert_eq!((asked.method(), asked.uri()), ("POST", "/"));
        assert_eq!(
            asked.headers().get("x-amz-target"),
            Some("AmazonSQS.GetQueueUrl")
        );
        assert_eq!(asked.body().bytes(), Some(&b"{\"QueueName\":\"q\"}"[..]));
        let ask = Ask::Rest {
            operation: "ListEventSourceMappings",
            path: "/2015-03-31/event-source-mappings",
            query: vec![("Marker", "a+b/c=".to_owned())],
        };
        let asked = request(&ask).expect("a request");
        let uri = "/2015-03-31/event-source-mappings?Marker=a%2Bb%2Fc%3D";
        assert_eq!((asked.method(), asked.uri()), ("GET", uri));
        let ask = Ask::Query {
            version: "2016-11-15",
            operation: "DescribeVpcEndpoints",
            form: vec![("Filter.1.Name".to_owned(), "service-name".to_owned())],
        };
        let asked = request(&ask).expect("a request");
        let body = "Action=DescribeVpcEndpoints&Version=2016-11-15&Filter.1.Name=service-name";
        assert_eq!(asked.body().bytes(), Some(body.as_bytes()));
    }

    #[test]
    fn errors_are_read_wherever_a_protocol_says_them() {
        let pair = |code: &str, message: &str| (Some(code.to_owned()), Some(message.to_owned()));
        let header = Some("TooManyRequestsException:http://internal.amazon.com/");
        let rest = response(429, header, "{\"message\":\"Rate exceeded\"}");
        let expected = pair("TooManyRequestsException", "Rate exceeded");
        assert_eq!(said(Format::Json, &rest), expected);
        let json = response(
            400,
            None,
            "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\",\"message\":\"none\"}",
        );
        assert_eq!(said(Format::Json, &json), pair("QueueDoesNotExist", "none"));
        let query = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        assert_eq!(
            said(Format::Xml, &response(403, None, query)),
            pair("AccessDenied", "no")
        );
        let ec2 = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>";
        assert_eq!(
            said(Format::Xml, &response(403, None, ec2)),
            pair("UnauthorizedOperation", "no")
        );
    }

    #[test]
    fn what_is_no_answer_of_aws_has_no_code() {
        let page = "<html><body>proxy</body></html>";
        for (format, status, body) in [
            (Format::Json, 200, page),
            (Format::Json, 200, "[]"),
            (Format::Json, 200, "{\"a\":"),
            (Format::Json, 502, page),
            (Format::Xml, 200, "{}"),
            (Format::Xml, 502, page),
        ] {
            assert_eq!(
                said(format, &response(status, None, body)),
                (None, None),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn an_answer_has_members() {
        let answered =
            answer(Format::Json, &response(200, None, "{\"a\":1,\"b\":null}")).expect("one");
        assert_eq!(answered.member("a"), Some(&json!(1)));
        assert_eq!(answered.member("b"), None);
        assert!(matches!(
            answer(Format::Xml, &response(200, None, "<r/>")),
            Ok(Answer::Xml(_))
        ));
    }
}
