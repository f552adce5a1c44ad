//! Small servers and clients of the tests, on loopback.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// How long anything may take.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A port that nobody uses now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Whether a command is there.
pub fn find(command: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths)
        .chain(["/usr/sbin".into(), "/usr/bin".into()])
        .map(|folder| folder.join(command))
        .find(|path| path.is_file())
}

/// A folder that goes away with its value.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("reportage-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that ends with its value.
pub struct Server(pub Child);

impl Server {
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Waits until something listens.
    pub fn until_listening(&mut self, port: u16) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < DEADLINE, "nothing listens on {port}");
            assert!(
                self.0.try_wait().unwrap().is_none(),
                "it ended before it listened"
            );
            thread::yield_now();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // To end in order: a mail server has children of its own.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

fn read_request(stream: &TcpStream) -> Option<Posted> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((headers, body))
}

/// Headers and body of a request.
pub type Posted = (Vec<(String, String)>, Vec<u8>);

/// A server that takes whatever is posted to it.
pub fn webhook() -> (u16, Receiver<Posted>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if let Some(request) = read_request(&stream) {
                let _ = stream.write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
                if sender.send(request).is_err() {
                    return;
                }
            }
        }
    });
    (port, receiver)
}

/// One request over HTTP/1.1; the answer's head and body.
pub fn http(port: u16, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let request = format!(
        "{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A mail that was delivered to the double: its envelope's recipient and its text.
pub type Delivered = (String, Vec<u8>);

/// A mail server that takes mail, refuses `gone@` for good and `later@` for now.
pub fn mailbox() -> (u16, Receiver<Delivered>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let sender = sender.clone();
            thread::spawn(move || {
                let _ = take_mail(&stream, |mail| sender.send(mail).is_ok());
            });
        }
    });
    (port, receiver)
}

fn take_mail(mut stream: &TcpStream, deliver: impl Fn(Delivered) -> bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut recipient = String::new();
    stream.write_all(b"220 double ESMTP\r\n")?;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_uppercase();
        let answer: &str = match verb.as_str() {
            "RCPT" if line.contains("gone@") => "550 5.1.1 no such user here",
            "RCPT" if line.contains("later@") => "451 4.2.1 mailbox is locked for now",
            "RCPT" => {
                recipient = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 2.1.5 ok"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut mail = Vec::new();
                loop {
                    let mut line = Vec::new();
                    if reader.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
                        break;
                    }
                    mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                }
                if !deliver((recipient.clone(), mail)) {
                    return Ok(());
                }
                "250 2.0.0 taken"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
}

/// Hands a mail to a server.
pub fn send_mail(port: u16, from: &str, to: &str, mail: &str) {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut reader = BufReader::new(&stream);
    let mut expect = |wanted: &str| {
        let mut line = String::new();
        loop {
            line.clear();
            assert_ne!(
                reader.read_line(&mut line).unwrap(),
                0,
                "the server hung up"
            );
            if line.as_bytes().get(3) != Some(&b'-') {
                break;
            }
        }
        assert!(line.starts_with(wanted), "{line}");
    };
    expect("220");
    for (command, wanted) in [
        ("EHLO localhost".to_owned(), "250"),
        (format!("MAIL FROM:<{from}>"), "250"),
        (format!("RCPT TO:<{to}>"), "250"),
        ("DATA".to_owned(), "354"),
        (format!("{}\r\n.", mail.replace('\n', "\r\n")), "250"),
        ("QUIT".to_owned(), "221"),
    ] {
        (&stream)
            .write_all(format!("{command}\r\n").as_bytes())
            .unwrap();
        expect(wanted);
    }
}
