//! A server on 127.0.0.1 that answers AWS calls with what a test says, by operation.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// An answer: status and body.
#[derive(Clone)]
pub(super) struct Answer(pub(super) u16, pub(super) String);

/// What answers an operation by its name; `None` is a page that no AWS service sends.
type Rule = dyn Fn(&str) -> Option<Answer> + Send + Sync;

/// A server that ends with the test process.
pub(super) struct Stub {
    /// Its address: `http://127.0.0.1:PORT`.
    pub(super) url: String,
}

impl Stub {
    /// Starts to answer.
    pub(super) fn start(rule: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let rule: Arc<Rule> = Arc::new(rule);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let rule = Arc::clone(&rule);
                thread::spawn(move || answer(stream, &*rule));
            }
        });
        Stub { url }
    }
}

/// An address at which nobody listens.
pub(super) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

/// An error as the json protocols spell it.
pub(super) fn json_error(status: u16, code: &str, message: &str) -> Option<Answer> {
    let body = format!(r#"{{"__type":"{code}","message":"{message}"}}"#);
    Some(Answer(status, body))
}

/// An error as the query protocol of STS and SNS spells it.
pub(super) fn query_error(status: u16, code: &str, message: &str) -> Option<Answer> {
    let error = format!(
        "<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let body = format!("<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>");
    Some(Answer(status, body))
}

/// An answer of STS that names account 111122223333.
pub(super) fn identity() -> Option<Answer> {
    let result = "<Arn>arn:aws:iam::111122223333:user/ci</Arn><UserId>A</UserId><Account>111122223333</Account>";
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>{result}</GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    Some(Answer(200, body))
}

fn answer(stream: TcpStream, rule: &Rule) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut operation, mut length, mut line) = (String::new(), 0usize, String::new());
    reader.read_line(&mut line).ok()?;
    if let Some((_, cbor)) = line.split_once("/operation/") {
        operation = cbor.split(' ').next()?.to_owned();
    }
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "x-amz-target" => operation = value.rsplit('.').next()?.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body);
    let action = body
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="));
    let operation = action.unwrap_or(&operation);
    let page = Answer(404, "<html>no such page</html>".to_owned());
    let Answer(status, text) = rule(operation).unwrap_or(page);
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(text.as_bytes()).ok()
}
