//! Just enough HTTP/1.1 to post a body over a connection that stays open.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Target;

/// An answer: its status and body.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    head: String,
    request: Vec<u8>,
    response: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(target: &Target, content_type: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(&target.address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST /ingest/v1/events HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             content-type: {content_type}\r\ncontent-length: ",
            target.address, target.token
        );
        Ok(Self {
            stream,
            head,
            request: Vec::new(),
            response: Vec::with_capacity(4_096),
        })
    }

    /// Posts a body and reads the whole answer.
    pub(crate) async fn post(&mut self, body: &[u8]) -> io::Result<Answer<'_>> {
        self.request.clear();
        self.request.extend_from_slice(self.head.as_bytes());
        self.request
            .extend_from_slice(body.len().to_string().as_bytes());
        self.request.extend_from_slice(b"\r\n\r\n");
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request).await?;

        self.response.clear();
        loop {
            if let Some((status, start, end)) = whole(&self.response)? {
                return Ok(Answer {
                    status,
                    body: &self.response[start..end],
                });
            }
            if self.stream.read_buf(&mut self.response).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// Status, and where the body begins and ends, once all of it is there.
fn whole(response: &[u8]) -> io::Result<Option<(u16, usize, usize)>> {
    let Some(head_end) = response.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let head = std::str::from_utf8(&response[..head_end]).map_err(io::Error::other)?;
    let status = head
        .get(9..12)
        .and_then(|code| code.parse().ok())
        .ok_or_else(invalid)?;
    let length: usize = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or_else(invalid)?;
    let start = head_end + 4;
    Ok((response.len() >= start + length).then_some((status, start, start + length)))
}
