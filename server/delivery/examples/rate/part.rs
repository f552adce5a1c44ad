//! A process of this program in another role. It ends when its input does, or with its parent.

use std::process::Stdio;

use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::Failure;

/// The process, and what it prints.
pub struct Part {
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Part {
    /// Starts it.
    pub fn start(arguments: &[&str]) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("a process without output")?;
        Ok(Self {
            input: child.stdin.take(),
            child,
            lines: BufReader::new(output).lines(),
        })
    }

    /// The next line it prints.
    pub async fn line(&mut self) -> Result<String, Failure> {
        let line = self.lines.next_line().await?;
        line.ok_or_else(|| "a process ended early; it said why above".into())
    }

    /// Ends its input, and gives the line it prints then.
    pub async fn last<T: DeserializeOwned>(mut self) -> Result<T, Failure> {
        drop(self.input.take());
        let line = self.line().await?;
        self.child.wait().await?;
        Ok(serde_json::from_str(&line)?)
    }
}
