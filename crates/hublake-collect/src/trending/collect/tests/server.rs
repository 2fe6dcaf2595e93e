//! A GitHub that says what a test wants.

use std::sync::{Arc, Mutex};

use hublake_github::{Auth, Client, Config};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A request: path, parameters, and the JSON that was sent along.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    parameters: Vec<(String, String)>,
    pub(super) body: Value,
}

impl Asked {
    pub(super) fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> usize {
        self.parameter(name).parse().unwrap()
    }

    /// The repositories that a query names, with the alias of each, in the order of the query.
    pub(super) fn aliases(&self) -> Vec<(String, String)> {
        let query = self.body["query"].as_str().unwrap_or_default();
        let variable = |name: &str| self.body["variables"][name].as_str().unwrap_or_default().to_owned();
        let mut found = Vec::new();
        for (at, _) in query.match_indices(":repository(owner:$o") {
            let alias = query[..at].rsplit([' ', '{']).next().unwrap().to_owned();
            let place = query[at + ":repository(owner:$o".len()..].split(',').next().unwrap();
            found.push((alias, format!("{}/{}", variable(&format!("o{place}")), variable(&format!("n{place}")))));
        }
        found
    }
}

type Answer = dyn Fn(&Asked) -> (u16, Value) + Send + Sync;

/// Serves until it is dropped.
pub(super) struct Server {
    pub(super) client: Client,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(super) async fn start(answer: impl Fn(&Asked) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, answer): (_, Arc<Answer>) = (Arc::clone(&asked), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&answer)));
            }
        });
        let auth = Auth::Token("ghp_any".to_owned().into());
        let client = Client::new(Config { api_url, auth, max_retries: 0, ..Config::default() }).unwrap();
        Self { client, asked, task }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub(super) fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path == path).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Asked>>>, answer: Arc<Answer>) {
    let mut received = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let asked = loop {
        let read = stream.read(&mut buffer).await.unwrap_or_default();
        if read == 0 {
            return;
        }
        received.extend_from_slice(&buffer[..read]);
        if let Some(asked) = parse(&received) {
            break asked;
        }
    };
    let (status, body) = answer(&asked);
    log.lock().unwrap().push(asked);
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body.as_bytes()).await;
}

/// None where it has not come whole.
fn parse(received: &[u8]) -> Option<Asked> {
    let text = String::from_utf8_lossy(received);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    if body.len() < length.unwrap_or(0_usize) {
        return None;
    }
    let target = head.split(' ').nth(1)?;
    let url = Url::parse(&format!("http://localhost{target}")).ok()?;
    Some(Asked {
        path: url.path().to_owned(),
        parameters: url.query_pairs().into_owned().collect(),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    })
}

/// What a bucket without limits answers.
pub(super) fn rate() -> Value {
    json!({"cost": 1, "limit": 5000, "remaining": 4000, "used": 1000, "resetAt": "2099-01-01T00:00:00Z"})
}
