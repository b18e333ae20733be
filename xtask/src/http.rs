//! As much of an HTTP client as measuring and trying need: one connection kept open, one question at a time.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

/// What a server is started with that is to be asked by hundreds from one address; a neighbourhood does not do that.
pub const CROWD_LIMITS: [&str; 5] = [
    "--connections-max=2048",
    "--connections-per-address-max=2048",
    "--login-per-client-hour=100000",
    "--login-per-hour=100000",
    "--login-per-day=100000",
];

/// A connection, and the cookies it was given.
pub struct Connection {
    address: String,
    reader: BufReader<TcpStream>,
    cookies: Vec<(String, String)>,
}

/// What came back.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body as it travelled.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body of a good answer as JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        let text = String::from_utf8_lossy(&self.body);
        ensure!((200..300).contains(&self.status), "the server says {}: {text}", self.status);
        serde_json::from_slice(&self.body).with_context(|| format!("not JSON: {text}"))
    }
}

impl Connection {
    /// Connects.
    pub fn open(address: &str) -> Result<Self> {
        Ok(Self { address: address.to_owned(), reader: connect(address)?, cookies: Vec::new() })
    }

    /// Connects anew, with the cookies there are.
    pub fn reopen(&mut self) -> Result<()> {
        self.reader = connect(&self.address)?;
        Ok(())
    }

    /// Asks for a path as a browser would.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "Accept-Encoding: br\r\n", &[])
    }

    /// Asks for a path, uncompressed.
    pub fn get_plain(&mut self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "", &[])
    }

    /// Sends JSON.
    pub fn post(&mut self, path: &str, body: &serde_json::Value) -> Result<Answer> {
        self.ask("POST", path, "Content-Type: application/json\r\nX-Lifehub: 1\r\n", body.to_string().as_bytes())
    }

    /// Sends JSON, and takes a compressed answer.
    pub fn post_compressed(&mut self, path: &str, body: &serde_json::Value) -> Result<Answer> {
        let more = "Content-Type: application/json\r\nX-Lifehub: 1\r\nAccept-Encoding: br\r\n";
        self.ask("POST", path, more, body.to_string().as_bytes())
    }

    fn ask(&mut self, method: &str, path: &str, more: &str, body: &[u8]) -> Result<Answer> {
        let address = &self.address;
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nCookie: {}\r\nContent-Length: {}\r\n{more}\r\n",
            cookies.join("; "),
            body.len(),
        );
        self.reader.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let mut line = String::new();
        self.reader.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        let mut length = None;
        loop {
            line.clear();
            self.reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse::<usize>().ok(),
                "set-cookie" => self.keep(value),
                _ => {}
            }
        }
        let mut body = vec![0; length.context("an answer without a length")?];
        self.reader.read_exact(&mut body)?;
        Ok(Answer { status, body })
    }

    fn keep(&mut self, cookie: &str) {
        if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
            self.cookies.retain(|(known, _)| known != name.trim());
            self.cookies.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
}

fn connect(address: &str) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(BufReader::new(stream))
}
