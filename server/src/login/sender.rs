//! How codes leave: printed, or posted to a gateway.
//!
//! A post is signed (`X-Lifehub-Signature` = HMAC-SHA256 over `timestamp.body` in hexadecimal, `X-Lifehub-Timestamp` in
//! milliseconds), so that the gateway sends for nobody else. No redirect is followed and no answer read beyond its
//! head. Deliberately absent: a queue; a code that could not leave is asked for again.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use domain::text::Phone;
use domain::time::Timestamp;
use domain::words::{Language, words};
use http_body_util::Full;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::config::{Secret, SmsRoute, WebhookUrl};
use crate::login::keyed_hash;

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// Pauses between attempts; there is one more attempt than pauses.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(3)];

/// Codes that were kept instead of sent.
pub type Sent = Arc<Mutex<Vec<(Phone, String)>>>;

/// Sends codes.
pub struct Sender(Kind);

enum Kind {
    Console,
    Webhook { url: WebhookUrl, secret: Secret, tls: Option<TlsConnector> },
    Kept(Sent),
}

#[derive(serde::Serialize)]
struct Message<'a> {
    phone: &'a str,
    code: &'a str,
    text: &'a str,
}

impl Sender {
    /// Prints codes to standard error.
    #[must_use]
    pub const fn console() -> Self {
        Self(Kind::Console)
    }

    /// Keeps codes for a test to read.
    #[must_use]
    pub fn kept() -> (Self, Sent) {
        let sent = Arc::default();
        (Self(Kind::Kept(Arc::clone(&sent))), sent)
    }

    /// The operator's choice.
    #[must_use]
    pub fn new(route: SmsRoute) -> Self {
        Self(match route {
            SmsRoute::Console => Kind::Console,
            SmsRoute::Webhook { url, secret } => {
                let tls = url.tls.then(|| {
                    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
                    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
                    TlsConnector::from(Arc::new(config))
                });
                Kind::Webhook { url, secret, tls }
            }
        })
    }

    /// Sends a code; false if it did not leave.
    pub async fn send(&self, phone: &Phone, code: &str, language: Language, at: Timestamp) -> bool {
        match &self.0 {
            Kind::Console => {
                eprintln!("lifehub: code for {}: {code}", phone.as_str());
                true
            }
            Kind::Kept(sent) => sent.lock().map(|mut sent| sent.push((phone.clone(), code.to_owned()))).is_ok(),
            Kind::Webhook { url, secret, tls } => {
                let text = words(language).login.sms(code);
                let message = Message { phone: phone.as_str(), code, text: &text };
                let body = serde_json::to_string(&message).expect("invariant: texts have a JSON form");
                let mut pauses = PAUSES.iter();
                loop {
                    let attempt = post(url, secret, tls.as_ref(), &body, at);
                    match tokio::time::timeout(ATTEMPT, attempt).await {
                        Ok(Ok(status)) if status.is_success() => return true,
                        // It was understood and refused: the same again would be refused again.
                        Ok(Ok(status)) if status.is_client_error() => break,
                        _ => {}
                    }
                    let Some(pause) = pauses.next() else { break };
                    tokio::time::sleep(*pause).await;
                }
                eprintln!("lifehub: the gateway did not take a code");
                false
            }
        }
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn post(
    url: &WebhookUrl,
    secret: &Secret,
    tls: Option<&TlsConnector>,
    body: &str,
    at: Timestamp,
) -> Result<hyper::StatusCode, Failure> {
    let stamp = at.ms().to_string();
    let standard = if url.tls { 443 } else { 80 };
    let host = if url.port == standard { url.host.clone() } else { format!("{}:{}", url.host, url.port) };
    let request = Request::post(url.path.as_str())
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-lifehub-timestamp", &stamp)
        .header("x-lifehub-signature", keyed_hash(secret, &format!("{stamp}.{body}")))
        .body(Full::new(Bytes::from(body.to_owned())))?;
    let host = url.host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let stream = TcpStream::connect((host.as_str(), url.port)).await?;
    match tls {
        None => exchange(stream, request).await,
        Some(tls) => exchange(tls.connect(ServerName::try_from(host)?, stream).await?, request).await,
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<hyper::StatusCode, Failure>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driven = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    driven.abort();
    Ok(answer?.status())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_gateway_gets_a_signed_message_and_a_failure_is_tried_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let gateway = tokio::spawn(async move {
            let mut seen = Vec::new();
            for status in ["503 Busy", "204 Taken"] {
                let (mut stream, _) = listener.accept().await.expect("a caller");
                let mut bytes = vec![0; 4096];
                let mut length = 0;
                while !String::from_utf8_lossy(&bytes[..length]).contains("}") {
                    length += stream.read(&mut bytes[length..]).await.expect("bytes");
                }
                seen.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.expect("written");
            }
            seen
        });
        let url = WebhookUrl { tls: false, host: "127.0.0.1".to_owned(), port, path: "/sms".to_owned() };
        let secret = Secret::new("gateway-secret");
        let sender = Sender::new(SmsRoute::Webhook { url, secret: secret.clone() });
        let phone: Phone = "13812345678".parse().expect("a number");
        let at = Timestamp::from_ms(1_795_390_200_000);
        assert!(sender.send(&phone, "042137", Language::ZhCn, at).await);
        for request in gateway.await.expect("the gateway") {
            let (head, body) = request.split_once("\r\n\r\n").expect("a head");
            assert!(head.starts_with("POST /sms HTTP/1.1") && body.contains("042137"), "{request}");
            let signature = keyed_hash(&secret, &format!("1795390200000.{body}"));
            assert!(head.contains(&format!("x-lifehub-signature: {signature}")), "{head}");
        }
    }
}
