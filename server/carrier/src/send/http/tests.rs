use std::{net::IpAddr, time::Duration};

use axum::{Router, http::HeaderMap as Headers, routing::get};
use reqwest::{Method, StatusCode, header::HeaderMap};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

fn private() -> Network {
    Network {
        allows_private: true,
    }
}

async fn get_from(client: &Client, url: &str) -> Result<Reply, Failure> {
    client.send(client.request(Method::GET, url)?).await
}

#[test]
fn only_the_public_internet_is_public() {
    for text in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.0.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff:fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
    ] {
        assert!(!is_public(text.parse::<IpAddr>().unwrap()), "{text}");
    }
    for text in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "128.0.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "192.167.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2001:4860::8888",
        "64:ff9b::808:808",
        "3fff:1000::1",
    ] {
        assert!(is_public(text.parse::<IpAddr>().unwrap()), "{text}");
    }
}

#[test]
fn a_private_number_or_plain_http_is_refused_before_anything_is_sent() {
    let open = Network::default();
    for url in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "http://example.com/",
        "ftp://example.com/",
        "https://u:p@example.com/",
        "nonsense",
    ] {
        assert!(
            matches!(check_url(url, &open), Err(Failure::Denied(_))),
            "{url}"
        );
    }
    assert!(check_url("https://example.com/a", &open).is_ok());
    assert!(check_url("http://127.0.0.1:9/", &private()).is_ok());
    assert!(check_url("file:///etc/passwd", &private()).is_err());
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_after_it_is_resolved() {
    let client = client(&Network::default()).unwrap();
    let Err(Failure::Denied(reason)) = get_from(&client, "https://localhost:9/").await else {
        panic!("localhost was called");
    };
    assert!(reason.contains("private network"), "{reason}");
    assert!(matches!(
        Submission::from(Failure::Denied(reason)),
        Submission::Account { .. }
    ));
}

#[tokio::test]
async fn what_never_arrived_is_told_from_what_may_have() {
    let client = client(&private()).unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let answer = get_from(&client, &format!("http://{closed}/secret")).await;
    let Err(Failure::NotSent(reason)) = answer else {
        panic!("{answer:?}");
    };
    assert!(!reason.contains("secret"), "{reason}");

    let answer = get_from(&client, "http://no-such-host.invalid/").await;
    assert!(matches!(answer, Err(Failure::NotSent(_))), "{answer:?}");

    // Plain text where TLS is expected: the handshake fails, and nothing of the request was written.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 not TLS\r\n").await.unwrap();
    });
    let answer = get_from(&client, &format!("https://{address}/")).await;
    assert!(matches!(answer, Err(Failure::NotSent(_))), "{answer:?}");

    // Reads the request and hangs up.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
    });
    let answer = get_from(&client, &format!("http://{address}/")).await;
    assert!(matches!(answer, Err(Failure::Unanswered(_))), "{answer:?}");
}

#[tokio::test]
async fn running_out_of_time_means_what_it_was_spent_on() {
    // Takes connections and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (short, long) = (Duration::from_millis(200), Duration::from_secs(20));
    let client = build(&private(), short, long).unwrap();
    let answer = get_from(&client, &format!("https://{address}/")).await;
    assert!(matches!(answer, Err(Failure::NotSent(_))), "{answer:?}");
    let client = build(&private(), long, short).unwrap();
    let answer = get_from(&client, &format!("http://{address}/")).await;
    assert!(matches!(answer, Err(Failure::Unanswered(_))), "{answer:?}");
}

#[tokio::test]
async fn redirects_are_not_followed_and_a_cut_body_keeps_its_status() {
    let client = client(&private()).unwrap();
    let app = Router::new().route(
        "/",
        get(|_: Headers| async {
            (
                StatusCode::FOUND,
                [("location", "http://169.254.169.254/")],
                "",
            )
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let reply = get_from(&client, &format!("http://{address}/"))
        .await
        .unwrap();
    assert_eq!(reply.status, StatusCode::FOUND);
    assert!(matches!(
        reply.outcome("It"),
        Some(Submission::Account { .. })
    ));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        stream
            .write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n{\"sid\":")
            .await
            .unwrap();
    });
    let reply = get_from(&client, &format!("http://{address}/"))
        .await
        .unwrap();
    assert_eq!((reply.status, reply.json()), (StatusCode::CREATED, None));
}

fn reply(status: u16, headers: &[(&'static str, &str)]) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    Reply {
        status: StatusCode::from_u16(status).unwrap(),
        headers: map,
        body: Vec::new(),
    }
}

#[test]
fn a_wait_is_read_in_seconds_and_as_a_date() {
    let seconds = |reply: Reply| reply.retry_after().map(|wait| wait.as_secs());
    assert_eq!(seconds(reply(429, &[("retry-after", "120")])), Some(120));
    let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
    assert_eq!(
        seconds(reply(
            429,
            &[("retry-after", "Wed, 21 Oct 2015 07:29:30 GMT"), date]
        )),
        Some(90)
    );
    assert_eq!(
        seconds(reply(
            429,
            &[("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT"), date]
        )),
        Some(0)
    );
    assert_eq!(
        seconds(reply(
            429,
            &[("retry-after", "Wed, 21 Oct 2015 07:29:30 GMT")]
        )),
        None
    );
    assert_eq!(
        seconds(reply(429, &[("retry-after", "999999999")])),
        Some(86_400)
    );
    assert_eq!(seconds(reply(429, &[("retry-after", "soon")])), None);
    assert_eq!(seconds(reply(429, &[])), None);
}

#[test]
fn a_status_says_whether_the_message_may_have_been_taken() {
    assert_eq!(
        reply(429, &[("retry-after", "7")]).outcome("It"),
        Some(Submission::Later {
            reason: "It asks to send more slowly".to_owned(),
            after: Some(Duration::from_secs(7)),
            is_account: true,
        })
    );
    assert!(matches!(
        reply(503, &[("retry-after", "7")]).outcome("It"),
        Some(Submission::Later { .. })
    ));
    for status in [500, 502, 503, 504] {
        assert!(
            matches!(
                reply(status, &[]).outcome("It"),
                Some(Submission::Uncertain { .. })
            ),
            "{status}"
        );
    }
    for status in [401, 403] {
        assert!(
            matches!(
                reply(status, &[]).outcome("It"),
                Some(Submission::Account { .. })
            ),
            "{status}"
        );
    }
    for status in [200, 201, 400, 404, 409] {
        assert_eq!(reply(status, &[]).outcome("It"), None, "{status}");
    }
}
