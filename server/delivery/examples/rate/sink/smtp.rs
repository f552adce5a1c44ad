//! A mail server (RFC 5321 with PIPELINING, 8BITMIME, SIZE and SMTPUTF8) that takes every message.

use std::{io, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use super::Tally;

/// Longest line, in bytes: of a message 1,000 (RFC 5321 §4.5.3.1.6), and some more for what doesn't keep to it.
const LINE_BYTES_MAX: u64 = 4_096;
/// Largest message, in bytes.
const SIZE_MAX: usize = 10 * 1024 * 1024;

/// Takes connections for good.
pub async fn serve(listener: TcpListener, tally: Arc<Tally>) {
    while let Ok((stream, _)) = listener.accept().await {
        let tally = Arc::clone(&tally);
        tokio::spawn(async move {
            // A client that hangs up is no trouble of the server's.
            let _hung_up = Talk::new(stream).run(&tally).await;
        });
    }
}

/// One connection.
struct Talk {
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
    /// Answers not yet written: pipelined commands are answered together.
    answers: Vec<u8>,
    has_sender: bool,
    recipients: u32,
}

impl Talk {
    fn new(stream: TcpStream) -> Self {
        let _slower = stream.set_nodelay(true);
        let (read, write) = stream.into_split();
        Self {
            read: BufReader::new(read),
            write,
            answers: Vec::new(),
            has_sender: false,
            recipients: 0,
        }
    }

    async fn run(mut self, tally: &Tally) -> io::Result<()> {
        self.answer("220 double ESMTP").await?;
        let mut line = Vec::new();
        while self.line(&mut line).await? {
            let text = String::from_utf8_lossy(&line).to_ascii_uppercase();
            let (verb, rest) = text
                .trim_end()
                .split_once(' ')
                .unwrap_or((text.trim_end(), ""));
            match verb {
                "EHLO" | "HELO" if rest.is_empty() => {
                    self.answer("501 5.5.4 Say who you are").await?
                }
                "EHLO" => self.hello().await?,
                "HELO" => {
                    self.reset();
                    self.answer("250 double").await?;
                }
                "MAIL" if self.has_sender => {
                    self.answer("503 5.5.1 There is a sender already").await?
                }
                "MAIL" if rest.starts_with("FROM:<") => {
                    self.has_sender = true;
                    self.answer("250 2.1.0 OK").await?;
                }
                "RCPT" if !self.has_sender => self.answer("503 5.5.1 The sender first").await?,
                "RCPT" if rest.starts_with("TO:<") => {
                    self.recipients += 1;
                    self.answer("250 2.1.5 OK").await?;
                }
                "MAIL" | "RCPT" => {
                    self.answer("501 5.5.4 An address in brackets is missing")
                        .await?
                }
                "DATA" if self.recipients == 0 => {
                    self.answer("503 5.5.1 The recipient first").await?
                }
                "DATA" => self.data(tally).await?,
                "RSET" => {
                    self.reset();
                    self.answer("250 2.0.0 OK").await?;
                }
                "NOOP" => self.answer("250 2.0.0 OK").await?,
                "VRFY" => self.answer("252 2.5.1 Send and see").await?,
                "QUIT" => {
                    self.answer("221 2.0.0 Goodbye").await?;
                    return self.flush().await;
                }
                _ => self.answer("500 5.5.2 What?").await?,
            }
        }
        Ok(())
    }

    /// Says what it can.
    async fn hello(&mut self) -> io::Result<()> {
        self.reset();
        let size = format!("250-SIZE {SIZE_MAX}");
        let lines = [
            "250-double",
            "250-PIPELINING",
            "250-8BITMIME",
            "250-ENHANCEDSTATUSCODES",
            &size,
            "250 SMTPUTF8",
        ];
        self.answer(&lines.join("\r\n")).await
    }

    fn reset(&mut self) {
        (self.has_sender, self.recipients) = (false, 0);
    }

    /// Takes a message, up to the dot, and counts it by its Message-ID.
    async fn data(&mut self, tally: &Tally) -> io::Result<()> {
        self.answer("354 Go on").await?;
        self.flush().await?;
        let (mut line, mut id) = (Vec::new(), String::new());
        let (mut is_head, mut is_id, mut size) = (true, false, 0);
        loop {
            if !self.line(&mut line).await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if line == b".\r\n" {
                break;
            }
            size += line.len();
            if is_head {
                let text = String::from_utf8_lossy(&line);
                is_head = !text.trim_end().is_empty();
                let is_folded = text.starts_with([' ', '\t']);
                is_id = if is_folded {
                    is_id
                } else {
                    text.to_ascii_lowercase().starts_with("message-id:")
                };
                if is_id {
                    id.push_str(
                        text.trim_end()
                            .split_once(':')
                            .map_or(text.trim(), |(_, value)| value),
                    );
                }
            }
        }
        self.reset();
        match id.trim() {
            _ if size > SIZE_MAX => self.answer("552 5.3.4 Too large").await,
            "" => self.answer("554 5.6.0 A message without Message-ID").await,
            id => {
                let n = tally.take(id);
                self.answer(&format!("250 2.0.0 OK: queued as {n:X}")).await
            }
        }
    }

    /// The next line, with its end; false when the client hung up.
    async fn line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        if self.read.buffer().is_empty() {
            self.flush().await?;
        }
        line.clear();
        (&mut self.read)
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', line)
            .await?;
        Ok(line.ends_with(b"\n"))
    }

    async fn answer(&mut self, text: &str) -> io::Result<()> {
        self.answers.extend_from_slice(text.as_bytes());
        self.answers.extend_from_slice(b"\r\n");
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        if !self.answers.is_empty() {
            self.write.write_all(&self.answers).await?;
            self.answers.clear();
        }
        Ok(())
    }
}
