//! The sandbox, started once for this process: a real AWS-wire server on loopback, and the real binary run against it.
//!
//! It runs in a Python environment of its own: see [`crate::python`].

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::binary::dynalint;
use crate::python;

/// The region of accounts that don't ask for another.
pub(crate) const REGION: &str = "eu-west-1";

/// A running server.
pub(crate) struct Sandbox {
    address: SocketAddr,
    /// Dies when its standard input closes, which is when this process ends.
    _server: Child,
}

/// An account in the sandbox, of one test alone.
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    sandbox: &'static Sandbox,
}

/// The one server of this process.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(start)
}

fn start() -> Sandbox {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox");
    let python = python::environment(&folder);
    let mut server = Command::new(python)
        .arg(folder.join("launcher.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the sandbox starts");
    let mut line = String::new();
    let stdout = server.stdout.take().expect("stdout is piped");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("the sandbox speaks");
    let address = line
        .trim()
        .rsplit(' ')
        .next()
        .and_then(|address| address.parse().ok());
    let address = address.unwrap_or_else(|| panic!("the sandbox did not start: {line:?}"));
    Sandbox {
        address,
        _server: server,
    }
}

impl Sandbox {
    /// A new account with a scenario in [`REGION`].
    pub(crate) fn account(&'static self, scenario: &str) -> Account {
        static NEXT: AtomicU64 = AtomicU64::new(200_000_000_001);
        let account = self.account_named(&NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        account.seed(REGION, scenario, json!({}));
        account
    }

    /// An account by its id, empty.
    pub(crate) fn account_named(&'static self, id: &str) -> Account {
        Account {
            id: id.to_owned(),
            sandbox: self,
        }
    }

    /// The URL that clients use.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(self.address).expect("the sandbox listens");
        let head = format!(
            "{method} /_sandbox/{path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream
            .write_all(head.as_bytes())
            .expect("the sandbox reads");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .expect("the sandbox answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        assert!(head.contains(" 200 "), "{method} {path}: {answer}");
        serde_json::from_str(body).expect("JSON")
    }
}

impl Account {
    /// Puts a scenario into a region.
    pub(crate) fn seed(&self, region: &str, scenario: &str, options: Value) {
        let body =
            json!({"account": self.id, "region": region, "scenario": scenario, "options": options});
        self.sandbox.control("POST", "seed", &body);
    }

    /// Makes small changes to its first region: see `tests/sandbox/edits.py`.
    pub(crate) fn edit(&self, edits: Value) {
        let body = json!({"account": self.id, "region": REGION, "edits": edits});
        self.sandbox.control("POST", "edit", &body);
    }

    /// Makes calls fail; `more` holds count, resource and the like.
    pub(crate) fn fault(&self, operation: &str, kind: &str, more: Value) {
        let mut body = json!({"account": self.id, "operation": operation, "kind": kind});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        self.sandbox.control("POST", "fault", &body);
    }

    /// Ends all faults.
    pub(crate) fn heal(&self) {
        self.sandbox.control(
            "DELETE",
            &format!("faults?account={}", self.id),
            &Value::Null,
        );
    }

    /// Deletes a table just before the first such call is answered.
    pub(crate) fn delete_table_on(&self, operation: &str, table: &str) {
        let body = json!({"account": self.id, "on": operation, "resource": table, "action": "delete-table", "table": table});
        self.sandbox.control("POST", "trigger", &body);
    }

    /// Denies everything that the IAM policy does not allow.
    pub(crate) fn enforce(&self, policy: &Value) {
        self.sandbox.control(
            "POST",
            "enforce",
            &json!({"account": self.id, "policy": policy}),
        );
    }

    /// The calls that came in, by operation.
    pub(crate) fn calls(&self) -> Value {
        self.sandbox
            .control("GET", &format!("calls?account={}", self.id), &Value::Null)
    }

    /// Runs the binary against this account.
    pub(crate) fn dynalint(&self, args: &[&str]) -> Output {
        let url = self.sandbox.url();
        let mut all = vec![args[0], "--endpoint-url", &url];
        all.extend(&args[1..]);
        let mut command = dynalint(&all);
        command
            .env("AWS_ACCESS_KEY_ID", format!("AKIA{}TEST", self.id))
            .env("AWS_SECRET_ACCESS_KEY", "not-a-secret")
            .env("AWS_REGION", REGION)
            .env("AWS_MAX_ATTEMPTS", "3");
        command.output().expect("the binary runs")
    }

    /// The JSON report of a `check` with these arguments, and its exit code. Two days of metrics tell as much as two
    /// weeks, and the sandbox makes them up in a seventh of the time.
    pub(crate) fn check(&self, args: &[&str]) -> (Value, i32) {
        let mut all = vec!["check", "--format", "json", "--show", "all"];
        if !args.contains(&"--no-metrics") {
            all.extend(["--metrics-window", "2d"]);
        }
        all.extend(args);
        let output = self.dynalint(&all);
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!(
                "{error}\n{}\n{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )
        });
        (report, output.status.code().expect("no signal"))
    }
}
