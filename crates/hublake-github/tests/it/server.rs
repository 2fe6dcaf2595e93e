//! A small HTTP server that says what it is told, and breaks where it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use hublake_github::{Clock as _, ManualClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which request this is, from 0.
    pub index: usize,
    pub method: String,
    /// Path and query.
    pub target: String,
    /// What was sent along; empty where nothing was.
    pub body: Vec<u8>,
    headers: HashMap<String, String>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// An answer to be given.
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    fate: Fate,
}

enum Fate {
    Whole,
    CutOff,
    Dropped,
    Silent,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), fate: Fate::Whole }
    }

    pub fn message(status: u16, message: &str) -> Self {
        Self::new(status, format!("{{\"message\":\"{message}\"}}"))
    }

    /// A connection that closes without an answer.
    pub fn dropped() -> Self {
        Self { fate: Fate::Dropped, ..Self::new(200, "") }
    }

    /// A connection that stays open without an answer.
    pub fn silent() -> Self {
        Self { fate: Fate::Silent, ..Self::new(200, "") }
    }

    /// Ends in the middle of the body.
    pub fn cut_off(self) -> Self {
        Self { fate: Fate::CutOff, ..self }
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Headers of a bucket; the window ends at a time given in seconds since 1970.
    pub fn rate(self, resource: &'static str, limit: u32, remaining: u32, reset: i64) -> Self {
        self.with("x-ratelimit-limit", limit)
            .with("x-ratelimit-remaining", remaining)
            .with("x-ratelimit-used", limit - remaining)
            .with("x-ratelimit-reset", reset)
            .with("x-ratelimit-resource", resource)
    }
}

type Answers = dyn Fn(&Asked) -> Reply + Send + Sync;

/// Serves until it is dropped.
pub struct Server {
    pub url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Answers by `answers`; `Date` goes by `clock`.
    pub async fn start(clock: &Arc<ManualClock>, answers: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers: Arc<Answers> = Arc::new(answers);
        let (clock, log) = (Arc::clone(clock), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&clock), Arc::clone(&log), Arc::clone(&answers)));
            }
        });
        Self { url, asked, task }
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, clock: Arc<ManualClock>, log: Arc<Mutex<Vec<Asked>>>, answers: Arc<Answers>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let mut asked = parse(&String::from_utf8(head).unwrap());
    asked.body = vec![0; asked.header("content-length").map_or(0, |length| length.parse().unwrap())];
    if stream.read_exact(&mut asked.body).await.is_err() {
        return;
    }
    {
        let mut log = log.lock().unwrap();
        asked.index = log.len();
        log.push(asked.clone());
    }
    let reply = answers(&asked);
    let date = clock.now().format("%a, %d %b %Y %H:%M:%S GMT");
    let mut answer = format!("HTTP/1.1 {} X\r\ndate: {date}\r\nconnection: close\r\n", reply.status);
    if reply.status != 304 {
        answer.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    for (name, value) in &reply.headers {
        answer.push_str(&format!("{name}: {value}\r\n"));
    }
    answer.push_str("\r\n");
    match reply.fate {
        Fate::Whole => answer.push_str(&reply.body),
        Fate::CutOff => answer.push_str(&reply.body[..reply.body.len() / 2]),
        Fate::Dropped => return,
        Fate::Silent => std::future::pending().await,
    }
    // The client may have gone away; that is its right.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn parse(head: &str) -> Asked {
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_ascii_lowercase(), v.to_owned()));
    Asked {
        index: 0,
        method: first.next().unwrap().to_owned(),
        target: first.next().unwrap().to_owned(),
        body: Vec::new(),
        headers: headers.collect(),
    }
}
