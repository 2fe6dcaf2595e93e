//! Attempts: what is repeated, how often, and how it ends.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hublake_github::{Client, Config, Decoded, Error, Request};
use rstest::rstest;

use crate::server::{Reply, Server};
use crate::{client, clock, config, get, page, spent};

#[rstest]
#[case::internal(|| Reply::message(500, "Server Error"))]
#[case::bad_gateway(|| Reply::new(502, "<html>Bad Gateway</html>"))]
#[case::unavailable(|| Reply::message(503, "busy"))]
#[case::too_slow(|| Reply::message(504, "timeout"))]
#[case::connection_dropped(Reply::dropped)]
#[case::body_cut_off(|| Reply::new(200, "[1,2,3,4,5,6]").cut_off())]
#[case::json_cut_off(|| Reply::new(200, "[1,2,3"))]
#[case::no_json(|| Reply::new(200, "<html>welcome to the hotel</html>"))]
#[case::two_values(|| Reply::new(200, "[] []"))]
#[case::empty_body(|| Reply::new(200, ""))]
#[tokio::test]
async fn a_passing_failure_is_repeated(#[case] failure: fn() -> Reply) {
    let clock = clock();
    let server = Server::start(&clock, move |asked| match asked.index {
        0 | 1 => failure(),
        _ => Reply::new(200, "[1]"),
    })
    .await;
    let page = page(get(&client(&server, &clock), "x").await);
    assert_eq!(&page.body[..], b"[1]");
    assert_eq!(page.spent.requests, 3);
    assert_eq!(clock.slept().len(), 2);
}

#[tokio::test]
async fn pauses_grow_and_end() {
    let clock = clock();
    let server =
        Server::start(&clock, |_| Reply::message(502, "Bad Gateway").rate("core", 60, 50, 1_800_000_000)).await;
    let client = client(&server, &clock);
    let error = client.get(Request::new(client.url("x", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::Server { status: 502, attempts: 6, .. }), "{error}");
    assert_eq!(error.spent(), spent(6, 0, 6));
    assert_eq!(client.spent(), spent(6, 0, 6));
    let slept = clock.slept();
    assert_eq!(slept.len(), 5);
    for (index, pause) in slept.iter().enumerate() {
        let least = Duration::from_millis(500) * (1 << index);
        assert!(*pause >= least && *pause <= 2 * least + Duration::from_secs(1), "pause {index}: {pause:?}");
    }
}

#[rstest]
#[case::dropped(Reply::dropped, "no whole answer in 3 attempts")]
#[case::cut_off(|| Reply::new(200, "[1,2,3,4]").cut_off(), "no whole answer in 3 attempts")]
#[case::nonsense(|| Reply::new(200, "hello"), "cannot be read (3 attempts)")]
#[tokio::test]
async fn a_lasting_failure_is_an_error_that_says_what_it_was(#[case] failure: fn() -> Reply, #[case] words: &str) {
    let clock = clock();
    let server = Server::start(&clock, move |_| failure()).await;
    let client = Client::new(Config { max_retries: 2, ..config(&server, &clock) }).unwrap();
    let error = client.get(Request::new(client.url("repos/o/n", &[]))).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains(words) && message.contains("/repos/o/n") && message.contains("\nhint: "), "{message}");
    assert_eq!(error.spent().requests, 3);
}

#[tokio::test]
async fn nobody_listening_is_an_error() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::dropped()).await;
    let config = Config { max_retries: 1, ..config(&server, &clock) };
    drop(server);
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let api_url = format!("http://{unused}/").parse().unwrap();
    let client = Client::new(Config { api_url, ..config }).unwrap();
    let error = client.get(Request::new(client.url("x", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::Transport { attempts: 2, .. }), "{error}");
}

#[tokio::test]
async fn a_silent_server_is_left_after_the_timeout() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::silent()).await;
    let request_timeout = Duration::from_millis(50);
    let client = Client::new(Config { max_retries: 1, request_timeout, ..config(&server, &clock) }).unwrap();
    let error = client.get(Request::new(client.url("x", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::Transport { attempts: 2, .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_says_when_is_not_asked_before() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => Reply::message(503, "maintenance").with("retry-after", 120),
        _ => Reply::new(200, "[]"),
    })
    .await;
    page(get(&client(&server, &clock), "x").await);
    assert_eq!(clock.slept(), [Duration::from_secs(120)]);
}

#[tokio::test]
async fn an_answer_too_large_is_not_repeated() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::new(200, format!("\"{}\"", "x".repeat(2_000)))).await;
    let client = Client::new(Config { max_body_bytes: 1_000, ..config(&server, &clock) }).unwrap();
    let error = client.get(Request::new(client.url("x", &[]))).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit_bytes: 1_000, .. }), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn the_callers_decoding_is_the_check_and_runs_once_an_answer() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => Reply::new(200, "{\"not\":\"a list\"}"),
        _ => Reply::new(200, "[1,2]"),
    })
    .await;
    let client = client(&server, &clock);
    let decodings = AtomicU32::new(0);
    let decode = |body: &[u8]| {
        decodings.fetch_add(1, Ordering::Relaxed);
        serde_json::from_slice::<Vec<u32>>(body)
    };
    let decoded = client.get_decoded(Request::new(client.url("x", &[])), decode).await.unwrap();
    let Decoded::Page(page, numbers) = decoded else { panic!("{decoded:?}") };
    assert_eq!((numbers, page.spent.requests), (vec![1, 2], 2));
    assert_eq!(decodings.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn an_etag_that_cannot_be_sent_is_left_out() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::new(200, "[]")).await;
    let client = client(&server, &clock);
    let request = Request::new(client.url("x", &[])).with_etag(Some("a\nb".to_owned()));
    page(client.get(request).await.unwrap());
    assert_eq!(server.asked()[0].header("if-none-match"), None);
}
